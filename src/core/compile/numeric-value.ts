/**
 * Reads PostgreSQL's binary `numeric` (see `encoder/numeric-code.ts`) back into the integer that it was made from, the way it
 * was made: exactly, and without a BigInt where a double is exact.
 */

const NEGATIVE = 0x4000;
const TWO_32 = 4_294_967_296;
const DIGITS_OFFSET = 8;
/** A whole part below this, times 1e9, is below 2^53. */
const EXACT_WHOLE = 9_007_199;
const U64_MAX = 2n ** 64n - 1n;
const I64_MIN = -(2n ** 63n);
const I64_MAX = 2n ** 63n - 1n;

/**
 * Writes the i64 in units of 1e-9 that the numeric at `at` (its content, not its length) stands for.
 * @returns false when it is no such number: not finite, too large, or with more than nine decimals
 */
export function writePriceOf(from: DataView, at: number, to: DataView, offset: number): boolean {
  const count = from.getInt16(at);
  const weight = from.getInt16(at + 2);
  const sign = from.getUint16(at + 4);
  if (sign !== 0 && sign !== NEGATIVE) return false;
  let whole = 0;
  let fraction = 0;
  if (weight > 1 || weight - count < -4) return writeExactly(from, at, 9, I64_MIN, I64_MAX, to, offset);
  for (let index = 0; index < count; index++) {
    const digit = from.getUint16(at + DIGITS_OFFSET + index * 2);
    const power = weight - index;
    if (power >= 0) whole += power === 1 ? digit * 10_000 : digit;
    else if (power === -1) fraction += digit * 100_000;
    else if (power === -2) fraction += digit * 10;
    else if (digit % 1000 === 0) fraction += digit / 1000;
    else return false;
  }
  if (whole >= EXACT_WHOLE) return writeExactly(from, at, 9, I64_MIN, I64_MAX, to, offset);
  const value = whole * 1_000_000_000 + fraction;
  writeHalves(sign === 0 ? value : -value, to, offset);
  return true;
}

/**
 * Writes the u64 that the numeric at `at` stands for.
 * @returns false when it is no such number
 */
export function writeUnsignedOf(from: DataView, at: number, to: DataView, offset: number): boolean {
  return writeExactly(from, at, 0, 0n, U64_MAX, to, offset);
}

/** A whole number of less than 2^53, as a 64-bit integer. */
function writeHalves(value: number, to: DataView, offset: number): void {
  const high = Math.floor(value / TWO_32);
  to.setInt32(offset + 4, high, true);
  to.setUint32(offset, value - high * TWO_32, true);
}

function writeExactly(
  from: DataView,
  at: number,
  decimals: number,
  least: bigint,
  most: bigint,
  to: DataView,
  offset: number,
): boolean {
  const count = from.getInt16(at);
  const sign = from.getUint16(at + 4);
  // what is not finite has a sign of its own; a longer number is none of ours, and would take its time
  if ((sign !== 0 && sign !== NEGATIVE) || count > 16) return false;
  let digits = 0n;
  for (let index = 0; index < count; index++) {
    digits = digits * 10_000n + BigInt(from.getUint16(at + DIGITS_OFFSET + index * 2));
  }
  const exponent = count === 0 ? 0 : 4 * (from.getInt16(at + 2) - count + 1) + decimals;
  if (Math.abs(exponent) > 64) return false;
  const unit = 10n ** BigInt(Math.abs(exponent));
  if (exponent < 0 && digits % unit !== 0n) return false;
  const magnitude = exponent < 0 ? digits / unit : digits * unit;
  const value = sign === 0 ? magnitude : -magnitude;
  if (value < least || value > most) return false;
  to.setBigInt64(offset, value, true);
  return true;
}
