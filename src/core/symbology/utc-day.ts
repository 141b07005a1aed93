/** Nanoseconds of a day are 2^16 times this, so a day can be found without the low 16 bits and without BigInt. */
const DAY_OVER_65536 = 1_318_359_375;
const MS_PER_DAY = 86_400_000;
export const NS_PER_DAY = 86_400_000_000_000n;

/**
 * Days since 1970-01-01 of a u64 of nanoseconds given as its two halves. Exact: the quotient stays far below the
 * precision of a double.
 */
export function dayOfHalves(high: number, low: number): number {
  return Math.floor((high * 65_536 + (low >>> 16)) / DAY_OVER_65536);
}

/** Days since 1970-01-01 of nanoseconds since the epoch. */
export function dayOfNanos(ns: bigint): number {
  return Number(ns / NS_PER_DAY);
}

/** Days since 1970-01-01 of a date written as the number YYYYMMDD; `undefined` when there is no such date. */
export function dayOfDateNumber(date: number): number | undefined {
  const year = Math.floor(date / 10_000);
  const month = Math.floor(date / 100) % 100;
  const time = Date.UTC(year, month - 1, date % 100);
  // Date.UTC takes years below 100 for 19xx, and rolls 31 February over to March
  if (year < 1000 || year > 9999 || dateNumber(new Date(time)) !== date) return undefined;
  return time / MS_PER_DAY;
}

/** `YYYY-MM-DD` of a day since 1970-01-01. */
export function dateOfDay(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

function dateNumber(date: Date): number {
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}
