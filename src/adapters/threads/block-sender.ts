import { cancelled } from '../../core/pipeline/chunk-reader.js';
import type { RowBlock } from '../../core/pipeline/chunk-rows.js';
import type { BlockData, FromThread } from './thread-messages.js';

/** A message is sent when it has so many bytes; most batches of a decoder have more. */
const FULL_BYTES = 512 * 1024;
/** The first size of a block's memory: what one batch of trades needs. */
const MEMORY_BYTES = 1536 * 1024;
/** Small batches, of streams in which kinds alternate, are sent together. */
const MOST_BLOCKS = 128;
const MOST_REJECTIONS = 1000;
/** Blocks on their way or being written: the database takes one while the next are made. */
const CREDITS = 3;

/**
 * Sends blocks from a thread to the run: copied once, into memory that changes hands and comes back when the rows are
 * written. A slow database keeps it, and that stops the thread.
 */
export class BlockSender {
  readonly #free: ArrayBuffer[] = [];
  #credits = CREDITS;
  #memory: Uint8Array | undefined;
  #used = 0;
  #blocks: BlockData[] = [];
  #rejections = 0;
  #resume: (() => void) | undefined;

  constructor(
    private readonly post: (message: FromThread, transfer: ArrayBuffer[]) => void,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.#resume?.());
  }

  /** @throws CANCELLED when the run is over while memory is waited for */
  async add(block: RowBlock): Promise<void> {
    const { decoded, checked, schema, tuples, rows, rejections, digest } = block;
    if (this.#memory !== undefined && this.#used + tuples.length > this.#memory.length) this.flush();
    this.#memory ??= await this.#memoryFor(tuples.length);
    this.#memory.set(tuples, this.#used);
    this.#used += tuples.length;
    this.#rejections += rejections.length;
    this.#blocks.push({
      decoded,
      checked,
      schema,
      rows,
      size: tuples.length,
      digest: digest?.toString() ?? null,
      rejections: rejections.map((rejection) => ({ ...rejection, reasons: JSON.stringify(rejection.reasons) })),
    });
    const full = this.#used >= FULL_BYTES || this.#blocks.length >= MOST_BLOCKS || this.#rejections >= MOST_REJECTIONS;
    if (full) this.flush();
  }

  /** Sends what there is. */
  flush(): void {
    if (this.#memory === undefined) return;
    const memory = this.#memory.buffer as ArrayBuffer;
    this.post({ type: 'blocks', memory, blocks: this.#blocks }, [memory]);
    this.#memory = undefined;
    this.#used = 0;
    this.#blocks = [];
    this.#rejections = 0;
  }

  /** Memory comes back. */
  taken(memory: ArrayBuffer): void {
    this.#free.push(memory);
    this.#credits += 1;
    this.#resume?.();
  }

  async #memoryFor(bytes: number): Promise<Uint8Array> {
    while (this.#credits === 0) {
      if (this.signal.aborted) throw cancelled();
      await new Promise<void>((resolve) => (this.#resume = resolve));
      this.#resume = undefined;
    }
    this.#credits -= 1;
    const memory = this.#free.pop();
    return new Uint8Array(
      memory !== undefined && memory.byteLength >= bytes ? memory : new ArrayBuffer(Math.max(bytes, MEMORY_BYTES)),
    );
  }
}
