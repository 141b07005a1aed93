import { userInfo } from 'node:os';
import { join } from 'node:path';
import { TickloomError } from '../../../core/errors/index.js';
import { parseConnectionUrl, type UrlParts } from './connection-url.js';

export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** Where the database is and who we are. The password is a function, so that nothing that prints settings shows it. */
export interface ConnectionSettings {
  /** Name or address; a unix socket's folder when it starts with `/`. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: () => string | undefined;
  /** Where a password is looked up that is not given, as libpq does. The file need not be there. */
  readonly passwordFile?: string;
  readonly sslMode: SslMode;
  /** Paths of PEM files. */
  readonly sslRootCert?: string;
  readonly sslCert?: string;
  readonly sslKey?: string;
  readonly applicationName: string;
  readonly connectTimeoutMs: number;
  /** Command-line options for the server, as libpq's `options`. */
  readonly options?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_CONNECT_TIMEOUT_SECONDS = 10;
/** Any of these says that a database is meant. A password or a mode alone does not. */
const MEANING_VARIABLES = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER'];

/**
 * The settings of the external database that is meant: by `url`, else by `TICKLOOM_DATABASE_URL`, `DATABASE_URL` or
 * the libpq variables of `env`, in this order. What a URL leaves open comes from the libpq variables, as in psql.
 *
 * @returns `undefined` when nothing names a database: then it is the embedded one.
 * @throws DATABASE_URL_INVALID, which never repeats the URL, because it may hold a password.
 */
export function resolveConnectionSettings(url: string | undefined, env: Environment): ConnectionSettings | undefined {
  const candidates = [
    ['the database URL', url],
    ['TICKLOOM_DATABASE_URL', env.TICKLOOM_DATABASE_URL],
    ['DATABASE_URL', env.DATABASE_URL],
  ] as const;
  for (const [origin, text] of candidates) {
    if (text !== undefined && text !== '') return complete(origin, parseConnectionUrl(text, origin), env);
  }
  if (!MEANING_VARIABLES.some((name) => (env[name] ?? '') !== '')) return undefined;
  return complete('the environment', {}, env);
}

/** For people and logs: where, as whom, and never the password. */
export function displayUrl(settings: ConnectionSettings): string {
  return formatUrl(settings, undefined);
}

/** With the password, for psql and the like. A secret. */
export function connectionUrl(settings: ConnectionSettings): string {
  return formatUrl(settings, settings.password());
}

function formatUrl(settings: ConnectionSettings, password: string | undefined): string {
  const { host, port, database, user, sslMode } = settings;
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  const credentials = `${encodeURIComponent(user)}${secret}@`;
  const socket = host.startsWith('/');
  const authority = socket ? credentials : `${credentials}${host.includes(':') ? `[${host}]` : host}:${port}`;
  const query = new URLSearchParams(socket ? { host, port: String(port) } : {});
  if (sslMode !== 'prefer') query.set('sslmode', sslMode);
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return `postgresql://${authority}/${encodeURIComponent(database)}${search}`;
}

/** @throws DATABASE_URL_INVALID where the account has no name, as in a container that runs under a bare number */
function accountName(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new TickloomError('DATABASE_URL_INVALID', 'no user is named for the database, and this account has no name', {
      hint: 'Write the user into the URL, as in postgresql://USER@HOST/DATABASE, or set PGUSER.',
      cause,
    });
  }
}

function complete(origin: string, parts: UrlParts, env: Environment): ConnectionSettings {
  const value = (own: string | undefined, variable: string): string | undefined => own || env[variable] || undefined;
  const user = value(parts.user, 'PGUSER') ?? env.USER ?? accountName();
  const password = value(parts.password, 'PGPASSWORD');
  const passwordFile = value(parts.passfile, 'PGPASSFILE') ?? passwordFileOf(env);
  const sslRootCert = value(parts.sslrootcert, 'PGSSLROOTCERT');
  const sslCert = value(parts.sslcert, 'PGSSLCERT');
  const sslKey = value(parts.sslkey, 'PGSSLKEY');
  const options = value(parts.options, 'PGOPTIONS');
  const timeout = value(parts.connect_timeout, 'PGCONNECT_TIMEOUT');
  return {
    host: value(parts.host, 'PGHOST') ?? env.PGHOSTADDR ?? 'localhost',
    port: portOf(value(parts.port, 'PGPORT'), origin),
    database: value(parts.database, 'PGDATABASE') ?? user,
    user,
    password: () => password,
    ...(passwordFile === undefined ? {} : { passwordFile }),
    sslMode: sslModeOf(value(parts.sslmode, 'PGSSLMODE'), origin),
    ...(sslRootCert === undefined ? {} : { sslRootCert }),
    ...(sslCert === undefined ? {} : { sslCert }),
    ...(sslKey === undefined ? {} : { sslKey }),
    applicationName: value(parts.application_name, 'PGAPPNAME') ?? 'tickloom',
    connectTimeoutMs: wholeNumber(timeout, DEFAULT_CONNECT_TIMEOUT_SECONDS) * 1000,
    ...(options === undefined ? {} : { options }),
  };
}

/** libpq's own place for it. */
function passwordFileOf(env: Environment): string | undefined {
  if (process.platform === 'win32') return env.APPDATA ? join(env.APPDATA, 'postgresql', 'pgpass.conf') : undefined;
  return env.HOME ? join(env.HOME, '.pgpass') : undefined;
}

function portOf(text: string | undefined, origin: string): number {
  if (text === undefined) return 5432;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new TickloomError('DATABASE_URL_INVALID', `${origin} has port "${text}"; a port is a number from 1 to 65535`, {
    hint: 'Write the URL as postgresql://user:password@host:5432/database.',
  });
}

function sslModeOf(text: string | undefined, origin: string): SslMode {
  const mode = SSL_MODES.find((known) => known === (text ?? 'prefer'));
  if (mode !== undefined) return mode;
  throw new TickloomError(
    'DATABASE_URL_INVALID',
    `${origin} has sslmode "${text ?? ''}"; known: ${SSL_MODES.join(', ')}`,
    { hint: 'Use one of the known modes, or leave sslmode out for "prefer".' },
  );
}

/** 0 and what is no number mean the default: a connect that never gives up helps nobody. */
function wholeNumber(text: string | undefined, fallback: number): number {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : fallback;
}
