import type { NanosRange } from '../coverage/coverage-claim.js';
import { overlapOf, union } from '../coverage/range-set.js';
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

/** A day of some symbols that the vendor has changed since it was bought. */
export interface StaleCoverage {
  readonly chunkId: number;
  readonly dataset: string;
  readonly schema: string;
  readonly stypeIn: string;
  /** In the order of the chunk. */
  readonly symbols: readonly string[];
  readonly date: string;
  /** What of the day the chunk covers. */
  readonly range: NanosRange;
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
 * The days of one dataset that changed since they were bought. Of several purchases of a symbol's day the last one
 * counts: what was refreshed once is not stale for what was known before.
 * @param chunks in the order in which they were loaded
 */
export function staleCoverage(chunks: readonly BoughtChunk[], present: readonly DayCondition[]): StaleCoverage[] {
  const latest = new Map<string, number>();
  const keyOf = ({ schema, stypeIn }: BoughtChunk, symbol: string, date: string): string =>
    [schema, stypeIn, symbol, date].join(' ');
  for (const chunk of chunks) {
    for (const { date } of chunk.conditions) {
      for (const symbol of chunk.symbols) latest.set(keyOf(chunk, symbol, date), chunk.chunkId);
    }
  }
  const bought = chunks.flatMap((chunk) => chunk.conditions.map((day) => ({ ...day, chunk })));
  return staleDays(bought, present).flatMap(({ bought: { chunk, ...day }, now }) => {
    const symbols = chunk.symbols.filter((symbol) => latest.get(keyOf(chunk, symbol, day.date)) === chunk.chunkId);
    const whole = { start: midnightOf(day.date), end: midnightOf(day.date) + NS_PER_DAY };
    const covered = union(chunk.ranges.map((range) => overlapOf(range, whole)));
    const [first, last] = [covered[0], covered.at(-1)];
    if (symbols.length === 0 || first === undefined || last === undefined) return [];
    const { chunkId, dataset, schema, stypeIn } = chunk;
    const range = { start: first.start, end: last.end };
    return [{ chunkId, dataset, schema, stypeIn, symbols, date: day.date, range, bought: day, now }];
  });
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
    return union(days.map(({ range }) => range)).map((range) => ({ dataset, schema, stypeIn, symbols, range }));
  });
}
