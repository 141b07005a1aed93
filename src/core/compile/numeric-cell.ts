/**
 * PostgreSQL's binary `numeric`: int16 count of base-10000 digits, int16 weight of the first, uint16 sign, uint16 count
 * of decimal places, then the digits. Written without leading or trailing zero digits and without trailing zero
 * decimals, so that equal values have equal bytes.
 */

/** Most bytes that a price or a u64 takes as a cell, its length included: 4 + 8 + six digits. */
export const NUMERIC_CELL_MAX = 24;

const NEGATIVE = 0x4000;
const TWO_32 = 4_294_967_296;
const PRICE_SCALE = 1_000_000_000;
/** A price whose high half is below this is below 2^52, where a double divides exactly. */
const EXACT_HIGH = 0x10_0000;

/** Trailing decimal zeros of each base-10000 digit, as one of four. */
const TRAILING_ZEROS = Uint8Array.from({ length: 10_000 }, (_, digit) => {
  if (digit === 0) return 4;
  return digit % 1000 === 0 ? 3 : digit % 100 === 0 ? 2 : digit % 10 === 0 ? 1 : 0;
});

/**
 * Writes an i64 in units of 1e-9, given as its two halves, as a cell.
 * @param high the signed high half
 * @param low the unsigned low half
 * @returns the position behind the cell
 */
export function writePriceCell(view: DataView, at: number, high: number, low: number): number {
  let sign = 0;
  if (high < 0) {
    sign = NEGATIVE;
    low = (~low + 1) >>> 0;
    high = (~high + (low === 0 ? 1 : 0)) >>> 0;
  }
  let whole: number;
  let fraction: number;
  if (high < EXACT_HIGH) {
    const value = high * TWO_32 + low;
    whole = Math.floor(value / PRICE_SCALE);
    fraction = value - whole * PRICE_SCALE;
  } else {
    // long division with digits of 16 bits: every step stays below 2^46
    const first = Math.floor(high / PRICE_SCALE);
    let rest = (high - first * PRICE_SCALE) * 65_536 + (low >>> 16);
    const second = Math.floor(rest / PRICE_SCALE);
    rest = (rest - second * PRICE_SCALE) * 65_536 + (low & 0xffff);
    const third = Math.floor(rest / PRICE_SCALE);
    whole = (first * 65_536 + second) * 65_536 + third;
    fraction = rest - third * PRICE_SCALE;
  }
  if (fraction === 0) return writeWholeCell(view, at, whole, sign);

  // nine decimals are the digits f1 f2 f3, the last one with three zeros behind
  const f1 = Math.floor(fraction / 100_000);
  const rest = fraction - f1 * 100_000;
  const f2 = Math.floor(rest / 10);
  const f3 = (rest - f2 * 10) * 1000;
  let weight = -1;
  let to = at + 12;
  if (whole > 0) {
    weight = whole >= 100_000_000 ? 2 : whole >= 10_000 ? 1 : 0;
    to = writeWholeDigits(view, to, whole, weight);
  } else if (f1 === 0) {
    weight = f2 === 0 ? -3 : -2;
  }
  if (weight >= -1) to = writeDigit(view, to, f1);
  if (weight >= -2 && (f2 !== 0 || f3 !== 0)) to = writeDigit(view, to, f2);
  if (f3 !== 0) to = writeDigit(view, to, f3);
  let decimals = 9;
  if (f3 === 0) {
    decimals = f2 === 0 ? 4 - (TRAILING_ZEROS[f1] as number) : 8 - (TRAILING_ZEROS[f2] as number);
  }
  writeHead(view, at, to, weight, sign, decimals);
  return to;
}

/**
 * Writes a u64, given as its two halves, as a cell.
 * @returns the position behind the cell
 */
export function writeUnsignedCell(view: DataView, at: number, high: number, low: number): number {
  if (high < EXACT_HIGH * 2) return writeWholeCell(view, at, high * TWO_32 + low, 0);
  // long division by 1e8, two base-10000 digits at a time
  let rest = high;
  let quotient = Math.floor(rest / 100_000_000);
  rest = (rest - quotient * 100_000_000) * 65_536 + (low >>> 16);
  let step = Math.floor(rest / 100_000_000);
  quotient = quotient * 65_536 + step;
  rest = (rest - step * 100_000_000) * 65_536 + (low & 0xffff);
  step = Math.floor(rest / 100_000_000);
  quotient = quotient * 65_536 + step;
  const tail = rest - step * 100_000_000;
  // the quotient is at most 184,467,440,737, and at least 90,071,992: two or three digits
  const weight = (quotient >= 100_000_000 ? 2 : 1) + 2;
  const t1 = Math.floor(tail / 10_000);
  let to = writeWholeDigits(view, at + 12, quotient, weight - 2);
  to = writeDigit(view, to, t1);
  to = writeDigit(view, to, tail - t1 * 10_000);
  to = withoutZeros(view, at + 12, to);
  writeHead(view, at, to, weight, 0, 0);
  return to;
}

/** A whole number below 2^53. */
function writeWholeCell(view: DataView, at: number, whole: number, sign: number): number {
  if (whole === 0) {
    writeHead(view, at, at + 12, 0, 0, 0);
    return at + 12;
  }
  const weight = whole >= 1e12 ? 3 : whole >= 1e8 ? 2 : whole >= 1e4 ? 1 : 0;
  const to = withoutZeros(view, at + 12, writeWholeDigits(view, at + 12, whole, weight));
  writeHead(view, at, to, weight, sign, 0);
  return to;
}

/** Writes the digits of a whole number below 1e16, the first of them with the weight given. */
function writeWholeDigits(view: DataView, at: number, whole: number, weight: number): number {
  let to = at;
  let rest = whole;
  for (let power = weight; power > 0; power--) {
    const unit = power === 1 ? 1e4 : power === 2 ? 1e8 : 1e12;
    const digit = Math.floor(rest / unit);
    to = writeDigit(view, to, digit);
    rest -= digit * unit;
  }
  return writeDigit(view, to, rest);
}

function writeDigit(view: DataView, at: number, digit: number): number {
  view.setUint16(at, digit);
  return at + 2;
}

/** The end of the digits when zeros at their end are left out. */
function withoutZeros(view: DataView, from: number, to: number): number {
  while (to > from && view.getUint16(to - 2) === 0) to -= 2;
  return to;
}

function writeHead(view: DataView, at: number, to: number, weight: number, sign: number, decimals: number): void {
  view.setInt32(at, to - at - 4);
  view.setInt16(at + 4, (to - at - 12) / 2);
  view.setInt16(at + 6, weight);
  view.setUint16(at + 8, sign);
  view.setUint16(at + 10, decimals);
}
