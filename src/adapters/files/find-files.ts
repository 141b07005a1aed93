import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { access, lstat, readdir, readlink, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { TickloomError } from '../../core/errors/index.js';
import { DBN_FILES, type FileKind } from './dbn-file-name.js';
import { cancelled, fileError, systemCode } from './file-error.js';
import { compareNaturally } from './natural-order.js';
import { nearestName } from './nearest-name.js';

/** A file that is there and may be read. */
export interface FoundFile {
  /** The path as it was given; below a folder, with that folder in front. */
  readonly source: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: 'file' | 'pipe';
  readonly sizeBytes: number;
  /** Equal for two names of one file. */
  readonly identity: string;
}

/**
 * Finds what one path argument stands for: a file or pipe of any name, the files of a kind below a folder, or those that
 * a glob matches. A file whose name looks like a glob is taken as the file.
 *
 * @throws PATH_NOT_FOUND, PATH_UNREADABLE, NO_INPUT
 */
export async function findFiles(
  given: string,
  cwd: string,
  signal: AbortSignal,
  kind: FileKind = DBN_FILES,
): Promise<FoundFile[]> {
  if (given === '') {
    throw new TickloomError('PATH_NOT_FOUND', 'cannot read "": the path is empty', {
      hint: 'Name a file, a folder, a glob, or - for stdin.',
    });
  }
  const stats = await statOrGlob(given, cwd);
  if (stats === 'glob') return findByGlob(given, cwd, signal, kind);
  if (!stats.isDirectory()) return [await readable(given, resolve(cwd, given), stats)];
  const found = await filesBelow(given, cwd, signal, kind);
  if (found.length > 0) return found;
  throw new TickloomError('NO_INPUT', `no ${kind.what} in folder "${given}", looking for ${kind.endings.join(', ')}`, {
    hint: 'Name a file with another ending by itself.',
    context: { path: given },
  });
}

async function statOrGlob(given: string, cwd: string): Promise<BigIntStats | 'glob'> {
  try {
    return await stat(resolve(cwd, given), { bigint: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      if (isDynamicPattern(given)) return 'glob';
      throw await notFound(given, cwd, error);
    }
    throw fileError(error, 'cannot read', given);
  }
}

async function findByGlob(pattern: string, cwd: string, signal: AbortSignal, kind: FileKind): Promise<FoundFile[]> {
  const matches = await glob(pattern, {
    cwd,
    absolute: isAbsolute(pattern),
    onlyFiles: false,
    expandDirectories: false,
    signal,
  });
  // An aborted search gives what it has found so far.
  if (signal.aborted) throw cancelled('listing', pattern);
  const found: FoundFile[] = [];
  let others = 0;
  for (const match of matches.sort(compareNaturally)) {
    const stats = await statMatch(match, cwd);
    if (stats.isDirectory()) found.push(...(await filesBelow(match, cwd, signal, kind)));
    else if (kind.matches(basename(match))) found.push(await readable(match, resolve(cwd, match), stats));
    else others += 1;
  }
  if (found.length > 0) return found;
  const aside = others === 0 ? '' : ` (it matches ${others} with other endings)`;
  throw new TickloomError(
    'NO_INPUT',
    `no ${kind.what} match "${pattern}"${aside}, looking for ${kind.endings.join(', ')}`,
    {
      hint: others === 0 ? 'Check the pattern.' : 'Name a file with another ending by itself.',
      context: { path: pattern },
    },
  );
}

/** The files of a kind in a folder and those in it, in natural order of their names, each folder once. */
async function filesBelow(folder: string, cwd: string, signal: AbortSignal, kind: FileKind): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const entered = new Set<string>();
  const enter = async (source: string, stats: BigIntStats): Promise<void> => {
    if (signal.aborted) throw cancelled('listing', folder);
    // Symbolic links may lead back to a folder that is being listed.
    if (entered.has(identityOf(stats))) return;
    entered.add(identityOf(stats));
    for (const name of await namesIn(source, cwd)) {
      if (name.startsWith('.')) continue;
      const child = join(source, name);
      const entry = await statOrSkip(child, cwd, kind.matches(name));
      if (entry?.isDirectory() === true) await enter(child, entry);
      else if (entry?.isFile() === true && kind.matches(name)) {
        found.push(await readable(child, resolve(cwd, child), entry));
      }
    }
  };
  await enter(folder, await statMatch(folder, cwd));
  return found;
}

async function namesIn(folder: string, cwd: string): Promise<string[]> {
  try {
    return (await readdir(resolve(cwd, folder))).sort(compareNaturally);
  } catch (error) {
    throw fileError(error, 'cannot list folder', folder);
  }
}

/** What is not looked for by its name may be a broken link or forbidden without anybody caring. */
async function statOrSkip(source: string, cwd: string, needed: boolean): Promise<BigIntStats | undefined> {
  try {
    return await stat(resolve(cwd, source), { bigint: true });
  } catch (error) {
    if (!needed) return undefined;
    if (systemCode(error) === 'ENOENT') throw await notFound(source, cwd, error);
    throw fileError(error, 'cannot read', source);
  }
}

async function statMatch(source: string, cwd: string): Promise<BigIntStats> {
  return (await statOrSkip(source, cwd, true)) as BigIntStats;
}

async function readable(source: string, path: string, stats: BigIntStats): Promise<FoundFile> {
  const kind = stats.isFile() ? 'file' : stats.isFIFO() ? 'pipe' : undefined;
  if (kind === undefined) {
    throw new TickloomError('PATH_UNREADABLE', `cannot read "${source}": it is ${specialKind(stats)}`, {
      hint: 'Name a file, a folder or a pipe.',
      context: { path: source },
    });
  }
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw fileError(error, 'cannot read', source);
  }
  return { source, path, kind, sizeBytes: Number(stats.size), identity: identityOf(stats) };
}

function specialKind(stats: BigIntStats): string {
  if (stats.isCharacterDevice()) return 'a character device';
  if (stats.isBlockDevice()) return 'a block device';
  return stats.isSocket() ? 'a socket' : 'not a file';
}

function identityOf(stats: BigIntStats): string {
  return `${stats.dev.toString()}:${stats.ino.toString()}`;
}

async function notFound(given: string, cwd: string, cause: unknown): Promise<TickloomError> {
  const target = await linkTarget(resolve(cwd, given));
  const why = target === undefined ? 'it does not exist' : `it is a symbolic link to "${target}", which does not exist`;
  const near = target === undefined ? await nearestPath(given, cwd) : undefined;
  return new TickloomError('PATH_NOT_FOUND', `cannot read "${given}": ${why}`, {
    hint: near === undefined ? 'Check the path.' : `Check the path; there is "${near}".`,
    context: { path: given },
    cause,
  });
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch {
    return undefined;
  }
}

/** The existing path that is nearest to one that does not exist: its first wrong part is put right. */
async function nearestPath(given: string, cwd: string): Promise<string | undefined> {
  const parent = dirname(given);
  try {
    const names = await readdir(resolve(cwd, parent));
    const near = nearestName(basename(given), names);
    return near === undefined ? undefined : join(parent, near);
  } catch (error) {
    return systemCode(error) === 'ENOENT' && parent !== given ? nearestPath(parent, cwd) : undefined;
  }
}
