import { parseSpan } from './time-span.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/**
 * How much time one partition of a schema's table spans, in seconds: so much that it holds some hundred thousand to
 * some ten million rows of a busy day. Ticks come by the million a day, bars by their length.
 */
const INTERVALS: Readonly<Record<string, number>> = {
  'ohlcv-1m': WEEK,
  'ohlcv-1h': 13 * WEEK,
  'ohlcv-1d': 104 * WEEK,
  'bbo-1m': WEEK,
  'cbbo-1m': WEEK,
  statistics: WEEK,
  status: WEEK,
  imbalance: WEEK,
  definition: 4 * WEEK,
};

/** The interval of a schema that nothing else is said about. */
const TICKS = DAY;

export const LEAST_CHUNK_INTERVAL = HOUR;

/** @returns seconds */
export function chunkIntervalOf(schema: string, chosen: ReadonlyMap<string, number> = new Map()): number {
  return chosen.get(schema) ?? INTERVALS[schema] ?? TICKS;
}

/**
 * `trades=1d` as the schema and its seconds; `undefined` for what is no such setting, or shorter than an hour.
 */
export function parseChunkInterval(text: string): readonly [schema: string, seconds: number] | undefined {
  const [, schema, span] = /^([^=\s]+)=(\w+)$/.exec(text) ?? [];
  const seconds = span === undefined ? undefined : parseSpan(span);
  if (schema === undefined || seconds === undefined || seconds < LEAST_CHUNK_INTERVAL) return undefined;
  return [schema, seconds];
}
