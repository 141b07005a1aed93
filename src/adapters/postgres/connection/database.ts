import type pg from 'pg';
import pRetry from 'p-retry';
import { TickloomError } from '../../../core/errors/index.js';
import { qualify } from '../identifiers.js';
import { clientOptions, wantsTls } from './client-options.js';
import { type ConnectionSettings, displayUrl } from './connection-settings.js';
import { loadPg } from './load-pg.js';
import { type ErrorSituation, mapPostgresError } from './postgres-error.js';
import { requireSupportedServer } from './server-version.js';
import { Session } from './session.js';

export interface DatabaseOptions {
  /** Postgres schema that everything lives in. */
  readonly dbSchema: string;
  /** How often a server that does not answer is asked again. */
  readonly retries?: number;
  /** Wait before the first retry; doubled each time. */
  readonly retryDelayMs?: number;
}

export interface SessionOptions {
  /** Aborting ends connecting, and then what the server is doing for the session. */
  readonly signal?: AbortSignal | undefined;
  /** For messages: what the session is for, as `loading "x.dbn.zst"`. */
  readonly doing?: string;
  readonly loading?: boolean;
}

/** So that times, types and names print and read the same everywhere, whatever role and server prefer. */
const SESSION_SETTINGS = `set time zone 'UTC'; set search_path = ''; set datestyle = 'ISO, YMD';
  set intervalstyle = 'postgres'; set bytea_output = 'hex'; set extra_float_digits = 1; set client_min_messages = warning;
  set quote_all_identifiers = off`;
/** More than any server allows by default: the server's limit is the limit. */
const MOST_CONNECTIONS = 200;
const TLS_REFUSED = /does not support SSL/;

/** Connections to one database, opened when needed and kept for the next need. */
export class Database {
  readonly dbSchema: string;
  readonly settings: ConnectionSettings;
  #pool: Promise<pg.Pool> | undefined;
  #encrypt: boolean;
  readonly #prepared = new WeakSet<pg.PoolClient>();
  readonly #retries: number;
  readonly #retryDelayMs: number;
  readonly #onClose = new Set<() => void>();

  constructor(settings: ConnectionSettings, options: DatabaseOptions) {
    this.settings = settings;
    this.dbSchema = options.dbSchema;
    this.#encrypt = wantsTls(settings);
    this.#retries = options.retries ?? 3;
    this.#retryDelayMs = options.retryDelayMs ?? 250;
  }

  /** The quoted name of a table of ours, for SQL. */
  table(name: string): string {
    return qualify(this.dbSchema, name);
  }

  /**
   * A connection of one's own, until it is released.
   * @throws DATABASE_UNREACHABLE after some attempts, DATABASE_AUTH, DATABASE_NOT_FOUND, DATABASE_UNSUPPORTED, CANCELLED
   */
  async session({ signal, doing, loading = false }: SessionOptions = {}): Promise<Session> {
    const situation = { doing: doing ?? `working in "${displayUrl(this.settings)}"`, loading };
    let connecting: Promise<Session> | undefined;
    try {
      const session = await pRetry(() => (connecting = this.#connect(situation)), {
        retries: this.#retries,
        minTimeout: this.#retryDelayMs,
        factor: 2,
        signal,
        shouldRetry: ({ error }) => (error as TickloomError).code === 'DATABASE_UNREACHABLE',
      });
      if (signal !== undefined) session.cancelWith(signal, (processId) => this.#cancel(processId));
      return session;
    } catch (error) {
      if (!signal?.aborted) throw error;
      // One that is still on its way when nobody waits any more would keep `close` waiting for ever.
      void connecting?.then((session) => session.release({ discard: true })).catch(() => undefined);
      throw new TickloomError('CANCELLED', 'cancelled while connecting to the database');
    }
  }

  /** Runs `work` with a session of its own, and gives the session back whatever happens. */
  async withSession<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T> {
    const session = await this.session(options);
    try {
      return await work(session);
    } finally {
      session.release();
    }
  }

  /** Runs `work` in a transaction: all of it, or nothing. */
  async transaction<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T> {
    const session = await this.session(options);
    let done = false;
    try {
      await session.query('begin');
      const result = await work(session);
      await session.query('commit');
      done = true;
      return result;
    } finally {
      // Closing the connection rolls back as well, and cannot fail.
      session.release({ discard: !done });
    }
  }

  /**
   * For sessions that are kept: to be given back when the database is closed.
   * @returns takes it back
   */
  onClose(giveBack: () => void): () => void {
    this.#onClose.add(giveBack);
    return () => this.#onClose.delete(giveBack);
  }

  /** Closes all connections once they are given back. */
  async close(): Promise<void> {
    for (const giveBack of this.#onClose) giveBack();
    await this.#closePool();
  }

  async #closePool(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    // One that could not be made has nothing to close.
    await (await pool?.catch(() => undefined))?.end();
  }

  async #cancel(processId: number): Promise<void> {
    await this.withSession((session) => session.query('select pg_catalog.pg_cancel_backend($1)', [processId]));
  }

  async #connect(situation: ErrorSituation): Promise<Session> {
    let client: pg.PoolClient;
    try {
      client = await this.#client();
    } catch (error) {
      throw mapPostgresError(error, { doing: `connecting to "${displayUrl(this.settings)}"`, connecting: true });
    }
    const session = new Session(client, situation);
    if (this.#prepared.has(client)) return session;
    try {
      await requireSupportedServer(session);
      await session.query(SESSION_SETTINGS);
      this.#prepared.add(client);
      return session;
    } catch (error) {
      session.release({ discard: true });
      throw error;
    }
  }

  async #client(): Promise<pg.PoolClient> {
    const opening = this.#openPool();
    try {
      return await (await opening).connect();
    } catch (error) {
      const mayGoPlain = wantsTls(this.settings) && this.settings.sslMode === 'prefer';
      if (!mayGoPlain || !(error instanceof Error) || !TLS_REFUSED.test(error.message)) throw error;
      if (this.#pool === opening) {
        this.#encrypt = false;
        await this.#closePool();
      }
      return (await this.#openPool()).connect();
    }
  }

  #openPool(): Promise<pg.Pool> {
    this.#pool ??= clientOptions(this.settings, this.#encrypt).then((options) => {
      const { Pool } = loadPg();
      const pool = new Pool({ ...options, max: MOST_CONNECTIONS, idleTimeoutMillis: 30_000 });
      // An idle connection that breaks is taken out of the pool; the next need opens another.
      pool.on('error', () => undefined);
      // The end of a server can stand right behind its welcome, before a session listens: its first question hears of it.
      pool.on('connect', (client) => client.on('error', () => undefined));
      return pool;
    });
    return this.#pool;
  }
}
