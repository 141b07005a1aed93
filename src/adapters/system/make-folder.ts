import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and what is missing above it; one that is there is left as it is.
 *
 * Not by the `recursive` of Node, which tries for ever where nothing can be made: below /proc, and by a relative path
 * when the working directory has been removed.
 * @param mode of what is made
 * @throws as `mkdir` of Node does; ENOENT where the folder above cannot hold one
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const folder = resolve(path);
  try {
    await make(folder, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder), mode);
    await make(folder, mode);
  }
}

async function make(folder: string, mode?: number): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isFolder(folder))) throw error;
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
