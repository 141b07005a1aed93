import { createHash } from 'node:crypto';
import { DbnDecoder } from '../../core/dbn/index.js';
import { isTickloomError } from '../../core/errors/index.js';
import type { Decompress } from '../../core/pipeline/decompress.js';
import type { ChunkPart } from '../../core/source/source.js';

/** SHA-256 of a stream's header; `undefined` when it has none that can be read, which the load will say. */
export async function headerDigest(
  part: ChunkPart,
  decompress: Decompress,
  signal: AbortSignal,
): Promise<string | undefined> {
  const decoder = new DbnDecoder();
  try {
    for await (const bytes of decompress(part.open(signal))) {
      decoder.push(bytes);
      const header = decoder.headerBytes;
      if (header !== undefined) return createHash('sha256').update(header).digest('hex');
    }
  } catch (error) {
    if (!isTickloomError(error) || error.action === 'cancelled') throw error;
  }
  return undefined;
}
