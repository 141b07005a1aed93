import { decidePurchase, MAX_UNATTENDED_COST } from '../core/historical/decide-purchase.js';
import type { Estimate } from '../core/historical/range-plan.js';
import { formatUsd, parseUsd } from '../core/historical/usd.js';
import type { SpendingRules } from './spending-rules.js';

/**
 * Lets a purchase go on, or refuses all of it before a byte is bought.
 * @param chunks requests that would be sent
 * @throws COST_CAP
 */
export async function agreeToPurchase(estimate: Estimate, chunks: number, rules: SpendingRules): Promise<void> {
  const { confirm, yes = false } = rules;
  const { costUsd, sizeBytes, records } = estimate;
  const offer = { costUsd: formatUsd(costUsd), sizeBytes, records, chunks };
  await decidePurchase({
    estimate: costUsd,
    cap: rules.maxCost === undefined ? null : parseUsd(rules.maxCost),
    maxUnattended: rules.maxUnattendedCost === undefined ? MAX_UNATTENDED_COST : parseUsd(rules.maxUnattendedCost),
    interactive: confirm !== undefined,
    yes,
    confirm: async () => (await confirm?.(offer)) === true,
  });
}

/** What nobody is asked about holds for the whole run, requests that are sent again included. */
export function capOf({ maxCost, maxUnattendedCost, yes = false, confirm }: SpendingRules): bigint | null {
  if (maxCost !== undefined) return parseUsd(maxCost);
  if (yes || confirm !== undefined) return null;
  return maxUnattendedCost === undefined ? MAX_UNATTENDED_COST : parseUsd(maxUnattendedCost);
}
