const DECIMAL = /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?:[eE](?<exponent>[+-]?\d{1,3}))?$/;
/** More digits than any 64-bit number has, with room for zeros: what is longer is no number of ours. */
const MOST_DIGITS = 60;

/**
 * The integer that a decimal text is, counted in units of 10^-`decimals`; exact, never through a float. `12.5` with 9 is
 * 12500000000n. `undefined` for what is no decimal number, or has more decimals than that and they are not zeros.
 */
export function parseDecimal(text: string, decimals: number): bigint | undefined {
  const parts = DECIMAL.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { sign = '', whole = '', fraction = '', exponent = '0' } = parts;
  const digits = whole + fraction;
  if (digits === '' || digits.length > MOST_DIGITS) return undefined;
  // how far the last digit stands from the unit
  const shift = decimals - fraction.length + Number(exponent);
  if (shift > MOST_DIGITS) return undefined;
  const kept = shift >= 0 ? digits.padEnd(digits.length + shift, '0') : digits.slice(0, shift);
  if (shift < 0 && !/^0*$/.test(digits.slice(shift))) return undefined;
  const value = BigInt(kept === '' ? '0' : kept);
  return sign === '-' ? -value : value;
}
