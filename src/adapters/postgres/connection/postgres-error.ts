import { isTickloomError, TickloomError, type ErrorCode } from '../../../core/errors/index.js';

/** What was being done, for the message: `connecting to "host:5432"`, `loading "x.dbn.zst"`. */
export interface ErrorSituation {
  readonly doing: string;
  /** True while no connection is there yet. */
  readonly connecting?: boolean;
  /** True while rows go in: what the server objects to is then the fault of the rows. */
  readonly loading?: boolean;
}

interface PostgresFields {
  readonly code?: string;
  readonly detail?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly where?: string;
}

interface Verdict {
  readonly code: ErrorCode;
  readonly hint: string;
}

const AUTH: Verdict = {
  code: 'DATABASE_AUTH',
  hint: 'Check user name and password of the database URL, or PGUSER and PGPASSWORD, or the password file.',
};
const UNREACHABLE: Verdict = {
  code: 'DATABASE_UNREACHABLE',
  hint: 'Start the server, or check host and port of the database URL.',
};
const LOST: Verdict = {
  code: 'DATABASE_LOST',
  hint: 'Run the same command again: what was committed stays, what was not is done again.',
};
const CONFLICT: Verdict = {
  code: 'DATABASE_CONFLICT',
  hint: 'Run the same command again; if a timeout keeps ending it, raise statement_timeout or lock_timeout of the role.',
};
const PERMISSION: Verdict = {
  code: 'DATABASE_PERMISSION',
  hint: 'Grant the role what it needs: CREATE on the database for the first migration, then the tables of the schema.',
};
const FULL: Verdict = { code: 'DATABASE_FULL', hint: 'Free space on the server, then run the same command again.' };
const NOT_MIGRATED: Verdict = { code: 'MIGRATION_PENDING', hint: 'Run "tickloom db migrate".' };
/** Of every statement in a database whose extension is older than the files that the server was updated to. */
const NO_LIBRARY: Verdict = {
  code: 'DATABASE_UNSUPPORTED',
  hint: 'Run "alter extension timescaledb update" in the database, as the first statement of "psql -X"; or install that version again.',
};
/** Of rows for a hypertable with continuous aggregates, for one. */
const NO_LICENCE: Verdict = {
  code: 'STORAGE_UNAVAILABLE',
  hint: "Install the Community edition of TimescaleDB and set timescaledb.license = 'timescale' on the server.",
};
const NO_TLS: Verdict = {
  code: 'DATABASE_UNSUPPORTED',
  hint: 'Check sslmode and the certificates of the database URL.',
};

/** By SQLSTATE, five characters or the two of the class. */
const SQLSTATES: Readonly<Record<string, Verdict>> = {
  '28': AUTH,
  '3D000': {
    code: 'DATABASE_NOT_FOUND',
    hint: 'Create the database, or check the name in the database URL.',
  },
  '42501': PERMISSION,
  '25006': {
    code: 'DATABASE_PERMISSION',
    hint: 'Connect to the primary server: this one, or this session, only reads.',
  },
  '53': FULL,
  '53300': { code: 'DATABASE_UNREACHABLE', hint: 'Close other connections, or raise max_connections of the server.' },
  '57P01': LOST,
  '57P02': LOST,
  '57P03': UNREACHABLE,
  '57P05': LOST,
  '25P03': LOST,
  '25P04': CONFLICT,
  '08': LOST,
  '40': CONFLICT,
  '55P03': CONFLICT,
  '57014': CONFLICT,
  '3F000': NOT_MIGRATED,
  '42P01': NOT_MIGRATED,
  '42703': {
    code: 'SCHEMA_DRIFT',
    hint: 'Run "tickloom db migrate"; if the table was changed by hand, change it back.',
  },
};

/** Also of a table's own file, of which nothing can be said but the server's words. */
const FILE_MISSING = '58P01';
const TIMESCALE_LIBRARY = /\/timescaledb-/;
const NOT_SUPPORTED = '0A000';
const TIMESCALE_LICENCE = /under the current "apache" license/;
/** Of the class of lost connections, though nothing is lost: a COPY tuple is not as long as it says. */
const BROKEN_MESSAGE = '08P01';
const SOCKET_CODES = new Set(
  'ECONNREFUSED ECONNRESET ENOENT ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH EPIPE EADDRNOTAVAIL'.split(
    ' ',
  ),
);
const CONNECTION_GONE =
  /connection terminated|connection ended|timeout expired|timeout exceeded|not queryable|connection error|socket/i;
const PASSWORD_MISSING = /^SASL: .*password/i;
const TLS = /SSL|TLS|certificate/i;

/**
 * Whatever `pg` or the server threw, as one of ours. Its message is the server's own, which never holds a password.
 * An error that is ours already passes through.
 */
export function mapPostgresError(error: unknown, situation: ErrorSituation): TickloomError {
  if (isTickloomError(error)) return error;
  const fields = (typeof error === 'object' && error !== null ? error : {}) as PostgresFields;
  const told = reasonOf(error, fields);
  const verdict = judge(fields.code ?? '', told, situation);
  const reason = PASSWORD_MISSING.test(told) ? 'it asks for a password, and none is given' : told;
  const context = Object.fromEntries(
    [
      ['sqlstate', isSqlState(fields.code) ? fields.code : undefined],
      ['table', fields.table],
      ['column', fields.column],
      ['constraint', fields.constraint],
    ].filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  return new TickloomError(verdict.code, `${headline(verdict.code, situation)}: ${reason}`, {
    hint: verdict.hint,
    context,
    cause: error,
  });
}

/** True for an error that says the server closed or never answered, so that the session is of no use any more. */
export function isConnectionGone(error: unknown): boolean {
  const { code } = mapPostgresError(error, { doing: 'working' });
  return code === 'DATABASE_LOST' || code === 'DATABASE_UNREACHABLE';
}

function judge(code: string, reason: string, { connecting = false, loading = false }: ErrorSituation): Verdict {
  if (code === FILE_MISSING && TIMESCALE_LIBRARY.test(reason)) return NO_LIBRARY;
  if (code === NOT_SUPPORTED && TIMESCALE_LICENCE.test(reason)) return NO_LICENCE;
  if (isSqlState(code) && code !== BROKEN_MESSAGE) {
    const known = SQLSTATES[code] ?? SQLSTATES[code.slice(0, 2)];
    if (known === LOST && connecting) return UNREACHABLE;
    if (known !== undefined) return known;
  }
  if (PASSWORD_MISSING.test(reason)) return AUTH;
  if (SOCKET_CODES.has(code) || CONNECTION_GONE.test(reason)) return connecting ? UNREACHABLE : LOST;
  if (connecting && (code === 'EACCES' || code === 'EPERM')) return UNREACHABLE;
  if (connecting && TLS.test(`${code} ${reason}`)) return NO_TLS;
  if (loading) {
    return { code: 'LOAD_REJECTED', hint: 'Nothing of this chunk was loaded. Look at the record named here.' };
  }
  return { code: 'INTERNAL', hint: 'Run the command again with --verbose and report what it prints.' };
}

function headline(code: ErrorCode, { doing }: ErrorSituation): string {
  switch (code) {
    case 'DATABASE_UNREACHABLE':
      return `the database does not answer, ${doing}`;
    case 'DATABASE_AUTH':
      return `the database refuses the login, ${doing}`;
    case 'DATABASE_LOST':
      return `the connection to the database was lost, ${doing}`;
    case 'DATABASE_FULL':
      return `the database has no room left, ${doing}`;
    case 'DATABASE_PERMISSION':
      return `the database role lacks a permission, ${doing}`;
    case 'DATABASE_CONFLICT':
      return `the database gave up a statement, ${doing}`;
    default:
      return `the database reports an error, ${doing}`;
  }
}

function reasonOf(error: unknown, fields: PostgresFields): string {
  const message = error instanceof Error && error.message !== '' ? error.message : (fields.code ?? String(error));
  const more = [fields.detail, fields.where].filter((part) => part !== undefined && part !== '');
  return [message, ...more].join('; ');
}

function isSqlState(code: string | undefined): code is string {
  return code !== undefined && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code);
}
