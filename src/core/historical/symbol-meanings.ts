import type { NanosRange } from '../coverage/coverage-claim.js';
import { overlaps, overlapOf } from '../coverage/range-set.js';
import { dateOfDay, NS_PER_DAY } from '../symbology/utc-day.js';
import type { ResolvedInterval } from './historical-api.js';
import { ALL_SYMBOLS } from './range-request.js';

/** A symbol means an instrument on some whole UTC days. */
export interface Meaning {
  /** As text, as coverage has it. */
  readonly instrumentId: string;
  readonly range: NanosRange;
}

/** Which instruments the symbols of a request mean, and when. */
export class SymbolMeanings {
  readonly #bySymbol: ReadonlyMap<string, readonly Meaning[]>;

  constructor(intervals: ReadonlyMap<string, readonly ResolvedInterval[]>) {
    this.#bySymbol = new Map(
      [...intervals].map(([symbol, resolved]) => [
        symbol,
        resolved.filter(({ symbol: id }) => id !== '').map(meaningOf),
      ]),
    );
  }

  /** `'everything'` for ALL_SYMBOLS, of which symbology says nothing. */
  of(symbol: string): readonly Meaning[] | 'everything' {
    return symbol === ALL_SYMBOLS ? 'everything' : (this.#bySymbol.get(symbol) ?? []);
  }

  /** From the first to the last time within a range at which one of the symbols means something; `null` for never. */
  hull(symbols: Iterable<string>, within: NanosRange): NanosRange | null {
    let hull: NanosRange | null = null;
    for (const symbol of symbols) {
      const meanings = this.of(symbol);
      if (meanings === 'everything') return within;
      for (const { range } of meanings) {
        if (!overlaps(range, within)) continue;
        const { start, end } = overlapOf(range, within);
        hull = {
          start: hull === null || start < hull.start ? start : hull.start,
          end: hull === null || end > hull.end ? end : hull.end,
        };
      }
    }
    return hull;
  }
}

/** The UTC days that a range touches, end exclusive, as YYYY-MM-DD. */
export function datesOf({ start, end }: NanosRange): { startDate: string; endDate: string } {
  return { startDate: dateOfDay(Number(start / NS_PER_DAY)), endDate: dateOfDay(Number((end - 1n) / NS_PER_DAY) + 1) };
}

/** A date YYYY-MM-DD as ns. */
export function midnightOf(date: string): bigint {
  return BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n;
}

function meaningOf({ startDate, endDate, symbol }: ResolvedInterval): Meaning {
  return { instrumentId: symbol, range: { start: midnightOf(startDate), end: midnightOf(endDate) } };
}
