import { mkdtemp, rename, rm, lstat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import type { ScaffoldFiles } from './scaffold-order.js';
import { makeFolder } from '../system/make-folder.js';

/**
 * Writes files into a new folder: beside it first, and renamed when all are there.
 * @returns their paths inside it
 * @throws OUTPUT_UNWRITABLE when the folder is there already, or cannot be made
 */
export async function writeScaffold(folder: string, files: ScaffoldFiles): Promise<readonly string[]> {
  const unwritable = (why: string, hint: string, cause?: unknown): TickloomError =>
    new TickloomError('OUTPUT_UNWRITABLE', `cannot write "${folder}": ${why}`, {
      hint,
      context: { path: folder },
      cause,
    });
  let partial: string | undefined;
  try {
    if ((await lstat(folder).catch(() => undefined)) !== undefined) {
      throw unwritable('it is there already', 'Choose another name, or another folder with --output.');
    }
    await makeFolder(dirname(folder));
    partial = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
    const inside = join(partial, 'plugin');
    for (const [path, content] of Object.entries(files)) {
      const file = join(inside, path);
      await makeFolder(dirname(file));
      await writeFile(file, content);
    }
    await rename(inside, folder);
    return Object.keys(files);
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw unwritable(cause.message, 'Choose a place that you may write to with --output.', cause);
  } finally {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true });
  }
}
