import { TickloomError } from '../core/errors/index.js';
import { writeOutputFile } from './output-file.js';
import type { ByteSink } from './tickloom.js';

/**
 * Writes to a file, as {@link writeOutputFile} does, or to whoever takes the bytes.
 * @returns how many bytes were written, and the path: `null` for a {@link ByteSink}
 * @throws OUTPUT_UNWRITABLE, CANCELLED, and what the source or the sink throws
 */
export async function writeOutput(
  output: string | ByteSink,
  pieces: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<{ readonly output: string | null; readonly bytes: number }> {
  if (typeof output === 'string') return { output, bytes: await writeOutputFile(output, pieces, signal) };
  let bytes = 0;
  for await (const piece of pieces) {
    if (signal?.aborted === true) throw new TickloomError('CANCELLED', 'writing the output was interrupted');
    await output.write(piece);
    bytes += piece.byteLength;
  }
  return { output: null, bytes };
}
