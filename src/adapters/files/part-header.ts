import { createHash } from 'node:crypto';
import { IndexTimestampWatch } from '../../core/coverage/index-timestamp-watch.js';
import { DbnDecoder, withoutStart } from '../../core/dbn/index.js';
import { isTickloomError } from '../../core/errors/index.js';
import type { Decompress } from '../../core/pipeline/decompress.js';
import type { ChunkPart } from '../../core/source/source.js';

/** What of a file tells whether it is a part of others. */
export interface PartHeader {
  /** SHA-256 of the header. */
  readonly digest: string;
  /** The same of the header without the start of its range. */
  readonly digestButStart: string;
  readonly start: bigint;
  /** The range starts where the first record is: so it is written when a stream is split. */
  readonly startsAtFirstRecord: boolean;
}

/** Reads the header of a stream, and its first record; `undefined` for one that cannot be read, which the load will say. */
export async function partHeader(
  part: ChunkPart,
  decompress: Decompress,
  signal: AbortSignal,
): Promise<PartHeader | undefined> {
  const decoder = new DbnDecoder();
  let first: bigint | null = null;
  try {
    for await (const bytes of decompress(part.open(signal))) {
      decoder.push(bytes);
      first = firstTimestamp(decoder);
      if (first !== null) break;
    }
  } catch (error) {
    if (!isTickloomError(error) || error.action === 'cancelled') throw error;
  }
  const { headerBytes, metadata } = decoder;
  if (headerBytes === undefined || metadata === undefined) return undefined;
  const { start } = metadata;
  return {
    digest: sha256(headerBytes),
    digestButStart: sha256(withoutStart(headerBytes)),
    start,
    startsAtFirstRecord: start === first,
  };
}

/** The index timestamp of the first record of what was pushed last; `null` for none. */
function firstTimestamp(decoder: DbnDecoder): bigint | null {
  const watch = new IndexTimestampWatch();
  for (const batch of decoder.batches()) {
    if (watch.lastIndexTimestamp === null) watch.watch({ ...batch, count: 1 });
  }
  return watch.lastIndexTimestamp;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
