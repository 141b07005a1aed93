import { parseDecimal } from './parse-decimal.js';

/** How a time is written: ISO 8601, or a number counted from 1970-01-01T00:00:00Z, decimals allowed. */
export const TIME_UNITS = ['iso', 's', 'ms', 'us', 'ns'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

const DECIMALS: Readonly<Record<Exclude<TimeUnit, 'iso'>, number>> = { s: 9, ms: 6, us: 3, ns: 0 };
const ISO =
  /^(?<day>\d{4}-\d\d-\d\d)(?:[T ](?<clock>\d\d:\d\d)(?::(?<second>\d\d)(?:[.,](?<decimals>\d{1,9})0*)?)?(?: ?(?<zone>Z|(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d)?))?)?$/i;
const NS_PER_MS = 1_000_000n;
const NS_PER_MINUTE = 60_000_000_000n;

/**
 * Nanoseconds since the epoch of a time in data; exact. ISO 8601 with up to nine decimals and an offset; without one it
 * is UTC. `undefined` for what is no such time, or finer than a nanosecond.
 */
export function parseTimestamp(text: string, unit: TimeUnit): bigint | undefined {
  if (unit !== 'iso') return parseDecimal(text, DECIMALS[unit]);
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
