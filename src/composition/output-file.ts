import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { compress } from '../adapters/zstd/index.js';
import { TickloomError } from '../core/errors/index.js';
import { makeFolder } from '../adapters/system/make-folder.js';

/**
 * Writes a file: beside it first, and renamed when whole, so that nobody reads half a file. What is there and no file, a
 * pipe or a device, is written to and never replaced. The ending `.zst` compresses.
 * @returns how many bytes the file has
 * @throws OUTPUT_UNWRITABLE, CANCELLED, and what the source throws
 */
export async function writeOutputFile(
  output: string,
  plain: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<number> {
  const bytes = output.endsWith('.zst') ? compress(plain) : plain;
  const there = await stat(output).catch(() => null);
  if (there?.isDirectory() === true) throw unwritable(output, 'it is a folder', { code: 'EISDIR' });
  const special = there !== null && !there.isFile();
  const partial = special ? output : `${output}.${process.pid}.part`;
  let written = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of bytes) {
      written += piece.byteLength;
      yield piece;
    }
  }
  try {
    await makeFolder(dirname(output));
    await pipeline(counted, createWriteStream(partial), { ...(signal === undefined ? {} : { signal }) });
    if (!special) await rename(partial, output);
  } catch (cause) {
    // where it could not be made, it cannot be looked for either
    if (!special) await rm(partial, { force: true }).catch(() => undefined);
    if (signal?.aborted === true)
      throw new TickloomError('CANCELLED', `writing "${output}" was interrupted`, { cause });
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw cause;
    throw unwritable(output, (cause as Error).message, { code, cause });
  }
  return written;
}

function unwritable(path: string, why: string, { code, cause }: { code: string; cause?: unknown }): TickloomError {
  return new TickloomError('OUTPUT_UNWRITABLE', `cannot write "${path}": ${why}`, {
    hint:
      code === 'ENOSPC'
        ? 'Free some space, or choose another place with --output.'
        : 'Choose a place that you may write to with --output.',
    context: { path, code },
    cause,
  });
}
