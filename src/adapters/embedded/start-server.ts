import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TickloomError } from '../../core/errors/index.js';
import { prepareBinaries } from './binaries.js';
import { prepareDataDirectory } from './data-directory.js';
import type { Session } from './database-lease.js';
import type { Home } from './home.js';
import type { PlatformPackage } from './platform-package.js';
import { askToStop, clearKilledServer, findPostmaster, waitForEnd } from './postmaster.js';
import { POLL_MS, embeddedUrl, joinRunning, tryJoin } from './running-server.js';
import { ServerLog } from './server-log.js';
import { type ServerProcess, startServerProcess } from './server-process.js';
import type { SocketDirectory } from './socket-directory.js';

export interface StartOptions {
  readonly findPackage: () => PlatformPackage;
  readonly socket: SocketDirectory;
  /** Folders for data and programs that the server's account cannot reach where they are. */
  readonly outsideData: readonly string[];
  readonly outsidePrograms: readonly string[];
  readonly note: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How long a server may take to end: it writes what a bulk load left in memory. */
export const STOP_TIMEOUT_MS = 60_000;
const NOTE_AFTER_MS = 5_000;
const LOG_LINES = 10;

/**
 * Starts the server of a home and joins its users as the first. For the holder of the start lock, when
 * {@link joinRunning} found none.
 *
 * @throws EMBEDDED_UNAVAILABLE, EMBEDDED_START, the signal's reason
 */
export async function startServer(home: Home, options: StartOptions): Promise<Session> {
  const { note, signal } = options;
  const binaries = await prepareBinaries(options.findPackage(), {
    user: home.user,
    cacheDirectories: home.user === null ? [join(home.directory, 'programs')] : options.outsidePrograms,
  });
  const dataDirectory = await prepareDataDirectory(home, binaries, { outside: options.outsideData, note, signal });
  await stopLostServer(dataDirectory, note);
  await clearKilledServer(dataDirectory, signal);
  const socketDirectory = await options.socket.prepare(home.user, dataDirectory);
  const log = new ServerLog(home.log);
  const handle = await log.open(home.user);
  const logStart = await log.size();
  const started = await startServerProcess(binaries, {
    dataDirectory,
    user: home.user,
    socketDirectory,
    settings: {},
    log: handle.fd,
  }).finally(() => handle.close());
  if (started instanceof Error) throw startFailure(started.message, log, [], started);
  const session = await joinWhenReady(started, embeddedUrl(socketDirectory), options);
  // It ended: perhaps because one that a killed starter left came first.
  const joined = session ?? (await joinRunning(home, signal));
  if (joined !== null) return joined;
  const lines = await log.tail(LOG_LINES, logStart);
  const reason = lines.findLast((line) => /FATAL|PANIC|ERROR/.test(line)) ?? lines.at(-1);
  throw startFailure(reason ?? 'it ended without a word', log, lines);
}

/** @returns `null` when the server has ended */
async function joinWhenReady(server: ServerProcess, url: string, options: StartOptions): Promise<Session | null> {
  const { note, signal } = options;
  const startedAt = Date.now();
  let noted = false;
  for (;;) {
    const joined = await tryJoin(url, signal);
    if (typeof joined === 'object') return joined;
    if (server.hasExited()) return null;
    if (signal?.aborted === true) {
      askToStop(server);
      await server.exited;
      signal.throwIfAborted();
    }
    if (!noted && Date.now() - startedAt > NOTE_AFTER_MS) {
      noted = true;
      note('the embedded server is still starting: after a crash it first recovers what was committed');
    }
    await delay(POLL_MS);
  }
}

/** A server that lives but cannot be reached, e.g. because its socket was removed, only keeps the data from others. */
async function stopLostServer(dataDirectory: string, note: (message: string) => void): Promise<void> {
  const lost = await findPostmaster(dataDirectory);
  if (lost === null) return;
  note(`the embedded server (process ${lost.pid}) does not answer in "${lost.socketDirectory}", starting it again`);
  if (!askToStop(lost) || (await waitForEnd(dataDirectory, lost.pid, STOP_TIMEOUT_MS))) return;
  throw new TickloomError(
    'EMBEDDED_START',
    `the embedded server cannot be started: process ${lost.pid} holds "${dataDirectory}", and neither answers nor ends`,
    { hint: `Run "kill -QUIT ${lost.pid}".`, context: { pid: lost.pid, data_directory: dataDirectory } },
  );
}

function startFailure(reason: string, log: ServerLog, lines: readonly string[], cause?: unknown): TickloomError {
  return new TickloomError('EMBEDDED_START', `the embedded server did not start: ${reason}`, {
    hint: `Read its log, "${log.path}".`,
    context: { log: log.path, log_tail: lines.join('\n') },
    cause,
  });
}
