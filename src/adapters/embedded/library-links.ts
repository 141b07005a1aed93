import { readFile, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** One link as `pg-symlinks.json` lists it; both paths are relative to the package. */
interface LibraryLink {
  /** The library, e.g. `native/lib/libpq.so.5.18`. */
  readonly source: string;
  /** The name to make for it, e.g. `native/lib/libpq.so.5`. */
  readonly target: string;
}

/**
 * Makes the links of the shared libraries that are missing below `native`.
 *
 * npm packages cannot hold links, so the package makes them in an install script, and people switch install scripts
 * off. Making one is atomic and finding it made is success, so any number of processes may do this at once.
 *
 * @returns false when links are missing and the folder cannot be written to
 */
export async function makeLibraryLinks(nativeDirectory: string): Promise<boolean> {
  for (const { source, target } of await listedLinks(nativeDirectory)) {
    const packageDirectory = dirname(nativeDirectory);
    const link = join(packageDirectory, target);
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(link), join(packageDirectory, source)), link);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      throw error;
    }
  }
  return true;
}

async function listedLinks(nativeDirectory: string): Promise<readonly LibraryLink[]> {
  try {
    return JSON.parse(await readFile(join(nativeDirectory, 'pg-symlinks.json'), 'utf8')) as LibraryLink[];
  } catch (error) {
    // A platform whose libraries need no links has no list.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
