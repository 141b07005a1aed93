import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../adapters/databento/index.js';
import type { HistoricalRequest } from '../core/historical/historical-request.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import { agreeToPurchase } from './agree-to-purchase.js';
import type { ApiRequest } from './api-request.js';
import { PlanInputs } from './plan-inputs.js';
import { planWithJobs, type PlanWithJobs } from './plan-with-jobs.js';
import { type AnnouncedRun, PurchaseBoards } from './purchase-boards.js';
import { PurchaseWait } from './purchase-wait.js';
import type { PlanWishes, WholePlan } from './request-plan.js';
import type { SpendingRules } from './spending-rules.js';

export interface AgreementContext {
  readonly rules: SpendingRules;
  /** How long other runs are waited for, in all. */
  readonly lockTimeoutMs: number;
  /** Told what is to be agreed to, and what will be done. */
  readonly onPlan: (plan: WholePlan) => void;
  readonly emit: (event: ProgressEvent) => void;
  readonly signal: AbortSignal;
}

/** A plan that may be carried out. */
export interface AgreedPlan extends PlanWithJobs {
  /** What it buys, as other runs see it; absent where that is nothing. End it. */
  readonly announced?: AnnouncedRun;
}

/**
 * Plans until nobody else is buying what would be bought, has the purchase agreed to, and announces it, so that nobody
 * else buys it meanwhile. Who waits has announced nothing: no two wait for each other.
 * @throws LOCKED when others were waited for in vain, COST_CAP, CANCELLED, all before anything is bought, and as
 * {@link planWithJobs}
 */
export async function agreedPlan(
  parts: DependencyContainer,
  api: HistoricalClient,
  requests: readonly HistoricalRequest[],
  chunk: ApiRequest['chunk'],
  wishes: PlanWishes,
  { rules, lockTimeoutMs, onPlan, emit, signal }: AgreementContext,
): Promise<AgreedPlan> {
  const boards = await PurchaseBoards.open(parts, signal);
  const wait = new PurchaseWait(boards, lockTimeoutMs, emit, signal);
  let downloaded = 0;
  let agreedTo = -1n;
  let announced: AnnouncedRun | undefined;
  try {
    for (;;) {
      const seen = await boards.look(announced);
      const inputs = new PlanInputs();
      const context = { announced: seen.announced, inputs, emit, signal };
      const planned = await planWithJobs(parts, api, requests, chunk, wishes, context);
      downloaded += planned.downloaded;
      const { parts: all, inTheWay, estimate } = planned.plan;
      const buying = all.filter(({ state }) => state === 'buy').map(({ request }) => request);
      if (inTheWay.length > 0) {
        await announced?.end();
        announced = undefined;
        await wait.for(inTheWay);
        continue;
      }
      onPlan(planned.plan);
      if (estimate.costUsd > agreedTo) await agreeToPurchase(estimate, buying.length, rules);
      if (estimate.costUsd > agreedTo) agreedTo = estimate.costUsd;
      if (announced?.holds(buying) !== true) {
        await announced?.end();
        announced = buying.length === 0 ? undefined : await boards.announce(buying, seen);
        // While it was planned others may have brought something; from now on they do not.
        if (buying.length > 0 && (announced === undefined || (await inputs.haveChanged()))) continue;
      }
      return { ...planned, downloaded, ...(announced === undefined ? {} : { announced }) };
    }
  } catch (error) {
    await announced?.end();
    throw error;
  }
}
