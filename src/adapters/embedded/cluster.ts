import { chmod, chown, lchown, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PostgresBinaries } from './binaries.js';
import { type ProgramOptions, type ProgramRun, runProgram } from './run-program.js';
import { type ServerUser, isRoot } from './server-user.js';

export interface ClusterSpec {
  /** Where it goes; not there yet. Appears whole, by a rename, or not at all. */
  readonly dataDirectory: string;
  /** Whom it belongs to; `null` is this process's own account. */
  readonly user: ServerUser | null;
  readonly superuser: string;
  /** How clients that come over TCP prove who they are. */
  readonly authHost: 'reject' | 'scram-sha-256';
  /** False for a cluster that is thrown away anyway. */
  readonly durable: boolean;
  /** SQL run once as a superuser in database `postgres`, one statement a line. */
  readonly statements: readonly string[];
  /** Names and values for its postgresql.conf; PostgreSQL 16 or newer. */
  readonly settings: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a database cluster. What went wrong is in the run that is returned: its `code` is 0 when all went well.
 * Not for two callers at once with the same folder: it removes what a killed one left.
 */
export async function createCluster(binaries: PostgresBinaries, spec: ClusterSpec): Promise<ProgramRun> {
  await removePartialClusters(spec.dataDirectory);
  const partial = await mkdtemp(partialPrefix(spec.dataDirectory));
  try {
    let run = await fill(binaries, spec, partial, { user: spec.user });
    if (run.code !== 0 && NAMELESS.test(run.output)) {
      const uid = await uidWithName();
      const named = await fill(binaries, spec, partial, borrowing(uid, spec.user));
      // Where there are no user namespaces, the first answer is the one to tell.
      if (named.code === 0 || isRoot()) run = named;
    }
    if (run.code !== 0) return run;
    if (spec.signal?.aborted === true) return { ...run, code: null };
    if (spec.user !== null) await giveTo(spec.user, join(partial, 'data'));
    await rename(join(partial, 'data'), spec.dataDirectory);
    return run;
  } finally {
    await rm(partial, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Removes what a killed {@link createCluster} left, where its initdb may still write for a moment. */
async function removePartialClusters(dataDirectory: string): Promise<void> {
  const parent = dirname(dataDirectory);
  for (const entry of await readdir(parent)) {
    if (!entry.startsWith(basename(partialPrefix(dataDirectory)))) continue;
    await rm(join(parent, entry), { recursive: true, force: true, maxRetries: 10 }).catch(() => undefined);
  }
}

function partialPrefix(dataDirectory: string): string {
  return `${dataDirectory}.partial-`;
}

/** initdb and the single-user server insist on a name for their uid and make no use of it; the server does not. */
export const NAMELESS = /could not look up effective user ID/;

/** Whom the programs run as. */
type Runner = Pick<ProgramOptions, 'user' | 'appearsAs'>;

/** Root can take any uid; others can only appear to have it. */
function borrowing(uid: number, user: ServerUser | null): Runner {
  return isRoot() && user !== null ? { user: { uid, gid: user.gid } } : { user, appearsAs: uid };
}

async function fill(
  binaries: PostgresBinaries,
  spec: ClusterSpec,
  partial: string,
  runner: Runner,
): Promise<ProgramRun> {
  const { signal } = spec;
  const { user } = runner;
  const dataDirectory = join(partial, 'data');
  await rm(dataDirectory, { recursive: true, force: true });
  await mkdir(dataDirectory, { mode: 0o700 });
  if (user !== null) {
    // Open to the runner's group alone: when it borrows a name's uid, others with that uid stay outside.
    await chown(partial, 0, user.gid);
    await chmod(partial, 0o710);
    await chown(dataDirectory, user.uid, user.gid);
  }
  const made = await runProgram(
    binaries.initdb,
    [
      ...['--pgdata', dataDirectory, '--username', spec.superuser],
      ...['--encoding=UTF8', '--locale=C', '--data-checksums'],
      // Trust stands behind a socket directory that only the server's account and root can enter.
      ...['--auth-local=trust', `--auth-host=${spec.authHost}`],
      ...(spec.durable ? [] : ['--no-sync']),
      // Through initdb and not by writing the file: root must not write inside another account's folder.
      ...Object.entries(spec.settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ],
    { ...runner, signal },
  );
  if (made.code !== 0 || spec.statements.length === 0 || signal?.aborted === true) return made;
  const flags = [...(spec.durable ? [] : ['-F']), '-c', 'exit_on_error=on', '-c', 'log_checkpoints=off'];
  return runProgram(binaries.postgres, ['--single', '-D', dataDirectory, ...flags, 'postgres'], {
    ...runner,
    signal,
    input: spec.statements.map((statement) => `${statement}\n`).join(''),
  });
}

/** A uid that has a name: that of `nobody`, else any but root's. */
async function uidWithName(): Promise<number> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const uids = accounts
    .map(([name, , uid]) => ({ name, uid: Number.parseInt(uid ?? '', 10) }))
    .filter(({ uid }) => uid > 0);
  return (uids.find(({ name }) => name === 'nobody') ?? uids[0])?.uid ?? 65534;
}

async function giveTo(user: ServerUser, path: string): Promise<void> {
  await lchown(path, user.uid, user.gid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await giveTo(user, join(path, entry.name));
    else await lchown(join(path, entry.name), user.uid, user.gid);
  }
}
