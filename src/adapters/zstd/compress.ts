import type { Transform } from 'node:stream';
import { asTickloomError } from '../../core/errors/index.js';
import { OUTPUT_SIZE } from './engine.js';
import { zlibWithZstd } from './node-engine.js';
import { programAvailable, throughProgram } from './program-engine.js';
import { rawFrame } from './raw-frame.js';
import { InputFailure, throughStream } from './through-stream.js';
import { zstdUnavailable } from './zstd-errors.js';

/** A way to write zstd; `raw` writes valid frames that are not compressed. */
export type CompressionRung = 'node' | 'program' | 'raw';

export interface CompressOptions {
  /** Uses this rung whatever else is there. Default: the best one available. */
  readonly rung?: CompressionRung;
  /** 1 to 19; default 3, as the vendor writes. */
  readonly level?: number;
}

const DEFAULT_LEVEL = 3;

/**
 * Compresses a stream into a zstd frame with a checksum (Node adds an empty second frame now and then). Leaving the output early closes the source.
 * @throws ZSTD_UNAVAILABLE when the rung asked for is not there, and what the source throws
 */
export async function* compress(
  source: AsyncIterable<Uint8Array>,
  options: CompressOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { level = DEFAULT_LEVEL } = options;
  const rung = options.rung ?? (await bestRung());
  if (rung === 'raw') return yield* rawFrame(source);
  try {
    if (rung === 'program') return yield* throughProgram(source, ['-c', '-q', '--check', `-${level}`]);
    const stream = nodeCompressor(level);
    if (stream === undefined) throw zstdUnavailable('node', 'this Node has no zstd');
    yield* throughStream(source, stream, stream);
  } catch (error) {
    throw error instanceof InputFailure ? error.cause : asTickloomError(error);
  }
}

async function bestRung(): Promise<CompressionRung> {
  if (zlibWithZstd.createZstdCompress !== undefined) return 'node';
  return (await programAvailable()) ? 'program' : 'raw';
}

function nodeCompressor(level: number): Transform | undefined {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = zlibWithZstd.constants;
  return zlibWithZstd.createZstdCompress?.({
    chunkSize: OUTPUT_SIZE,
    params: { [ZSTD_c_compressionLevel as number]: level, [ZSTD_c_checksumFlag as number]: 1 },
  });
}
