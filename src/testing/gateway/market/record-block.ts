/** The records of one instrument on one day: whole records of one size, in order of their index timestamps. */
export interface RecordBlock {
  readonly bytes: Uint8Array;
  readonly recordSize: number;
  readonly count: number;
  /** Index timestamps in ns since the day's midnight, none less than the one before. */
  readonly times: Float64Array;
}

/** Rows of blocks in order of time. */
interface Order {
  readonly times: Float64Array;
  readonly blocks: Uint16Array;
  readonly rows: Uint32Array;
}

/**
 * The records of several blocks from `start` to `end` (exclusive; ns since midnight) in order of time; at one time in the
 * order of the blocks.
 */
export function mergedBytes(
  blocks: readonly RecordBlock[],
  start: number,
  end: number,
): { bytes: Uint8Array; count: number; recordSize: number } {
  const recordSize = blocks[0]?.recordSize ?? 0;
  const parts = blocks.map((block, index) => orderOf(block, index, start, end)).filter((part) => part.rows.length > 0);
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    const block = blocks[only.blocks[0] as number] as RecordBlock;
    const from = only.rows[0] as number;
    const bytes = block.bytes.subarray(from * recordSize, (from + only.rows.length) * recordSize);
    return { bytes, count: only.rows.length, recordSize };
  }
  const order = parts.length === 0 ? undefined : merged(parts);
  const count = order?.rows.length ?? 0;
  const bytes = new Uint8Array(count * recordSize);
  for (let index = 0; index < count; index += 1) {
    const block = blocks[order?.blocks[index] as number] as RecordBlock;
    const from = (order?.rows[index] as number) * recordSize;
    bytes.set(block.bytes.subarray(from, from + recordSize), index * recordSize);
  }
  return { bytes, count, recordSize };
}

/** How many records of a block stand from `start` to `end`. */
export function countBetween({ times }: RecordBlock, start: number, end: number): number {
  return Math.max(0, firstAtOrAfter(times, end) - firstAtOrAfter(times, start));
}

function orderOf({ times }: RecordBlock, index: number, start: number, end: number): Order {
  const from = firstAtOrAfter(times, start);
  const to = Math.max(from, firstAtOrAfter(times, end));
  return {
    times: times.subarray(from, to),
    blocks: new Uint16Array(to - from).fill(index),
    rows: Uint32Array.from({ length: to - from }, (_, row) => from + row),
  };
}

/** Halves first: every row takes part in log2(blocks) merges. */
function merged(parts: readonly Order[]): Order {
  if (parts.length === 1) return parts[0] as Order;
  const half = parts.length >> 1;
  return mergedPair(merged(parts.slice(0, half)), merged(parts.slice(half)));
}

function mergedPair(a: Order, b: Order): Order {
  const length = a.rows.length + b.rows.length;
  const result = { times: new Float64Array(length), blocks: new Uint16Array(length), rows: new Uint32Array(length) };
  for (let at = 0, i = 0, j = 0; at < length; at += 1) {
    const first = j >= b.rows.length || (i < a.rows.length && (a.times[i] as number) <= (b.times[j] as number)) ? a : b;
    const from = first === a ? i++ : j++;
    result.times[at] = first.times[from] as number;
    result.blocks[at] = first.blocks[from] as number;
    result.rows[at] = first.rows[from] as number;
  }
  return result;
}

function firstAtOrAfter(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
