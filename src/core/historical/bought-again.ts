import { subtract } from '../coverage/range-set.js';
import type { MissingBySymbol } from './archived-entries.js';
import type { HeldCoverage } from './held-coverage.js';
import type { PlanNote, PlanPart } from './range-plan.js';
import { ALL_SYMBOLS, type RangeRequest } from './range-request.js';

/**
 * Says what of the parts to buy is there already, where it cannot be left out: ALL_SYMBOLS cannot be asked for without
 * some of them, and a limit counts over all that is asked for.
 * @param missing by symbol, what is not there
 */
export function boughtAgain(
  request: RangeRequest,
  counted: HeldCoverage,
  missing: MissingBySymbol,
  parts: readonly PlanPart[],
): PlanNote[] {
  const bought = parts.filter(({ state }) => state === 'buy').map((part) => part.request);
  if (bought.length === 0) return [];
  if (request.symbols.includes(ALL_SYMBOLS)) {
    const there = new Set(bought.flatMap((range) => counted.instrumentsWithin(range)));
    if (there.size === 0) return [];
    const instruments = there.size === 1 ? '1 instrument is' : `${there.size} instruments are`;
    return [again(`${instruments} there already on some of the days to buy; ${ALL_SYMBOLS} cannot leave anything out`)];
  }
  if (request.limit === null) return [];
  const partly = [...missing.values()].some((ranges) => subtract([request], [...ranges]).length > 0);
  return partly ? [again('some of what is asked for is there already; a limit counts over all of it')] : [];
}

const again = (text: string): PlanNote => ({ topic: 'again', text: `${text}, so that is bought again` });
