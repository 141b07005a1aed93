import { zstdFailed, zstdTruncated, zstdWindow } from './zstd-errors.js';

/** What the header of a frame says. */
export interface FrameHeader {
  /** Position of the frame's first byte in the compressed stream. */
  readonly position: number;
  /** Bytes of output, `undefined` when the writer did not know. */
  readonly contentSize: number | undefined;
  /** Bytes of output that the decompressor has to remember. */
  readonly windowSize: number;
  readonly hasChecksum: boolean;
}

/**
 * Compressed bytes of one frame. The first piece of a frame is its header and nothing else. Of blocks, a piece never holds
 * bytes of more than one, so that its output is bounded; of runs, it has all of the frame that has come at once.
 */
export interface FramePiece {
  readonly bytes: Uint8Array;
  readonly frame: FrameHeader;
  /** Set on the last piece of a frame. */
  readonly end?: {
    /** The low 32 bits of XXH64 over the frame's output, where the frame has them. */
    readonly checksum: number | undefined;
  };
}

/** Frames that need more memory are refused: the limit of the zstd program and library, unless told otherwise. */
export const LARGEST_WINDOW = 128 * 1024 * 1024;
export const LARGEST_BLOCK = 128 * 1024;
export const FRAME_MAGIC = 0xfd2fb528;

const FRAME_MAGIC_BYTES = [0x28, 0xb5, 0x2f, 0xfd];
/** The low four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MAGIC_BYTES = [0x50, 0x2a, 0x4d, 0x18];
const LONGEST_HEADER = 18;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;
const DICTIONARY_ID_SIZES = [0, 1, 2, 4] as const;

type Part = 'magic' | 'skippable-size' | 'skippable' | 'descriptor' | 'header' | 'block-header' | 'block' | 'checksum';

/**
 * Walks over the structure of a compressed stream (frames, skippable frames, blocks, checksums) without decompressing
 * it. It makes every decompressor behave the same: frames are told apart, a cut stream and bytes behind the last
 * frame are found and their position is known, memory is bounded, and the checksum is at hand for those that do not
 * look at it themselves.
 */
export class FrameScanner {
  #part: Part = 'magic';
  /** Bytes of the part that have not come yet. */
  #missing = 4;
  /** The bytes of the part, where their value matters. */
  readonly #field = new Uint8Array(16);
  #fieldLength = 0;
  /** The bytes of a frame header. */
  readonly #head = new Uint8Array(LONGEST_HEADER);
  #headLength = 0;
  #position = 0;
  #framePosition = 0;
  #frame: FrameHeader | undefined;
  #checksum: number | undefined;
  #lastBlock = false;

  /** @param gives whether blocks that came together are given apart */
  constructor(private readonly gives: 'blocks' | 'runs' = 'blocks') {}

  /** Bytes of the compressed stream seen so far. */
  get position(): number {
    return this.#position;
  }

  /**
   * Takes the next bytes and gives the pieces to be decompressed, which point into them.
   * @throws ZSTD_FAILED, ZSTD_WINDOW
   */
  *scan(bytes: Uint8Array): Generator<FramePiece, void, undefined> {
    let at = 0;
    /** Where the bytes begin that have not been given out. */
    let from = 0;
    while (at < bytes.length) {
      at += this.#take(bytes, at);
      while (this.#missing === 0) {
        const finished = this.#finishPart();
        const frame = this.#frame;
        if (finished === undefined || frame === undefined) continue;
        if (finished === 'block' && this.gives === 'runs') continue;
        const piece = finished === 'header' ? this.#head.slice(0, this.#headLength) : bytes.subarray(from, at);
        from = at;
        if (finished === 'frame') {
          this.#frame = undefined;
          yield { bytes: piece, frame, end: { checksum: this.#checksum } };
        } else {
          yield { bytes: piece, frame };
        }
      }
    }
    if (this.#frame !== undefined && from < bytes.length) yield { bytes: bytes.subarray(from), frame: this.#frame };
  }

  /**
   * Says that the stream is over.
   * @throws ZSTD_TRUNCATED when it ends inside a frame, ZSTD_FAILED when bytes of no frame are left
   */
  end(): void {
    if (this.#part === 'magic') {
      if (this.#fieldLength === 0) return;
      const begun = Array.from(this.#field.subarray(0, this.#fieldLength));
      const frame = begun.every((byte, index) => byte === FRAME_MAGIC_BYTES[index]);
      const skippable = begun.every(
        (byte, index) => (index === 0 ? byte & 0xf0 : byte) === SKIPPABLE_MAGIC_BYTES[index],
      );
      if (!frame && !skippable) throw this.#noFrame(this.#position - this.#fieldLength);
      this.#framePosition = this.#position - this.#fieldLength;
    }
    throw zstdTruncated(this.#position, this.#framePosition);
  }

  #take(bytes: Uint8Array, at: number): number {
    const taken = Math.min(this.#missing, bytes.length - at);
    if (this.#part !== 'block' && this.#part !== 'skippable') {
      this.#field.set(bytes.subarray(at, at + taken), this.#fieldLength);
      this.#fieldLength += taken;
    }
    this.#missing -= taken;
    this.#position += taken;
    return taken;
  }

  #expect(part: Part, size: number): void {
    this.#part = part;
    this.#missing = size;
    this.#fieldLength = 0;
  }

  /** Goes from a part that is whole to the next one, and says what is whole now for the decompressor. */
  #finishPart(): 'header' | 'block' | 'frame' | undefined {
    switch (this.#part) {
      case 'magic':
        this.#readMagic();
        return undefined;
      case 'skippable-size':
        this.#expect('skippable', this.#number(0, 4));
        return undefined;
      case 'skippable':
        this.#expect('magic', 4);
        return undefined;
      case 'descriptor':
        this.#readDescriptor();
        return undefined;
      case 'header':
        this.#readHeader();
        this.#expect('block-header', 3);
        return 'header';
      case 'block-header':
        this.#readBlockHeader();
        return undefined;
      case 'block':
        if (!this.#lastBlock) {
          this.#expect('block-header', 3);
          return 'block';
        }
        if (this.#frame?.hasChecksum === true) {
          this.#expect('checksum', 4);
          return 'block';
        }
        this.#checksum = undefined;
        this.#expect('magic', 4);
        return 'frame';
      case 'checksum':
        this.#checksum = this.#number(0, 4);
        this.#expect('magic', 4);
        return 'frame';
    }
  }

  #readMagic(): void {
    const magic = this.#number(0, 4);
    this.#framePosition = this.#position - 4;
    if ((magic & ~0xf) >>> 0 === SKIPPABLE_MAGIC) return this.#expect('skippable-size', 4);
    if (magic !== FRAME_MAGIC) throw this.#noFrame(this.#framePosition);
    this.#headLength = 0;
    this.#keepHead();
    this.#expect('descriptor', 1);
  }

  #readDescriptor(): void {
    const descriptor = this.#number(0, 1);
    if ((descriptor & 0x08) !== 0) {
      throw zstdFailed(`the frame at byte ${this.#framePosition} sets a reserved bit`, this.#framePosition);
    }
    this.#keepHead();
    const { windowByte, dictionaryIdSize, contentSizeSize } = headerParts(descriptor);
    this.#expect('header', windowByte + dictionaryIdSize + contentSizeSize);
  }

  #readHeader(): void {
    const descriptor = this.#head[4] ?? 0;
    const { windowByte, dictionaryIdSize, contentSizeSize } = headerParts(descriptor);
    if (this.#number(windowByte, dictionaryIdSize) !== 0) {
      throw zstdFailed(`the frame at byte ${this.#framePosition} needs a dictionary`, this.#framePosition);
    }
    // a size of two bytes begins where one byte ends
    const stated = this.#number(windowByte + dictionaryIdSize, contentSizeSize) + (contentSizeSize === 2 ? 256 : 0);
    const contentSize = contentSizeSize === 0 ? undefined : stated;
    const windowSize = windowByte === 1 ? windowOf(this.#number(0, 1)) : stated;
    if (windowSize > LARGEST_WINDOW) throw zstdWindow(windowSize, LARGEST_WINDOW, this.#framePosition);
    this.#keepHead();
    const hasChecksum = (descriptor & 0x04) !== 0;
    this.#frame = { position: this.#framePosition, contentSize, windowSize, hasChecksum };
  }

  #readBlockHeader(): void {
    const header = this.#number(0, 3);
    const type = (header >> 1) & 3;
    const size = header >> 3;
    const byte = this.#position - 3;
    if (type === RESERVED_BLOCK) throw zstdFailed(`the block at byte ${byte} is of a reserved type`, byte);
    if (size > LARGEST_BLOCK) throw zstdFailed(`the block at byte ${byte} is larger than ${LARGEST_BLOCK} bytes`, byte);
    this.#lastBlock = (header & 1) === 1;
    this.#expect('block', type === RLE_BLOCK ? 1 : size);
  }

  #keepHead(): void {
    this.#head.set(this.#field.subarray(0, this.#fieldLength), this.#headLength);
    this.#headLength += this.#fieldLength;
  }

  /** A little-endian number in the bytes of the part. */
  #number(offset: number, size: number): number {
    let value = 0;
    for (let index = size - 1; index >= 0; index--) value = value * 256 + (this.#field[offset + index] ?? 0);
    return value;
  }

  #noFrame(byte: number): Error {
    return byte === 0
      ? zstdFailed('it does not begin with a zstd frame', byte)
      : zstdFailed(`the bytes from byte ${byte} on, behind the last frame, are no zstd frame`, byte);
  }
}

/** Sizes of the fields that follow a frame header's descriptor, in bytes. */
function headerParts(descriptor: number): { windowByte: number; dictionaryIdSize: number; contentSizeSize: number } {
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  return {
    windowByte: singleSegment ? 0 : 1,
    dictionaryIdSize: DICTIONARY_ID_SIZES[(descriptor & 3) as 0 | 1 | 2 | 3],
    contentSizeSize: sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag,
  };
}

function windowOf(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}
