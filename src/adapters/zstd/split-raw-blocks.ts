import type { FramePiece } from './frame-scanner.js';

const BLOCK_HEADER_SIZE = 3;
const RAW = 0;
const RLE = 1;

/**
 * Cuts stored blocks into smaller ones, as their bytes come. A decompressor gives nothing of a block before its last
 * byte is there, but of one that is only stored, what has come can be had.
 */
export async function* splitRawBlocks(pieces: AsyncIterable<FramePiece>): AsyncGenerator<FramePiece, void, undefined> {
  let blocks: FrameBlocks | undefined;
  for await (const piece of pieces) {
    if (blocks === undefined) {
      blocks = new FrameBlocks();
      yield piece;
    } else {
      const cut = blocks.split(piece.bytes);
      const { frame, end } = piece;
      for (const [index, bytes] of cut.entries()) {
        yield index === cut.length - 1 && end !== undefined ? { bytes, frame, end } : { bytes, frame };
      }
    }
    if (piece.end !== undefined) blocks = undefined;
  }
}

/** Follows the blocks of one frame. */
class FrameBlocks {
  readonly #header = new Uint8Array(BLOCK_HEADER_SIZE);
  #headerLength = 0;
  /** Bytes of the block that have not come yet. */
  #missing = 0;
  #stored = false;
  #last = false;
  /** All blocks are over: a checksum follows, if anything. */
  #over = false;

  /** Gives as many bytes of frame as were taken, or equivalent ones; never nothing. */
  split(bytes: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      if (this.#over) {
        out.push(bytes.subarray(at));
        break;
      }
      at +=
        this.#missing === 0 ? this.#takeHeader(bytes[at] as number, out) : this.#takeContent(bytes.subarray(at), out);
    }
    return out.length === 0 ? [new Uint8Array(0)] : out;
  }

  #takeHeader(byte: number, out: Uint8Array[]): number {
    this.#header[this.#headerLength++] = byte;
    if (this.#headerLength < BLOCK_HEADER_SIZE) return 1;
    this.#headerLength = 0;
    const [a, b, c] = this.#header as unknown as [number, number, number];
    const header = a | (b << 8) | (c << 16);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    this.#last = (header & 1) === 1;
    this.#missing = type === RLE ? 1 : size;
    this.#stored = type === RAW && size > 0;
    if (!this.#stored) out.push(this.#header.slice());
    this.#over = this.#missing === 0 && this.#last;
    return 1;
  }

  #takeContent(bytes: Uint8Array, out: Uint8Array[]): number {
    const content = bytes.subarray(0, this.#missing);
    this.#missing -= content.length;
    if (this.#stored) out.push(blockHeader(content.length, this.#missing === 0 && this.#last));
    out.push(content);
    this.#over = this.#missing === 0 && this.#last;
    return content.length;
  }
}

function blockHeader(size: number, last: boolean): Uint8Array {
  const header = (size << 3) | (last ? 1 : 0);
  return Uint8Array.of(header & 0xff, (header >> 8) & 0xff, header >> 16);
}
