import { TickloomError } from '../errors/index.js';

const NANOS = /^(?:0|\d{15,20})$/;
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|[+-]00:?00)?)?$/i;
const LAST = 2n ** 64n - 2n;

/** Says of a text whether {@link parseNanos} takes it. */
export function isNanosText(text: string): boolean {
  return nanosOf(text) !== undefined;
}

/**
 * Nanoseconds since the epoch of a day, a date-time with up to nine decimals (UTC), or nanoseconds.
 * @throws USAGE, naming the setting
 */
export function parseNanos(name: string, text: string): bigint {
  const nanos = nanosOf(text);
  if (nanos !== undefined) return nanos;
  throw new TickloomError('USAGE', `${name} is "${text}", expected a UTC time: YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS or ns`, {
    hint: `Give ${name} as 2024-03-04, 2024-03-04T14:30:00.5Z or 1709562600500000000.`,
    context: { setting: name },
  });
}

function nanosOf(text: string): bigint | undefined {
  if (NANOS.test(text)) return BigInt(text) <= LAST ? BigInt(text) : undefined;
  const [, day, minutes = '00:00', seconds = '00', decimals = ''] = ISO.exec(text) ?? [];
  if (day === undefined) return undefined;
  const time = Date.parse(`${day}T${minutes}:${seconds}Z`);
  // Date.parse takes February 30 for March 1, and 24:00 for the next day
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) return undefined;
  const nanos = BigInt(time) * 1_000_000n + BigInt(decimals.padEnd(9, '0'));
  return nanos >= 0n && nanos <= LAST ? nanos : undefined;
}
