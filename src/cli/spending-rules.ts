import type { Settings } from '../config/settings.js';
import type { SpendingRules } from '../index.js';
import { canAsk, confirmPurchase } from './confirm-purchase.js';

/** What the settings allow a run to spend; a person is asked where one is there and nothing says yes already. */
export function spendingRules({ maxCost, maxUnattendedCost, yes }: Settings): SpendingRules {
  const rules = { maxCost, maxUnattendedCost, yes };
  return canAsk() && yes !== true ? { ...rules, confirm: confirmPurchase } : rules;
}
