import { parseDecimal } from './parse-decimal.js';

/** How a time is written: ISO 8601, or a number counted from 1970-01-01T00:00:00Z, decimals allowed. */
export const TIME_UNITS = ['iso', 's', 'ms', 'us', 'ns'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

const DECIMALS: Readonly<Record<Exclude<TimeUnit, 'iso'>, number>> = { s: 9, ms: 6, us: 3, ns: 0 };
const ISO =
  /^(?<day>\d{4}-\d\d-\d\d)(?:[T ](?<clock>\d\d:\d\d)(?::(?<second>\d\d)(?:[.,](?<decimals>\d{1,9})0*)?)?(?: ?(?<zone>Z|(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d)?))?)?$/i;
const NS_PER_MS = 1_000_000n;
const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MINUTE = 60_000_000_000n;

/**
 * Nanoseconds since the epoch of a time in data; exact. ISO 8601 with up to nine decimals and an offset; without one it
 * is UTC. `undefined` for what is no such time, or finer than a nanosecond.
 */
export function parseTimestamp(text: string, unit: TimeUnit): bigint | undefined {
  if (unit !== 'iso') return parseDecimal(text, DECIMALS[unit]);
  return parseZulu(text) ?? parseIso(text);
}

/** `2024-01-09T14:30:00Z`, before the letter decimals after a point. */
const ZULU_LENGTH = 20;
const LONGEST_ZULU = 30;

/** The usual form, read by its places. `undefined` for every other text, and for what is no time. */
function parseZulu(text: string): bigint | undefined {
  const { length } = text;
  if (length < ZULU_LENGTH || length > LONGEST_ZULU || text[length - 1] !== 'Z') return undefined;
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') return undefined;
  const [year, month, day] = [digitsAt(text, 0, 4), digitsAt(text, 5, 7), digitsAt(text, 8, 10)];
  const [hour, minute, second] = [digitsAt(text, 11, 13), digitsAt(text, 14, 16), digitsAt(text, 17, 19)];
  // Date.UTC takes a year before 100 for one of the last century; NaN fails every comparison
  if (!(year >= 100 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59)) {
    return undefined;
  }
  if (!(day <= (day <= 28 ? 28 : new Date(Date.UTC(year, month, 0)).getUTCDate()))) return undefined;
  let nanos = 0;
  if (length > ZULU_LENGTH) {
    nanos = text[19] === '.' ? digitsAt(text, 20, length - 1) * 10 ** (LONGEST_ZULU - length) : NaN;
    if (!(nanos >= 0) || length === ZULU_LENGTH + 1) return undefined;
  }
  return BigInt(Date.UTC(year, month - 1, day, hour, minute, second) / 1000) * NS_PER_SECOND + BigInt(nanos);
}

/** The number that so many digits are; NaN when one of them is none. */
function digitsAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : NaN;
  }
  return value;
}

function parseIso(text: string): bigint | undefined {
  const parts = ISO.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { day = '', clock = '00:00', second = '00', decimals = '', sign, hours = '0', minutes = '0' } = parts;
  const ms = Date.parse(`${day}T${clock}:${second}Z`);
  // Date takes February 30 for March 1
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== `${day}T${clock}:${second}`) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const east = (BigInt(hours) * 60n + BigInt(minutes)) * NS_PER_MINUTE * (sign === '-' ? -1n : 1n);
  return BigInt(ms) * NS_PER_MS + BigInt(decimals.padEnd(9, '0')) - east;
}
