import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Tries to write where a folder is, or would go once it is made.
 * @returns the folder that was written to: it, or the nearest one above that is there
 */
export async function writableFolder(wanted: string): Promise<{ readonly folder: string; readonly exists: boolean }> {
  for (let folder = resolve(wanted); ; folder = dirname(folder)) {
    try {
      await access(folder, constants.F_OK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && folder !== dirname(folder)) continue;
      throw error;
    }
    const probe = await mkdtemp(join(folder, '.tickloom-probe-'));
    await rm(probe, { recursive: true });
    return { folder, exists: folder === resolve(wanted) };
  }
}
