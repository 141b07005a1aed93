import { lchown, lstat, mkdir, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import { DEDICATED_USER, type ServerUser, isRoot } from './server-user.js';
import { makeFolder } from '../system/make-folder.js';

/** The folder of an embedded database and what lies in it. */
export interface Home {
  /** Without links in it. */
  readonly directory: string;
  /** The account of the server; `null` is this process's own. */
  readonly user: ServerUser | null;
  /** The data, or a link to it where the server's account cannot reach the home. */
  readonly data: string;
  /** The link that remembers the socket's folder. */
  readonly socket: string;
  readonly log: string;
  /** A folder. */
  readonly lock: string;
}

/** Finds a home that is there already, without changing anything. `null` when there is none. */
export async function findHome(directory: string): Promise<Home | null> {
  const real = await realpath(directory).catch(() => null);
  if (real === null) return null;
  const paths = { data: join(real, 'postgres'), socket: join(real, 'socket'), log: join(real, 'postgres.log') };
  return { directory: real, user: await userOf(real, paths.data), ...paths, lock: join(real, 'lock') };
}

/**
 * Makes a home where there is none.
 *
 * @throws EMBEDDED_UNAVAILABLE when the folder cannot be written to, or belongs to another account
 */
export async function prepareHome(directory: string): Promise<Home> {
  try {
    await makeFolder(directory);
    const home = await findHome(directory);
    if (home === null) throw new Error('it was removed meanwhile');
    await writeFile(join(home.directory, '.gitignore'), '*\n', { flag: 'wx' }).catch(unless('EEXIST'));
    await mkdir(home.lock).then(async () => giveToOwner(home), unless('EEXIST'));
    return home;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof TickloomError) throw error;
    throw new TickloomError(
      'EMBEDDED_UNAVAILABLE',
      `the embedded database cannot be used: its folder "${directory}" cannot be written to (${message})`,
      {
        hint: 'Set TICKLOOM_HOME to a folder of your own, or --database to the URL of a PostgreSQL server.',
        context: { home: directory, reason: code ?? null },
        cause: error,
      },
    );
  }
}

const KEEP = 'keep';

/** Whether `db start` has asked for the server to stay when its last user leaves. */
export async function isKept(home: Home): Promise<boolean> {
  return lstat(join(home.directory, KEEP)).then(
    () => true,
    () => false,
  );
}

export async function setKept(home: Home, keep: boolean): Promise<void> {
  const path = join(home.directory, KEEP);
  if (keep) await writeFile(path, '', { flag: 'wx' }).catch(unless('EEXIST'));
  else await rm(path, { force: true });
}

/** The data folder itself, without links in it; `null` when the database was not initialised yet. */
export async function dataDirectoryOf(home: Home): Promise<string | null> {
  return realpath(home.data).catch(() => null);
}

/**
 * Which account the server runs under.
 *
 * An ordinary user: that one, and nobody else's data. Root: whom the home belongs to, so that both can use it; in a
 * home of root's own whom the data belongs to, at first the dedicated account.
 */
async function userOf(home: string, data: string): Promise<ServerUser | null> {
  const owner = await stat(home);
  const found = await stat(data).catch(() => null);
  if (!isRoot()) {
    const own = process.geteuid?.() ?? owner.uid;
    if (found !== null && found.uid !== own) throw foreign(home, found.uid, own);
    if (found === null && (await pointsNowhere(data))) throw foreign(home, owner.uid, own);
    return null;
  }
  if (owner.uid === 0) return found === null || found.uid === 0 ? DEDICATED_USER : account(found);
  if (found !== null && found.uid !== owner.uid) throw foreign(home, found.uid, owner.uid);
  return account(owner);
}

function account({ uid, gid }: ServerUser): ServerUser {
  return { uid, gid: gid === 0 ? DEDICATED_USER.gid : gid };
}

/** For an ordinary user, a link whose target cannot be seen: root has put the data where only root can look. */
async function pointsNowhere(data: string): Promise<boolean> {
  return readlink(data).then(
    () => true,
    () => false,
  );
}

function foreign(home: string, owner: number, own: number): TickloomError {
  return new TickloomError(
    'EMBEDDED_UNAVAILABLE',
    `the embedded database in "${home}" belongs to another account (expected uid ${own}, found uid ${owner})`,
    {
      hint: 'Run Tickloom as the user who made it, or set TICKLOOM_HOME to a folder of your own.',
      context: { home, owner_uid: owner, own_uid: own },
    },
  );
}

/** What root makes in a home of somebody else's must not keep that one out later. */
async function giveToOwner(home: Home): Promise<void> {
  const owner = await stat(home.directory);
  if (isRoot() && owner.uid !== 0) await lchown(home.lock, owner.uid, owner.gid);
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code !== code) throw error;
  };
}
