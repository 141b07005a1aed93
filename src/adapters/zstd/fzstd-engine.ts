import { Decompress } from 'fzstd';
import type { DecompressionEngine } from './engine.js';
import type { FrameHeader, FramePiece } from './frame-scanner.js';
import { Xxh64 } from './xxh64.js';
import { fromEngine, zstdChecksumDiffers, zstdFailed } from './zstd-errors.js';

/** The last rung: zstd in JavaScript, always there. It looks at no checksum, so that is done here. */
export const fzstdEngine: DecompressionEngine = {
  rung: 'fzstd',
  available: async () => true,
  async *decompress(pieces) {
    let frame: FrameDecompression | undefined;
    for await (const piece of pieces) {
      frame ??= new FrameDecompression(piece.frame);
      yield* frame.push(piece);
      if (piece.end !== undefined) frame = undefined;
    }
  },
};

class FrameDecompression {
  readonly #header: FrameHeader;
  readonly #hash = new Xxh64();
  readonly #output: Uint8Array[] = [];
  readonly #decompress = new Decompress((block) => this.#output.push(block));
  #size = 0;

  constructor(header: FrameHeader) {
    this.#header = header;
  }

  /** Gives the output of the piece: one block at most, because a piece holds no more. */
  *push({ bytes, end }: FramePiece): Generator<Uint8Array, void, undefined> {
    try {
      this.#decompress.push(bytes, end !== undefined);
    } catch (error) {
      throw fromEngine(error, this.#header);
    }
    for (const block of this.#output.splice(0)) {
      if (block.length === 0) continue;
      this.#hash.update(block);
      this.#size += block.length;
      yield block;
    }
    if (end !== undefined) this.#verify(end.checksum);
  }

  #verify(checksum: number | undefined): void {
    const { position, contentSize } = this.#header;
    if (contentSize !== undefined && contentSize !== this.#size) {
      throw zstdFailed(`the frame at byte ${position} announces ${contentSize} bytes and has ${this.#size}`, position);
    }
    if (checksum === undefined) return;
    const computed = this.#hash.digestLow();
    if (computed === checksum) return;
    throw zstdChecksumDiffers(this.#header, ` (stated ${hex(checksum)}, computed ${hex(computed)})`);
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
