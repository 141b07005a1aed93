import { createHash } from 'node:crypto';
import type { RangeRequest } from '../historical/range-request.js';
import { NS_PER_DAY } from '../symbology/utc-day.js';
import { formatNanos } from '../text/format-nanos.js';

const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const HASH_DIGITS = 16;

/**
 * Names the archive's entry for a request: `<dataset>/<schema>/<start>_<end>_<hash>`. The order of the symbols and
 * repeated ones make no difference; everything else of the request does.
 */
export function archiveIdOf(request: RangeRequest): string {
  const { dataset, schema, stypeIn, symbols, start, end, limit } = request;
  const sorted = [...new Set(symbols)].sort();
  const whole = JSON.stringify([dataset, schema, stypeIn, sorted, String(start), String(end), String(limit)]);
  const name = `${timeInName(start)}_${timeInName(end)}_${hashOf(whole)}`;
  return [folderName(dataset), folderName(schema), name].join('/');
}

/** Text of the request's own would be a path: what is not plain is replaced by its hash. */
function folderName(text: string): string {
  return PLAIN_NAME.test(text) ? text : `_${hashOf(text)}`;
}

/** `2024-01-10` at midnight, else `20240110T143000.000000000Z`: no character that a file system minds. */
function timeInName(ns: bigint): string {
  const text = formatNanos(ns);
  return ns % NS_PER_DAY === 0n ? text.slice(0, 10) : text.replaceAll(/[-:]/g, '');
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
