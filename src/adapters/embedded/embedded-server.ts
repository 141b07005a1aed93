import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { TickloomError } from '../../core/errors/index.js';
import { type DatabaseLease, type Session, SessionLease } from './database-lease.js';
import { type Home, dataDirectoryOf, findHome, isKept, prepareHome, setKept } from './home.js';
import { type PlatformPackage, findPlatformPackage } from './platform-package.js';
import { askToStop, findPostmaster, waitForEnd } from './postmaster.js';
import { answers, embeddedUrl, joinRunning } from './running-server.js';
import { ServerLog } from './server-log.js';
import { SocketDirectory } from './socket-directory.js';
import { takeTurn } from '../system/turn-lock.js';
import { STOP_TIMEOUT_MS, startServer } from './start-server.js';
import { leaveUsers } from './user-lock.js';

export interface EmbeddedServerOptions {
  /** The folder that data, log and state go to; made on first use. */
  readonly home: string;
  /** Takes a sentence about what takes its time or was mended. */
  readonly onNote?: (message: string) => void;
  /** The programs; default: the optional package for this platform. */
  readonly findPackage?: () => PlatformPackage;
  /** Temporary folders for the socket's folder, the first that works is taken. */
  readonly socketParents?: readonly string[];
  /** For root: folders for data and programs that the server's account cannot reach where they are. */
  readonly outsideData?: readonly string[];
  readonly outsidePrograms?: readonly string[];
}

export interface EmbeddedStatus {
  /** Answers, and is not on its way down. */
  readonly running: boolean;
  /** `null` while it was never started. */
  readonly url: string | null;
  readonly pid: number | null;
  /** True when it stays after its last user has left. */
  readonly keepsRunning: boolean;
  /** `null` while it was never initialised. */
  readonly dataDirectory: string | null;
  readonly log: string;
}

/**
 * A PostgreSQL server of Tickloom's own: initialised on first use, started on demand, shared by all processes that
 * use the same home, stopped when the last of them leaves.
 *
 * Nothing runs beside the server: its users find it through the home, agree on who starts it by a lock there
 * ({@link takeTurn}), and on who stops it by a lock in the server (`user-lock.ts`), which a killed user loses
 * with its connection. A server that nobody stopped is adopted by the next user.
 */
export class EmbeddedServer {
  readonly #options: Required<EmbeddedServerOptions>;

  constructor(options: EmbeddedServerOptions) {
    this.#options = {
      onNote: () => undefined,
      findPackage: () => findPlatformPackage(),
      socketParents: ['/tmp', '/var/tmp', tmpdir()],
      outsideData: ['/var/lib/tickloom', '/var/tmp/tickloom-data'],
      outsidePrograms: ['/var/cache/tickloom', '/var/tmp/tickloom-programs'],
      ...options,
    };
  }

  /**
   * Joins the users of the server, and starts it when it does not run.
   *
   * @throws EMBEDDED_UNAVAILABLE when there can be none here; EMBEDDED_START when it does not start; CANCELLED
   */
  async acquire(signal?: AbortSignal): Promise<DatabaseLease> {
    return new SessionLease(await this.#join(signal), {
      join: () => this.#join(),
      leave: (client) => this.#leave(client),
      note: this.#options.onNote,
    });
  }

  /** Starts it and lets it run until {@link stop}, also when its last user leaves, and across restarts. */
  async start(signal?: AbortSignal): Promise<EmbeddedStatus> {
    const lease = await this.acquire(signal);
    try {
      await setKept(await prepareHome(this.#options.home), true);
    } finally {
      await lease.release();
    }
    return this.status();
  }

  /** Stops it, or lets its last user do so when it is in use: then it still runs afterwards. */
  async stop(): Promise<EmbeddedStatus> {
    const home = await findHome(this.#options.home);
    if (home !== null) {
      await setKept(home, false);
      const session = await joinRunning(home);
      if (session !== null) await this.#leave(session.client);
    }
    return this.status();
  }

  /** Looks, and changes nothing. */
  async status(): Promise<EmbeddedStatus> {
    const { home: directory } = this.#options;
    const home = await findHome(directory);
    const log = home?.log ?? join(directory, 'postgres.log');
    if (home === null) return { running: false, url: null, pid: null, keepsRunning: false, dataDirectory: null, log };
    const dataDirectory = await dataDirectoryOf(home);
    const postmaster = dataDirectory === null ? null : await findPostmaster(dataDirectory);
    const running = postmaster !== null && (await answers(embeddedUrl(postmaster.socketDirectory)));
    const socketDirectory = postmaster?.socketDirectory ?? (await this.#socket(home).remembered());
    return {
      running,
      url: socketDirectory === null ? null : embeddedUrl(socketDirectory),
      pid: postmaster?.pid ?? null,
      keepsRunning: await isKept(home),
      dataDirectory,
      log,
    };
  }

  #socket(home: Home): SocketDirectory {
    return new SocketDirectory(home.socket, this.#options.socketParents);
  }

  async #join(signal?: AbortSignal): Promise<Session> {
    try {
      signal?.throwIfAborted();
      const home = await prepareHome(this.#options.home);
      const session = (await joinRunning(home, signal)) ?? (await this.#startOrJoin(home, signal));
      await new ServerLog(home.log).bound();
      return session;
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      throw new TickloomError('CANCELLED', 'cancelled while starting the embedded server', { cause: error });
    }
  }

  async #startOrJoin(home: Home, signal?: AbortSignal): Promise<Session> {
    const { findPackage, outsideData, outsidePrograms, onNote: note } = this.#options;
    const lock = await takeTurn(home.lock, { signal });
    try {
      // Whoever had the lock before has started it.
      const running = await joinRunning(home, signal);
      if (running !== null) return running;
      const socket = this.#socket(home);
      return await startServer(home, { findPackage, socket, outsideData, outsidePrograms, note, signal });
    } finally {
      await lock?.release();
    }
  }

  async #leave(client: pg.Client): Promise<void> {
    try {
      if (await leaveUsers(client)) await this.#stopUnlessKept();
    } catch (error) {
      // The server went first, or it stays: the next user to leave stops it.
      this.#options.onNote(`the embedded server could not be left in order: ${(error as Error).message}`);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** For the last user, who keeps newcomers waiting. */
  async #stopUnlessKept(): Promise<void> {
    const home = await findHome(this.#options.home);
    const dataDirectory = home === null ? null : await dataDirectoryOf(home);
    if (home === null || dataDirectory === null || (await isKept(home))) return;
    const postmaster = await findPostmaster(dataDirectory);
    if (postmaster === null || !askToStop(postmaster)) return;
    if (!(await waitForEnd(dataDirectory, postmaster.pid, STOP_TIMEOUT_MS))) {
      this.#options.onNote(`the embedded server (process ${postmaster.pid}) is still shutting down`);
      return;
    }
    // Somebody who has the lock is starting it again, and needs the socket's folder.
    const lock = await takeTurn(home.lock, { wait: false });
    if (lock === null) return;
    await this.#socket(home).remove();
    await lock.release();
  }
}
