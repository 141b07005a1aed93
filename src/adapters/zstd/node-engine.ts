import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { OUTPUT_SIZE, type DecompressionEngine } from './engine.js';
import type { FrameHeader, FramePiece } from './frame-scanner.js';
import { throughStream } from './through-stream.js';
import { fromEngine } from './zstd-errors.js';

interface ZstdOptions {
  readonly chunkSize?: number;
  readonly params?: Readonly<Record<number, number>>;
}

/** The part of node:zlib that came with Node 22.15 and 23.8, later than the types this is compiled with. */
export interface ZlibWithZstd {
  readonly createZstdDecompress?: (options?: ZstdOptions) => Transform;
  readonly createZstdCompress?: (options?: ZstdOptions) => Transform;
  readonly constants: Readonly<Record<string, unknown>>;
}

export const zlibWithZstd = zlib as unknown as ZlibWithZstd;

/**
 * zstd as Node itself brings it: the library, off the main thread. Its stream ends behind the first frame, so every
 * frame gets a stream of its own.
 */
export const nodeEngine: DecompressionEngine = {
  rung: 'node',
  takes: 'blocks',
  available: async () => zlibWithZstd.createZstdDecompress !== undefined,
  async *decompress(pieces) {
    const frames = new FrameSplitter(pieces);
    try {
      for (let frame = await frames.next(); frame !== undefined; frame = await frames.next()) {
        const stream = zlibWithZstd.createZstdDecompress?.({ chunkSize: OUTPUT_SIZE });
        if (stream === undefined) return;
        try {
          yield* throughStream(frame.bytes, stream, stream);
        } catch (error) {
          throw fromEngine(error, frame.header);
        }
      }
    } finally {
      await frames.close();
    }
  },
};

/** Cuts the one sequence of pieces into one sequence for each frame. */
class FrameSplitter {
  readonly #pieces: AsyncIterator<FramePiece>;

  constructor(pieces: AsyncIterable<FramePiece>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next frame; the one before must have been read to its end. */
  async next(): Promise<{ header: FrameHeader; bytes: AsyncIterable<Uint8Array> } | undefined> {
    const first = await this.#pieces.next();
    return first.done === true ? undefined : { header: first.value.frame, bytes: this.#bytes(first.value) };
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async *#bytes(first: FramePiece): AsyncGenerator<Uint8Array, void, undefined> {
    yield first.bytes;
    for (let ended = first.end !== undefined; !ended;) {
      const next = await this.#pieces.next();
      if (next.done === true) return;
      yield next.value.bytes;
      ended = next.value.end !== undefined;
    }
  }
}
