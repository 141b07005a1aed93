import type { FramePiece } from './frame-scanner.js';

/** A rung of the ladder: one way to run zstd. */
export type ZstdRung = 'node' | 'program' | 'fzstd';

/** Decompresses frames that the scanner has found whole in structure. */
export interface DecompressionEngine {
  readonly rung: ZstdRung;
  /**
   * `blocks`: one at a time, and it may keep them. `runs`: as much as has come at once, which it is done with when it asks
   * for the next.
   */
  readonly takes: 'blocks' | 'runs';
  available(): Promise<boolean>;
  /**
   * Gives the output of all frames, in pieces of some hundred KiB at most, each valid until the next is asked for. Verifies the checksum of every frame that
   * has one. Leaving early closes the pieces.
   * @throws ZSTD_FAILED, ZSTD_CHECKSUM, and what the pieces throw
   */
  decompress(pieces: AsyncIterable<FramePiece>): AsyncGenerator<Uint8Array, void, undefined>;
}

/** The largest piece of output asked of an engine, bytes; Node's default of 16 KiB halves the speed. */
export const OUTPUT_SIZE = 256 * 1024;
