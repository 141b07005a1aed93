const SPAN = /^(\d{1,5})(h|d|w)$/;
const SECONDS = { h: 3_600, d: 86_400, w: 604_800 } as const;

/** What a span of time looks like, for messages. */
export const SPAN_FORM = 'a number of hours, days or weeks, e.g. 12h, 7d or 4w';

/** `12h`, `7d` or `4w` in seconds; `undefined` for any other text. */
export function parseSpan(text: string): number | undefined {
  const [, count, unit] = SPAN.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * SECONDS[unit as keyof typeof SECONDS];
}
