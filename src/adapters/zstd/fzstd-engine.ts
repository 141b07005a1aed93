import { Decompress } from 'fzstd';
import type { DecompressionEngine } from './engine.js';
import { FRAME_MAGIC, LARGEST_BLOCK, type FrameHeader, type FramePiece } from './frame-scanner.js';
import { Xxh64 } from './xxh64.js';
import { fromEngine, zstdChecksumDiffers, zstdFailed } from './zstd-errors.js';

const CHECKSUM_FLAG = 0x04;
const SMALLEST_WINDOW_EXPONENT = 10;

/** The last rung: zstd in JavaScript, always there. It looks at no checksum, so that is done here. */
export const fzstdEngine: DecompressionEngine = {
  rung: 'fzstd',
  takes: 'blocks',
  available: async () => true,
  async *decompress(pieces) {
    let frame: FrameDecompression | undefined;
    for await (const piece of pieces) {
      if (frame === undefined) {
        frame = new FrameDecompression(piece.frame);
        continue;
      }
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

  /**
   * Starts with a header of our own in place of the frame's. The library takes the stated size for the size of its
   * buffers, and a wrong one would cut the output in silence.
   */
  constructor(header: FrameHeader) {
    this.#header = header;
    const replacement = Buffer.alloc(6);
    replacement.writeUInt32LE(FRAME_MAGIC, 0);
    replacement.writeUInt8(header.hasChecksum ? CHECKSUM_FLAG : 0, 4);
    const exponent = Math.ceil(Math.log2(Math.max(header.windowSize, LARGEST_BLOCK)));
    replacement.writeUInt8((exponent - SMALLEST_WINDOW_EXPONENT) << 3, 5);
    this.#decompress.push(replacement);
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
