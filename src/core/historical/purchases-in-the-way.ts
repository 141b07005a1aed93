import { archiveIdOf } from '../archive/archive-id.js';
import { intersection } from '../coverage/range-set.js';
import type { AnnouncedPurchase } from './announced-purchase.js';
import { isSameRequest, meaningsOf, takeEntries } from './archived-entries.js';
import type { RangeSituation } from './draft-parts.js';
import { HeldCoverage } from './held-coverage.js';
import type { PlanPart } from './range-plan.js';
import type { RangeRequest } from './range-request.js';

/**
 * What others are buying that would bring something of what is to be bought here: once it is there, less has to be
 * bought. The very same request in the same archive is not in the way: it is waited for when its turn has come. Nor is
 * anything in that of a request with a limit, which is asked for whole, whatever is there.
 */
export async function purchasesInTheWay(
  { api, call, request, meanings }: RangeSituation,
  parts: readonly PlanPart[],
  announced: readonly AnnouncedPurchase[],
): Promise<AnnouncedPurchase[]> {
  const buying = parts.filter(({ state }) => state === 'buy').map((part) => part.request);
  const others = announced
    .filter(({ request: other }) => other.dataset === request.dataset && other.schema === request.schema)
    .filter(({ request: other, shares }) => shares === 'database' || !buying.some((own) => isSameRequest(own, other)))
    .map((purchase) => ({ ...entryOf(purchase.request), purchase }));
  if (request.limit !== null || others.length === 0) return [];
  const found = new Set<AnnouncedPurchase>();
  for (const own of buying) {
    const { stypeIn, symbols } = own;
    const near = others.filter(({ request: other }) => other.start < own.end && own.start < other.end);
    if (near.length === 0) continue;
    const meant = (await meaningsOf(api, request, meanings, [own], call))(stypeIn);
    const missing = new Map(
      symbols.map((symbol) => {
        const meanings = meant.of(symbol);
        const times = meanings === 'everything' ? [own] : meanings.map(({ range }) => range);
        return [symbol, intersection([own], times)];
      }),
    );
    const taken = await takeEntries(api, own, meant, new HeldCoverage([]), missing, near, call);
    for (const { purchase } of taken.entries) found.add(purchase);
  }
  return [...found];
}

/** What an entry of the archive would be, of which nothing is there yet. */
function entryOf(request: RangeRequest) {
  return { id: archiveIdOf(request), request, archivedAt: '', conditions: [] };
}
