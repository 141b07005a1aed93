import { dateOfDay } from '../../core/symbology/utc-day.js';

const MS_PER_DAY = 86_400_000;
const NS_PER_MS = 1_000_000n;
const DATE = /^\d{4}-\d\d-\d\d$/;

/**
 * Days since 1970-01-01 of a date written YYYY-MM-DD.
 * @throws RangeError when it is none
 */
export function dayOfDate(date: string): number {
  const day = DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) / MS_PER_DAY : NaN;
  // Date.parse takes February 30 for March 1.
  if (Number.isNaN(day) || dateOfDay(day) !== date) throw new RangeError(`"${date}" is no date written YYYY-MM-DD`);
  return day;
}

/** The number YYYYMMDD. */
export const dateNumberOf = (day: number): number => Number(dateOfDay(day).replaceAll('-', ''));

/** A year, a month, a day, an hour, a minute, a second, or more exactly: what is left out is rounded up for the end. */
const TIME =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?(Z|[+-]\d\d:?\d\d)?$/;
const NANOS = /^\d{5,20}$/;
const LAST_NANOS = 2n ** 64n - 2n;

/** A time as the API takes it. */
export interface ParsedTime {
  readonly nanos: bigint;
  /** The end that is meant when none is given; `null` for a time of a second or finer. */
  readonly forwardFilled: bigint | null;
}

/** ISO 8601, also reduced, or integer ns since the epoch; `undefined` for anything else. */
export function parseTime(text: string): ParsedTime | undefined {
  if (NANOS.test(text)) {
    const nanos = BigInt(text);
    return nanos <= LAST_NANOS ? { nanos, forwardFilled: null } : undefined;
  }
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const parts = match.slice(1, 7).map((part) => (part === undefined ? undefined : Number(part)));
  const [year = 0, month = 1, date = 1, hour = 0, minute = 0, second = 0] = parts;
  const time = Date.UTC(year, month - 1, date, hour, minute, second);
  if (new Date(time).toISOString() !== isoOf(year, month, date, hour, minute, second)) return undefined;
  const shift = zoneMinutes(match[8]) * -60_000;
  const given = parts.filter((part) => part !== undefined).length;
  const decimals = BigInt((match[7] ?? '').padEnd(9, '0'));
  const next = [
    Date.UTC(year + 1, 0),
    Date.UTC(year, month),
    Date.UTC(year, month - 1, date + 1),
    Date.UTC(year, month - 1, date, hour + 1),
    Date.UTC(year, month - 1, date, hour, minute + 1),
  ][given - 1];
  const nanos = BigInt(time + shift) * NS_PER_MS + decimals;
  if (nanos < 0n) return undefined;
  return { nanos, forwardFilled: next === undefined ? null : BigInt(next + shift) * NS_PER_MS };
}

function isoOf(...[year, month, date, hour, minute, second]: [number, number, number, number, number, number]): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}T${two(hour)}:${two(minute)}:${two(second)}.000Z`;
}

function zoneMinutes(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
