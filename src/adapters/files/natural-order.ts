const PARTS = /\d+|\D+/g;

/**
 * Compares names as people number them: `part-2` before `part-10`. By code units otherwise, so that the order is the
 * same on every machine; a collator's depends on the locale.
 */
export function compareNaturally(a: string, b: string): number {
  const left = a.match(PARTS) ?? [];
  const right = b.match(PARTS) ?? [];
  for (let i = 0; i < left.length && i < right.length; i += 1) {
    const order = comparePart(left[i] as string, right[i] as string);
    if (order !== 0) return order;
  }
  return left.length - right.length || compareText(a, b);
}

function comparePart(a: string, b: string): number {
  if (!isNumber(a) || !isNumber(b)) return compareText(a, b);
  // Digits without leading zeros compare by length, then as text: a run of digits may be longer than any number type.
  const x = a.replace(/^0+/, '');
  const y = b.replace(/^0+/, '');
  return x.length - y.length || compareText(x, y);
}

function isNumber(part: string): boolean {
  const code = part.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
