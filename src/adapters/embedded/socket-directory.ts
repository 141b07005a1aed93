import { lchown, lstat, mkdir, mkdtemp, readFile, readlink, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import { SOCKET_PORT } from './server-process.js';
import { type ServerUser, canAccess } from './server-user.js';

/** What `sockaddr_un` holds on macOS, without the final zero; Linux has four more. */
const MAX_PATH_BYTES = 103;
const PREFIX = 'tickloom-';
const SOCKET_NAME = `.s.PGSQL.${SOCKET_PORT}`;

/**
 * The folder of a server's socket: short, on a local file system, open to the server's account and root alone.
 *
 * It lies in a temporary folder under a random name, because the home's path may be long or on a share that knows no
 * sockets, and a name that others can guess they can take first. The link `socket` in the home remembers it, so that
 * the database keeps its URL; what is found there is taken only when nobody else can have had a hand in it.
 * `XDG_RUNTIME_DIR` would be private by itself, but it goes when the user logs out, from under a server that is kept.
 */
export class SocketDirectory {
  /** @param link the link that remembers the folder  @param parents temporary folders, the first that works is taken */
  constructor(
    readonly link: string,
    readonly parents: readonly string[],
  ) {}

  /** The folder remembered, there or not. */
  async remembered(): Promise<string | null> {
    const target = await readlink(this.link).catch(() => null);
    // Only such as we make: in a home of somebody else's, a link could lead root to make a folder anywhere.
    return target !== null && this.parents.includes(dirname(target)) && basename(target).startsWith(PREFIX)
      ? target
      : null;
  }

  /** Makes it ready for a server of `dataDirectory`, where none runs. For the holder of the start lock. */
  async prepare(user: ServerUser | null, dataDirectory: string): Promise<string> {
    const known = await this.remembered();
    if (known !== null && fits(known)) {
      await mkdir(known, { mode: 0o700 })
        .then(async () => give(known, user))
        .catch(() => undefined);
      if ((await isPrivate(known, user)) && !(await servesAnother(known, dataDirectory))) {
        // A killed server's: like postmaster.pid, they stop PostgreSQL when their number is somebody else's by now.
        for (const name of [SOCKET_NAME, `${SOCKET_NAME}.lock`]) await rm(join(known, name), { force: true });
        return known;
      }
    }
    for (const parent of this.parents) {
      const made = await mkdtemp(join(parent, PREFIX)).catch(() => null);
      if (made === null) continue;
      await give(made, user);
      if (fits(made) && (await canAccess(user, made, '-w'))) {
        await this.#remember(made);
        return made;
      }
      await rmdir(made);
    }
    throw new TickloomError(
      'EMBEDDED_START',
      `the embedded server cannot be started: none of ${this.parents.map((path) => `"${path}"`).join(', ')} takes a folder for its socket`,
      { hint: 'Make one of these folders writable.' },
    );
  }

  /** Removes it after the server has ended; the name stays taken for it. For the holder of the start lock. */
  async remove(): Promise<void> {
    const known = await this.remembered();
    if (known !== null) await rmdir(known).catch(() => undefined);
  }

  async #remember(directory: string): Promise<void> {
    const draft = join(dirname(this.link), `.socket-${randomBytes(6).toString('hex')}`);
    await symlink(directory, draft);
    await rename(draft, this.link);
  }
}

/** Whether a folder can only have been made, and can only be written to, by the server's account or root. */
export async function isPrivate(directory: string, user: ServerUser | null): Promise<boolean> {
  const found = await lstat(directory).catch(() => null);
  if (found === null) return false;
  return found.isDirectory() && found.uid === (user?.uid ?? process.geteuid?.()) && (found.mode & 0o077) === 0;
}

/** A copied home remembers the folder of the home that it was copied from. */
async function servesAnother(directory: string, dataDirectory: string): Promise<boolean> {
  const lock = await readFile(join(directory, `${SOCKET_NAME}.lock`), 'utf8').catch(() => null);
  return lock !== null && lock.split('\n')[1] !== dataDirectory;
}

async function give(directory: string, user: ServerUser | null): Promise<void> {
  if (user !== null) await lchown(directory, user.uid, user.gid);
}

function fits(directory: string): boolean {
  return Buffer.byteLength(join(directory, SOCKET_NAME)) <= MAX_PATH_BYTES;
}
