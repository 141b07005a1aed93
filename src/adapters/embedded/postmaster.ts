import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TickloomError } from '../../core/errors/index.js';
import { findProcess } from '../system/process-table.js';

/** A running server, as the `postmaster.pid` in its data folder and the process table agree. */
export interface Postmaster {
  readonly pid: number;
  readonly socketDirectory: string;
  /** Empty until it has got so far as to write it. */
  readonly status: string;
}

/** Lines of `postmaster.pid`, from 0; later ones are written as the server gets there. */
const LINE = { pid: 0, dataDirectory: 1, socketDirectory: 4, sharedMemory: 6, status: 7 } as const;

const PID_FILE = 'postmaster.pid';

/**
 * The server that runs on a data folder; `null` also for a file that a killed server left behind.
 *
 * @param dataDirectory without links in it, as the server was given it
 */
export async function findPostmaster(dataDirectory: string): Promise<Postmaster | null> {
  const lines = await pidFile(dataDirectory);
  const pid = Number(lines?.[LINE.pid]);
  if (lines === null || !(await isPostmaster(pid, dataDirectory))) return null;
  return { pid, socketDirectory: lines[LINE.socketDirectory] ?? '', status: (lines[LINE.status] ?? '').trim() };
}

/** Whether a number still belongs to the server of this data folder: after a crash others get its number. */
async function isPostmaster(pid: number, dataDirectory: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  // By its arguments, which everybody may read; /proc/<pid>/cwd is closed to a root without CAP_SYS_PTRACE.
  const [program = '', ...args] = (await findProcess(pid))?.command ?? [];
  return basename(program) === 'postgres' && `${args.join(' ')} `.includes(`-D ${dataDirectory} `);
}

async function pidFile(dataDirectory: string): Promise<string[] | null> {
  return readFile(join(dataDirectory, PID_FILE), 'utf8').then(
    (text) => text.split('\n'),
    () => null,
  );
}

/** Waits until the server of a data folder is gone. False when it is still there after `timeoutMs`. */
export async function waitForEnd(dataDirectory: string, pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (await isPostmaster(pid, dataDirectory)) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

/** Asks a server to roll everything back, write what it has and end. False when it was gone already. */
export function askToStop(postmaster: Pick<Postmaster, 'pid'>): boolean {
  try {
    process.kill(postmaster.pid, 'SIGINT');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

const ORPHANED_BACKENDS_MS = 30_000;

/**
 * Clears what a killed server left. PostgreSQL does so itself, except when the number in the file meanwhile belongs to
 * another process of the account (after a container's restart it nearly always does), or to a zombie.
 *
 * Backends can outlive their server for a moment, and no new one may touch the data before they are gone. That is what
 * the file is for, so it goes only when nobody is attached to the shared memory that it names.
 *
 * Call it with the start lock held, and only when {@link findPostmaster} found none.
 *
 * @throws EMBEDDED_START when the data was moved or copied from under a running server; the signal's reason
 */
export async function clearKilledServer(dataDirectory: string, signal?: AbortSignal): Promise<void> {
  const lines = await pidFile(dataDirectory);
  if (lines === null) return;
  const memory = lines[LINE.sharedMemory] ?? '';
  const deadline = Date.now() + ORPHANED_BACKENDS_MS;
  while (await isAttached(memory)) {
    signal?.throwIfAborted();
    const pid = Number(lines[LINE.pid]);
    const [program = '', ...args] = (await findProcess(pid))?.command ?? [];
    if (basename(program) === 'postgres' && args.includes('-D')) throw movedOrCopied(pid, dataDirectory, lines);
    // PostgreSQL will refuse then, and say why better than we can.
    if (Date.now() > deadline) return;
    await delay(50);
  }
  await rm(join(dataDirectory, PID_FILE), { force: true });
}

function movedOrCopied(pid: number, dataDirectory: string, lines: readonly string[]): TickloomError {
  const startedIn = lines[LINE.dataDirectory] ?? '';
  return new TickloomError(
    'EMBEDDED_START',
    `the embedded server cannot be started: "${dataDirectory}" was moved or copied from "${startedIn}" while process ${pid} served it`,
    {
      hint: `End process ${pid} (kill -INT ${pid}); of a copy, remove the file "${PID_FILE}".`,
      context: { pid, data_directory: dataDirectory, started_in: startedIn },
    },
  );
}

/** @param memory key and number of a segment, as the server wrote them */
async function isAttached(memory: string): Promise<boolean> {
  const [key = Number.NaN, id = Number.NaN] = memory.trim().split(/\s+/).map(Number);
  const table = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '');
  // Columns: key shmid perms size cpid lpid nattch uid … The key is printed with a sign here and without one there.
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .some((columns) => columns[0] === (key | 0) && columns[1] === id && (columns[6] ?? 0) > 0);
}
