import type { RecordBatch } from '../dbn/record-batch.js';

const UNDEFINED_HALF = 0xffffffff;

/**
 * Follows the index timestamps of a stream: the earliest, the latest, and whether they ever ran backwards. Undefined
 * ones are passed over. Compares in two 32-bit halves, so that a record costs no allocation.
 */
export class IndexTimestampWatch {
  /** Halves of the latest; -1 before the first record. */
  #high = -1;
  #low = -1;
  #firstHigh = -1;
  #firstLow = -1;
  ranBackwards = false;

  watch(batch: RecordBatch): void {
    const field = batch.layout?.fields.find((candidate) => candidate.name === batch.layout?.indexTimestamp);
    if (field === undefined) return;
    const { view, offsets, count } = batch;
    let high = this.#high;
    let low = this.#low;
    for (let index = 0; index < count; index += 1) {
      const at = (offsets[index] as number) + field.offset;
      const nextLow = view.getUint32(at, true);
      const nextHigh = view.getUint32(at + 4, true);
      if (nextHigh === UNDEFINED_HALF && nextLow === UNDEFINED_HALF) continue;
      if (nextHigh < high || (nextHigh === high && nextLow < low)) {
        this.ranBackwards = true;
        this.#lowerFirst(nextHigh, nextLow);
        continue;
      }
      if (high < 0) this.#lowerFirst(nextHigh, nextLow);
      high = nextHigh;
      low = nextLow;
    }
    this.#high = high;
    this.#low = low;
  }

  /** ns since the epoch of the latest one; `null` before the first record. */
  get lastIndexTimestamp(): bigint | null {
    return join(this.#high, this.#low);
  }

  /** Earliest and latest, both inclusive, in ns; `null` before the first record. */
  get seen(): { readonly first: bigint; readonly last: bigint } | null {
    const first = join(this.#firstHigh, this.#firstLow);
    const last = this.lastIndexTimestamp;
    return first === null || last === null ? null : { first, last };
  }

  #lowerFirst(high: number, low: number): void {
    const lower = high < this.#firstHigh || (high === this.#firstHigh && low < this.#firstLow);
    if (this.#firstHigh >= 0 && !lower) return;
    this.#firstHigh = high;
    this.#firstLow = low;
  }
}

function join(high: number, low: number): bigint | null {
  return high < 0 ? null : (BigInt(high) << 32n) | BigInt(low);
}
