import { TickloomError } from '../errors/index.js';

const NANOS = /^(?:0|\d{15,20})$/;
const ISO =
  /^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d)(?:[T ](?<hour>\d\d)(?::(?<minute>\d\d)(?::(?<second>\d\d)(?:\.(?<decimals>\d{1,9}))?)?)?(?:Z|[+-]00:?00)?)?)?)?$/i;
const LAST = 2n ** 64n - 2n;
const UNITS = ['year', 'month', 'day', 'hour', 'minute'] as const;

/** A time as a person writes it: perhaps a whole year, month, day, hour or minute. */
export interface UtcMoment {
  /** Its beginning, ns since the epoch. */
  readonly start: bigint;
  /** Where what was written ends, e.g. the next midnight for a day; `null` for a second, a fraction, or ns. */
  readonly end: bigint | null;
}

/** Says of a text whether {@link parseNanos} takes it. */
export function isNanosText(text: string): boolean {
  return momentOf(text) !== undefined;
}

/**
 * Nanoseconds since the epoch of a date or date-time in UTC, where what is left out is taken for its beginning (`2024`,
 * `2024-03`, `2024-03-10`, `2024-03-10T01` …), with up to nine decimals, or of nanoseconds.
 * @throws USAGE, naming the setting
 */
export function parseNanos(name: string, text: string): bigint {
  return parseMoment(name, text).start;
}

/** As {@link parseNanos}, with the end of what was written. @throws USAGE, naming the setting */
export function parseMoment(name: string, text: string): UtcMoment {
  const moment = momentOf(text);
  if (moment !== undefined) return moment;
  throw new TickloomError('USAGE', `${name} is "${text}", expected a UTC time: YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS or ns`, {
    hint: `Give ${name} as 2024-03-04, 2024-03-04T14:30:00.5Z or 1709562600500000000.`,
    context: { setting: name },
  });
}

function momentOf(text: string): UtcMoment | undefined {
  if (NANOS.test(text)) return BigInt(text) <= LAST ? { start: BigInt(text), end: null } : undefined;
  const parts = ISO.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const given = UNITS.filter((unit) => parts[unit] !== undefined);
  const numbers = given.map((unit) => Number(parts[unit]));
  const second = parts['second'];
  const time = utcTime(numbers, Number(second ?? 0));
  // Date.UTC takes February 30 for March 1, 24:00 for the next day and the year 50 for 1950
  const written = [parts['year'], parts['month'] ?? '01', parts['day'] ?? '01'].join('-');
  const clock = [parts['hour'] ?? '00', parts['minute'] ?? '00', second ?? '00'].join(':');
  if (new Date(time).toISOString().slice(0, 19) !== `${written}T${clock}`) return undefined;
  const start = BigInt(time) * 1_000_000n + BigInt((parts['decimals'] ?? '').padEnd(9, '0'));
  if (start < 0n || start > LAST) return undefined;
  const next = numbers.map((number, index) => (index === numbers.length - 1 ? number + 1 : number));
  return { start, end: second === undefined ? BigInt(utcTime(next, 0)) * 1_000_000n : null };
}

/** ms since the epoch of year, month, day, hour, minute, as far as given. */
function utcTime([year = 0, month = 1, day = 1, hour = 0, minute = 0]: readonly number[], second: number): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
