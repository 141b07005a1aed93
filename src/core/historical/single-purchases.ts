import type { NanosRange } from '../coverage/coverage-claim.js';
import { union } from '../coverage/range-set.js';
import type { Children, ChildSymbols } from './child-symbols.js';
import { type DraftPart, freePart, purchase, type PurchaseDraft, type RangeSituation } from './draft-parts.js';
import { costOfRange, estimateRange, sizeOfRange } from './estimate-range.js';
import type { HeldCoverage } from './held-coverage.js';
import { type Estimate, sumOf } from './range-plan.js';
import { symbolGroups } from './symbol-groups.js';
import { stretchesOf } from './symbol-stretches.js';

/** Parts that ask for instruments of a parent one by one, and the times for which they stand. */
export interface SinglePurchases {
  readonly parts: readonly DraftPart[];
  readonly ranges: readonly NanosRange[];
}

export const NOTHING_SINGLY: SinglePurchases = { parts: [], ranges: [] };

/**
 * Asks for the instruments of a parent one by one, by their raw symbols, at times at which others of them are there, and
 * where that costs less than the parent. The service cannot be asked for a parent without some of its instruments.
 */
export async function buySingly(
  situation: RangeSituation,
  there: HeldCoverage,
  children: ChildSymbols,
  parent: string,
  within: NanosRange,
): Promise<SinglePurchases> {
  const meant = situation.meanings.of(parent);
  if (meant === 'everything') return NOTHING_SINGLY;
  const parts: DraftPart[] = [];
  const ranges: NanosRange[] = [];
  for (const range of union(there.heldMeanings(meant, within).map((part) => part.range))) {
    const known = await children.within(parent, meant, range);
    const singly = known === null ? null : await cheaper(situation, there, known, parent, range);
    if (singly === null) continue;
    parts.push(...singly);
    ranges.push(range);
  }
  return { parts, ranges };
}

/** The parts for a range, `null` where they would save nothing. */
async function cheaper(
  situation: RangeSituation,
  there: HeldCoverage,
  children: Children,
  parent: string,
  range: NanosRange,
): Promise<DraftPart[] | null> {
  const { api, call, request } = situation;
  const drafts = draftsFor(situation, there, children, parent, range);
  // of the days without a session, coverage may know the raw symbols alone
  if (drafts.length === 0) return [freePart(situation, 'covered', { range, symbols: [parent] })];
  const parts: DraftPart[] = [];
  const estimates: Estimate[] = [];
  for (const draft of drafts) {
    const estimate = await estimateRange(api, draft.request, call);
    parts.push(estimate === null ? draft : { ...draft, estimate });
    if (estimate !== null) estimates.push(estimate);
  }
  const sum = sumOf(estimates);
  const whole = { ...request, ...range, symbols: [parent] };
  const saved = (await costOfRange(api, whole, call)) - sum.costUsd;
  const saves = saved > 0n || (saved === 0n && (await sizeOfRange(api, whole, call)) > sum.sizeBytes);
  return saves ? parts : null;
}

function draftsFor(
  situation: RangeSituation,
  there: HeldCoverage,
  { symbols, meanings }: Children,
  parent: string,
  range: NanosRange,
): PurchaseDraft[] {
  const { whyBuy } = situation;
  const missing = new Map(symbols.map((symbol) => [symbol, there.missing('raw_symbol', symbol, meanings, [range])]));
  return stretchesOf(missing).flatMap((stretch) =>
    symbolGroups('raw_symbol', stretch.symbols, meanings).flatMap((group) => {
      const hull = meanings.hull(group, stretch.range);
      if (hull === null) return [];
      const draft = purchase(situation, { range: hull, symbols: group });
      const reason = `${whyBuy}; other instruments of ${parent} are there already`;
      return [{ ...draft, request: { ...draft.request, stypeIn: 'raw_symbol' as const }, reason }];
    }),
  );
}
