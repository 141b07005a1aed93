const DECIMAL = /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?:[eE](?<exponent>[+-]?\d{1,3}))?$/;
/** More digits than any 64-bit number has, with room for zeros: what is longer is no number of ours. */
const MOST_DIGITS = 60;

/**
 * The integer that a decimal text is, counted in units of 10^-`decimals`; exact, never through a float. `12.5` with 9 is
 * 12500000000n. `undefined` for what is no decimal number, or has more decimals than that and they are not zeros.
 */
export function parseDecimal(text: string, decimals: number): bigint | undefined {
  return parsePlain(text, decimals) ?? parseAny(text, decimals);
}

/** Ten to the power of 0 to 15. */
const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** Digits that a double holds, whatever they are. */
const SAFE_DIGITS = 15;
const [MINUS, POINT, ZERO] = ['-', '.', '0'].map((character) => character.charCodeAt(0)) as [number, number, number];

/** The usual ones, digits with perhaps a sign and a point: no expression, no text in between. `undefined` for others. */
function parsePlain(text: string, decimals: number): bigint | undefined {
  const negative = text.charCodeAt(0) === MINUS;
  let value = 0;
  let digits = 0;
  let point = -1;
  for (let at = negative ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === POINT && point === -1) {
      point = digits;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
    digits++;
  }
  if (digits > SAFE_DIGITS) {
    return point === -1 && decimals === 0 && digits <= MOST_DIGITS ? BigInt(text) : undefined;
  }
  const power = POWERS[decimals - (point === -1 ? 0 : digits - point)];
  if (digits === 0 || power === undefined) return undefined;
  const scaled = value * power;
  const size = scaled <= Number.MAX_SAFE_INTEGER ? BigInt(scaled) : BigInt(value) * BigInt(power);
  return negative ? -size : size;
}

function parseAny(text: string, decimals: number): bigint | undefined {
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
