import type { StorageOptions } from '../adapters/postgres/timescale/table-storage.js';
import { TickloomError } from '../core/errors/index.js';
import { BAR_LENGTHS, type BarLength, barLengthOf } from '../core/storage/bar-length.js';
import { parseChunkInterval } from '../core/storage/chunk-interval.js';
import { parseSpan, SPAN_FORM } from '../core/storage/time-span.js';
import type { TickloomOptions } from './tickloom.js';

/** How data tables are to be kept, by what a host says. @throws CONFIG_INVALID for an interval that is none */
export function storageOptions({ storage = 'auto', chunkIntervals = {} }: TickloomOptions): StorageOptions {
  const intervals = Object.entries(chunkIntervals).map(([schema, span]) => {
    const parsed = parseChunkInterval(`${schema}=${span}`);
    if (parsed !== undefined) return parsed;
    throw invalid(`the chunk interval of "${schema}" is "${span}"`, `${SPAN_FORM}, and an hour or more`);
  });
  return { kind: storage, chunkIntervals: new Map(intervals) };
}

/** Seconds after which partitions are compressed; `null`: never. @throws CONFIG_INVALID */
export function compressAfterOf({ compressAfter }: TickloomOptions): number | null {
  if (compressAfter === undefined) return null;
  const seconds = parseSpan(compressAfter);
  if (seconds !== undefined) return seconds;
  throw invalid(`the age to compress after is "${compressAfter}"`, SPAN_FORM);
}

/** The lengths of the bars that are to be kept. @throws CONFIG_INVALID */
export function barLengths({ bars = [] }: TickloomOptions): readonly BarLength[] {
  return bars.map((text) => {
    const length = barLengthOf(text);
    if (length !== undefined) return length;
    throw invalid(`the length of bars is "${text}"`, `one of ${BAR_LENGTHS.join(', ')}`, 'Write one or more of these.');
  });
}

function invalid(
  what: string,
  expected: string,
  hint = 'Write it as hours, days or weeks: 12h, 7d, 4w.',
): TickloomError {
  return new TickloomError('CONFIG_INVALID', `${what}, expected ${expected}`, { hint });
}
