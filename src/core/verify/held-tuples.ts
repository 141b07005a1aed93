import { copyTuples, type CopyTuples } from '../export/copy-tuples.js';

/**
 * What is held of a chunk in one table and in quarantine, one by one in the order of the ordinals. The cells of a tuple:
 * bytes of a quarantined record or NULL, then those of the row, of which the last is the ordinal.
 */
export class HeldTuples {
  /** Of the present one; infinite behind the last. */
  ordinal = -1;
  readonly #blocks: AsyncGenerator<CopyTuples, void, undefined>;
  #block: CopyTuples | undefined;
  #index = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#blocks = copyTuples(pieces);
  }

  /** Goes on to the next one where that is at hand already; else false, and {@link load} has to be awaited. */
  step(): boolean {
    const block = this.#block;
    if (block === undefined || ++this.#index >= block.starts.length) return false;
    this.#readOrdinal(block);
    return true;
  }

  /** Waits for more from the database, and goes on to its first one. */
  async load(): Promise<void> {
    const next = await this.#blocks.next();
    this.#block = next.done === true ? undefined : next.value;
    this.#index = 0;
    if (this.#block === undefined) this.ordinal = Infinity;
    else this.#readOrdinal(this.#block);
  }

  get bytes(): Uint8Array {
    return (this.#block as CopyTuples).bytes;
  }

  /** Where the cells of the row begin. */
  get start(): number {
    const { starts, view } = this.#block as CopyTuples;
    const start = starts[this.#index] as number;
    return start + 4 + Math.max(view.getInt32(start), 0);
  }

  get end(): number {
    const { starts, end } = this.#block as CopyTuples;
    const next = starts[this.#index + 1];
    return next === undefined ? end : next - 2;
  }

  /** The bytes of a quarantined record; `undefined` for a row. */
  get record(): Uint8Array | undefined {
    const { starts, view, bytes } = this.#block as CopyTuples;
    const start = starts[this.#index] as number;
    const size = view.getInt32(start);
    return size < 0 ? undefined : bytes.subarray(start + 4, start + 4 + size);
  }

  #readOrdinal({ view }: CopyTuples): void {
    const at = this.end - 8;
    this.ordinal = view.getInt32(at) * 4294967296 + view.getUint32(at + 4);
  }
}
