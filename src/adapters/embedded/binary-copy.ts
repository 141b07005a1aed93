import { chmod, cp, lstat, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { makeLibraryLinks } from './library-links.js';
import type { PlatformPackage } from './platform-package.js';
import { makeFolder } from '../system/make-folder.js';

/**
 * Copies the programs of a package into a cache folder, once per version, readable and runnable for everybody and
 * writable for nobody but this account.
 *
 * The copy is made under another name and renamed when whole, so that it is either there or not; of several processes
 * at it the first wins and the others use its copy.
 *
 * @returns the folder that takes the place of `native`, or `null` when this cache folder cannot be used
 */
export async function copyBinaries(source: PlatformPackage, cacheDirectory: string): Promise<string | null> {
  const name = `${basename(source.name)}-${source.version}`;
  const target = join(cacheDirectory, name);
  try {
    await makeFolder(cacheDirectory, 0o755);
    if (!(await isOurs(cacheDirectory))) return null;
    if (await isOurs(target)) return join(target, 'native');
    // A killed copier's remains. One that is still at work loses its folder, fails, and uses ours.
    for (const entry of await readdir(cacheDirectory)) {
      if (entry.startsWith(`${name}.partial-`) && (await isAbandoned(join(cacheDirectory, entry)))) {
        await rm(join(cacheDirectory, entry), { recursive: true, force: true });
      }
    }
    const partial = await mkdtemp(join(cacheDirectory, `${name}.partial-`));
    try {
      await fill(partial, source);
      await rename(partial, target);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      if (!(await isOurs(target))) throw error;
    }
    return join(target, 'native');
  } catch (error) {
    if (UNUSABLE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** What a cache folder may answer when it is none: read-only, full, not a folder, not ours. */
const UNUSABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC', 'EDQUOT', 'ENOENT']);

const ABANDONED_AFTER_MS = 10 * 60_000;

async function isAbandoned(path: string): Promise<boolean> {
  return lstat(path).then(
    (found) => Date.now() - found.mtimeMs > ABANDONED_AFTER_MS,
    () => false,
  );
}

/** In a folder that others can write to, somebody else may have put a trap in our place: programs that root starts. */
async function isOurs(path: string): Promise<boolean> {
  try {
    const found = await lstat(path);
    return found.isDirectory() && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function fill(partial: string, source: PlatformPackage): Promise<void> {
  const native = join(partial, 'native');
  await cp(source.nativeDirectory, native, {
    recursive: true,
    verbatimSymlinks: true,
    // Static libraries are for linking programs, half as large as what runs.
    filter: (path) => extname(path) !== '.a',
  });
  // first: a package that nobody may write to has copies of its folders that take no links
  await openForReading(partial, 0o755);
  await makeLibraryLinks(native);
}

/** Sets modes whatever the umask and the package's own modes: a package unpacked under umask 077 is closed to others. */
async function openForReading(directory: string, mode: number): Promise<void> {
  await chmod(directory, mode);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openForReading(path, 0o755);
    else if (entry.isFile()) await chmod(path, basename(dirname(path)) === 'bin' ? 0o755 : 0o644);
  }
}
