import { createHash } from 'node:crypto';
import { lstat, readFile, realpath, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import type { PostgresBinaries } from './binaries.js';
import { NAMELESS, createCluster } from './cluster.js';
import { type Home, dataDirectoryOf } from './home.js';
import { askToStop, findPostmaster, waitForEnd } from './postmaster.js';
import type { ProgramRun } from './run-program.js';
import { canAccess } from './server-user.js';
import { makeFolder } from '../system/make-folder.js';

export const EMBEDDED_ROLE = 'tickloom';
export const EMBEDDED_DATABASE = 'tickloom';

/** Settings of a new database; in its postgresql.conf, where a user may change them. */
const SETTINGS: Readonly<Record<string, string>> = {
  timezone: 'UTC',
  log_timezone: 'UTC',
  max_connections: '200',
  // Bulk loads: checkpoints by volume far apart, no WAL for rows copied into a table made in the same transaction.
  // fsync, full_page_writes and synchronous_commit stay on, so what was committed stays.
  shared_buffers: '256MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // What the server has to say, and not every statement of a client's that fails: the client is told anyway.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

const STATEMENTS = [
  `create database ${EMBEDDED_DATABASE}`,
  `alter database ${EMBEDDED_DATABASE} set search_path to tickloom, public`,
];

export interface DataDirectoryOptions {
  /** Where data goes when the server's account cannot reach the home; the first that works is taken. */
  readonly outside: readonly string[];
  readonly note: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The data folder of a home, initialised when there is none. For the holder of the start lock.
 *
 * @returns without links in it
 * @throws EMBEDDED_START when initialising fails; EMBEDDED_UNAVAILABLE when the data is of another PostgreSQL version,
 *   or the account cannot get at it; the signal's reason
 */
export async function prepareDataDirectory(
  home: Home,
  binaries: PostgresBinaries,
  options: DataDirectoryOptions,
): Promise<string> {
  const found = await dataDirectoryOf(home);
  if (found !== null) {
    await checkVersion(found, binaries);
    if (await canAccess(home.user, found)) return found;
    throw unreachable(home, found);
  }
  const inside = home.user === null || (await canAccess(home.user, home.directory));
  const dataDirectory = inside ? home.data : join(await outsideBase(home, options), outsideName(home));
  if (!inside) await removeLeftover(dataDirectory, options);
  // A link to data that is gone.
  await rm(home.data, { force: true });
  options.note(`initialising the embedded database in "${dataDirectory}"`);
  const run = await createCluster(binaries, {
    dataDirectory,
    user: home.user,
    superuser: EMBEDDED_ROLE,
    authHost: 'reject',
    durable: true,
    statements: STATEMENTS,
    settings: SETTINGS,
    signal: options.signal,
  });
  options.signal?.throwIfAborted();
  if (run.code !== 0) throw initFailure(dataDirectory, run);
  if (!inside) await linkTo(home, dataDirectory);
  return realpath(dataDirectory);
}

function initFailure(dataDirectory: string, run: ProgramRun): TickloomError {
  const uid = process.geteuid?.() ?? 0;
  if (NAMELESS.test(run.output)) {
    return new TickloomError(
      'EMBEDDED_UNAVAILABLE',
      `the embedded database cannot be initialised: PostgreSQL wants a name for its account, and uid ${uid} has none`,
      {
        hint: 'Add a line for it to /etc/passwd, or set --database to the URL of a PostgreSQL server.',
        context: { uid },
      },
    );
  }
  const lines = run.output.trim().split('\n');
  const reason = run.startError?.message ?? lines.findLast((line) => /error:|FATAL|PANIC/.test(line)) ?? lines.at(-1);
  return new TickloomError(
    'EMBEDDED_START',
    `the embedded database cannot be initialised in "${dataDirectory}": ${reason ?? 'initdb gave no reason'}`,
    {
      hint: 'Remove what the message names, or set --database to the URL of a PostgreSQL server.',
      context: { data_directory: dataDirectory, output: lines.slice(-10).join('\n') },
    },
  );
}

async function checkVersion(dataDirectory: string, binaries: PostgresBinaries): Promise<void> {
  const version = await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version?.trim() === String(binaries.major)) return;
  throw new TickloomError(
    'EMBEDDED_UNAVAILABLE',
    version === null
      ? `"${dataDirectory}" holds no database: it has no readable file "PG_VERSION"`
      : `the embedded database in "${dataDirectory}" is of another PostgreSQL version (expected ${binaries.major}, found ${version.trim()})`,
    {
      hint: 'Move that folder away, and load again what it held.',
      context: { data_directory: dataDirectory, expected: binaries.major, found: version?.trim() ?? null },
    },
  );
}

function unreachable(home: Home, dataDirectory: string): TickloomError {
  return new TickloomError(
    'EMBEDDED_UNAVAILABLE',
    `uid ${home.user?.uid ?? process.geteuid?.() ?? 0}, which the embedded server runs under, cannot enter "${dataDirectory}"`,
    {
      hint: 'Open the folders above it (chmod a+x), or set TICKLOOM_HOME.',
      context: { data_directory: dataDirectory },
    },
  );
}

/** A folder of root's for the data of homes that the server cannot reach. */
async function outsideBase(home: Home, { outside }: DataDirectoryOptions): Promise<string> {
  for (const base of outside) {
    const made = await makeFolder(base, 0o755).then(
      () => true,
      () => false,
    );
    if (!made) continue;
    const { uid, mode } = await lstat(base);
    if (uid === 0 && (mode & 0o022) === 0 && (await canAccess(home.user, base))) return base;
  }
  throw unreachable(home, home.directory);
}

function outsideName(home: Home): string {
  return createHash('sha256').update(home.directory).digest('hex').slice(0, 16);
}

/**
 * Data under the name of this home to which the home has no link belongs to a home that was deleted, and would have
 * been deleted with it had it been in it. Its server may run still.
 */
async function removeLeftover(dataDirectory: string, { note }: DataDirectoryOptions): Promise<void> {
  if ((await lstat(dataDirectory).catch(() => null)) === null) return;
  const postmaster = await findPostmaster(dataDirectory);
  if (postmaster !== null && askToStop(postmaster)) {
    await waitForEnd(dataDirectory, postmaster.pid, 60_000);
    // The link that remembered it went with the home.
    await rmdir(postmaster.socketDirectory).catch(() => undefined);
  }
  note(`removing "${dataDirectory}", the data of a home that was deleted`);
  await rm(dataDirectory, { recursive: true, force: true });
}

async function linkTo(home: Home, dataDirectory: string): Promise<void> {
  const draft = join(home.directory, `.${basename(home.data)}-link`);
  await rm(draft, { force: true });
  await symlink(dataDirectory, draft);
  await rename(draft, home.data);
}
