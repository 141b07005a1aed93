/** US dollars in units of 1e-12, so that sums of prices per byte stay exact. */
export type Usd = bigint;

const DECIMALS = 12;
const UNIT = 10n ** BigInt(DECIMALS);
const CENT = UNIT / 100n;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i;

/**
 * Reads a decimal number, with or without an exponent, as JSON writes it. Digits beyond 1e-12 are rounded up, away
 * from zero, so that an estimate is never too small.
 * @throws RangeError for text that is no number
 */
export function parseUsd(text: string): Usd {
  const match = DECIMAL.exec(text.trim());
  if (match === null) throw new RangeError(`"${text}" is not a decimal number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const shift = DECIMALS - fraction.length + Number(exponent);
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : divideUp(digits, 10n ** BigInt(-shift));
  return sign === '-' ? -scaled : scaled;
}

/** What `part` of `whole` costs when the whole costs `total`; rounded up. */
export function shareOf(total: Usd, part: bigint, whole: bigint): Usd {
  return whole === 0n ? 0n : divideUp(total * part, whole);
}

/** Exact decimal text, without trailing zeros: `0.0125`. */
export function formatUsd(amount: Usd): string {
  const absolute = amount < 0n ? -amount : amount;
  const fraction = (absolute % UNIT).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
  const text = fraction === '' ? String(absolute / UNIT) : `${absolute / UNIT}.${fraction}`;
  return amount < 0n ? `-${text}` : text;
}

/**
 * As a person would say it: the nearest cent, or two digits that count where there is less: `178.81`, `7.5`, `0.00028`.
 * All digits where that would not be above `floor`, which the amount is.
 */
export function readableUsd(amount: Usd, floor: Usd | null = null): string {
  const unit = amount >= CENT ? CENT : 10n ** BigInt(Math.max(0, String(amount).length - 2));
  const rounded = ((amount + unit / 2n) / unit) * unit;
  return formatUsd(floor !== null && rounded <= floor ? amount : rounded);
}

/** The nearest number, for reports. */
export const usdToNumber = (amount: Usd): number => Number(formatUsd(amount));

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
