import type { NanosRange } from '../coverage/coverage-claim.js';
import { intersection, subtract, union } from '../coverage/range-set.js';
import { NS_PER_DAY } from '../symbology/utc-day.js';
import type { DayCondition } from './day-condition.js';
import { staleDays } from './stale-days.js';
import { midnightOf } from './symbol-meanings.js';

/** A loaded chunk, and what the vendor said of its days when it was bought. */
export interface BoughtChunk {
  readonly chunkId: number;
  readonly dataset: string;
  readonly schema: string;
  readonly stypeIn: string;
  readonly symbols: readonly string[];
  /** What it covers. */
  readonly ranges: readonly NanosRange[];
  readonly conditions: readonly DayCondition[];
}

/** A day, or part of one, of some symbols that the vendor has changed since it was bought. */
export interface StaleCoverage {
  readonly chunkId: number;
  readonly dataset: string;
  readonly schema: string;
  readonly stypeIn: string;
  /** In the order of the chunk. */
  readonly symbols: readonly string[];
  readonly date: string;
  /** What of the day was bought with the chunk and never since. */
  readonly ranges: readonly NanosRange[];
  readonly bought: DayCondition;
  readonly now: DayCondition;
}

/** What is to be bought again together. */
export interface Refresh {
  readonly dataset: string;
  readonly schema: string;
  readonly stypeIn: string;
  readonly symbols: readonly string[];
  readonly range: NanosRange;
}

/**
 * The days of one dataset that changed since they were bought. Of several purchases of a symbol's time the last one
 * counts: what was refreshed once is not stale for what was known before, and what lies beside it on the same day is.
 * @param chunks in the order in which they were loaded
 */
export function staleCoverage(chunks: readonly BoughtChunk[], present: readonly DayCondition[]): StaleCoverage[] {
  const last = lastBought(chunks);
  const bought = chunks.flatMap((chunk) => chunk.conditions.map((day) => ({ ...day, chunk })));
  return staleDays(bought, present).flatMap(({ bought: { chunk, ...day }, now }) => {
    const { chunkId, dataset, schema, stypeIn } = chunk;
    return bySameRanges(chunk, last.get(keyOf(chunk, day.date)) ?? new Map()).map(({ symbols, ranges }) => {
      return { chunkId, dataset, schema, stypeIn, symbols, date: day.date, ranges, bought: day, now };
    });
  });
}

type RangesBySymbol = ReadonlyMap<string, readonly NanosRange[]>;

const keyOf = ({ chunkId }: BoughtChunk, date: string): string => `${chunkId} ${date}`;

/** By chunk and day, what each symbol has from this chunk and from no later one. */
function lastBought(chunks: readonly BoughtChunk[]): ReadonlyMap<string, RangesBySymbol> {
  const last = new Map<string, RangesBySymbol>();
  const later = new Map<string, readonly NanosRange[]>();
  for (const chunk of [...chunks].reverse()) {
    for (const { date } of chunk.conditions) {
      const whole = { start: midnightOf(date), end: midnightOf(date) + NS_PER_DAY };
      const covered = intersection(chunk.ranges, [whole]);
      const left = new Map<string, readonly NanosRange[]>();
      for (const symbol of chunk.symbols) {
        const key = JSON.stringify([chunk.schema, chunk.stypeIn, symbol, date]);
        const over = later.get(key) ?? [];
        left.set(symbol, subtract(covered, over));
        later.set(key, union([...over, ...covered]));
      }
      last.set(keyOf(chunk, date), left);
    }
  }
  return last;
}

/** The symbols of a chunk that have something, those together that have the same. */
function bySameRanges(
  { symbols }: BoughtChunk,
  has: RangesBySymbol,
): { readonly symbols: string[]; readonly ranges: readonly NanosRange[] }[] {
  const groups = new Map<string, { symbols: string[]; ranges: readonly NanosRange[] }>();
  for (const symbol of symbols) {
    const ranges = has.get(symbol) ?? [];
    if (ranges.length === 0) continue;
    const key = ranges.map(({ start, end }) => `${start} ${end}`).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { symbols: [symbol], ranges });
    else group.symbols.push(symbol);
  }
  return [...groups.values()];
}

/** The fewest requests that bring stale days anew: those of the same symbols that follow one another are one. */
export function refreshesOf(stale: readonly StaleCoverage[]): Refresh[] {
  const groups = new Map<string, StaleCoverage[]>();
  for (const day of stale) {
    const key = JSON.stringify([day.dataset, day.schema, day.stypeIn, [...day.symbols].sort()]);
    groups.set(key, [...(groups.get(key) ?? []), day]);
  }
  return [...groups.values()].flatMap((days) => {
    const { dataset, schema, stypeIn, symbols } = days[0] as StaleCoverage;
    return union(days.flatMap(({ ranges }) => ranges)).map((range) => ({ dataset, schema, stypeIn, symbols, range }));
  });
}
