const WORD = 2 ** 32;

/** Writes a whole number that a double holds exactly as an i64: much faster than by way of a bigint. */
export function writeInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / WORD);
  view.setUint32(at, value - high * WORD, true);
  view.setInt32(at + 4, high, true);
}

/** Writes i64 max: an undefined price, and the undefined quantity of a statistic of version 3. */
export function writeInt64Max(view: DataView, at: number): void {
  view.setUint32(at, 0xffffffff, true);
  view.setUint32(at + 4, 0x7fffffff, true);
}

/** Writes u64 max: an undefined time. */
export function writeUint64Max(view: DataView, at: number): void {
  view.setUint32(at, 0xffffffff, true);
  view.setUint32(at + 4, 0xffffffff, true);
}

/**
 * Writes a time as u64 ns since the epoch. A double cannot hold one; a day's midnight in two halves and the ns since
 * then can.
 *
 * @param offset ns from that midnight, also negative
 */
export function writeTime(view: DataView, at: number, midnight: WideInteger, offset: number): void {
  const high = Math.floor(offset / WORD);
  const low = midnight.low + (offset - high * WORD);
  view.setUint32(at, low, true);
  view.setUint32(at + 4, midnight.high + high + (low >= WORD ? 1 : 0), true);
}

/** A u64 in two halves. */
export interface WideInteger {
  readonly high: number;
  readonly low: number;
}

export function wideInteger(value: bigint): WideInteger {
  return { high: Number(value >> 32n), low: Number(value & 0xffffffffn) };
}
