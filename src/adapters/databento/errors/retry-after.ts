/**
 * How long a header `Retry-After` asks to wait, in ms: seconds, or a date. `undefined` when there is none that can be
 * read.
 */
export function readRetryAfter(value: string | undefined, now: Date): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text) * 1000;
  // Date.parse takes nearly everything for a date, also plain words and negative numbers.
  const time = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now.getTime());
}
