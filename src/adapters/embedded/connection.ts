import type pg from 'pg';
import { loadPg } from '../postgres/connection/load-pg.js';
import { SOCKET_PORT } from './server-process.js';

/** URL of a database behind a unix socket, for pg, psql and everything that uses libpq. */
export function socketUrl(socketDirectory: string, user: string, database: string): string {
  // Port (it is in the socket's name) and sslmode because pg and libpq would take others from PGPORT and PGSSLMODE.
  const host = encodeURIComponent(socketDirectory);
  return `postgresql://${user}@/${database}?host=${host}&port=${SOCKET_PORT}&sslmode=disable`;
}

/** What a server answered to an attempt to connect. */
export type Answer =
  | { readonly kind: 'connected'; readonly client: pg.Client }
  /** It lives and asks to wait: it starts, recovers from a crash, or is on its way down. */
  | { readonly kind: 'busy'; readonly error: Error }
  /** Nobody listens. */
  | { readonly kind: 'silent'; readonly error: Error }
  /** It answers and will not have us. */
  | { readonly kind: 'refused'; readonly error: Error };

/** SQLSTATE "cannot connect now": the server starts up, shuts down or recovers. */
const CANNOT_CONNECT_NOW = '57P03';
/** SQLSTATE "admin shutdown": it began to shut down while we connected. */
const ADMIN_SHUTDOWN = '57P01';
/** SQLSTATE "crash shutdown": another backend was killed while we connected; the server starts over by itself. */
const CRASH_SHUTDOWN = '57P02';

const SILENT_CODES = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTSOCK']);

/** A unix socket whose queue of newcomers is full. */
const QUEUE_FULL = 'EAGAIN';
/** What asks to wait. */
const BUSY_CODES = new Set([CANNOT_CONNECT_NOW, ADMIN_SHUTDOWN, CRASH_SHUTDOWN, QUEUE_FULL]);

/** Generous: a loaded machine is slow, and only a stopped process never answers. */
const CONNECT_TIMEOUT_MS = 60_000;

/** Connects once. A client that comes back is the caller's to end. */
export async function tryConnect(url: string): Promise<Answer> {
  const { Client } = loadPg();
  const client = new Client({
    connectionString: url,
    application_name: 'tickloom',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // pg also emits what it rejects with; without a listener that would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return { kind: 'connected', client };
  } catch (error) {
    await client.end().catch(() => undefined);
    const failure = error as Error & { readonly code?: string };
    const code = failure.code ?? '';
    if (BUSY_CODES.has(code)) return { kind: 'busy', error: failure };
    // A server that dies in mid-handshake closes without a word, and pg has no code for that.
    if (SILENT_CODES.has(code) || failure.message.startsWith('Connection terminated'))
      return { kind: 'silent', error: failure };
    return { kind: 'refused', error: failure };
  }
}
