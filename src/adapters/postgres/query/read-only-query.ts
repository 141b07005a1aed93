import { TickloomError } from '../../../core/errors/index.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteIdentifier } from '../identifiers.js';

/** A result that comes in batches; values as PostgreSQL prints them. */
export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly batches: AsyncIterable<readonly (readonly (string | null)[])[]>;
}

/** Statements that only ever read and that a cursor takes, and those that say something short. */
const CURSOR_WORDS = new Set(['select', 'with', 'values', 'table']);
const PLAIN_WORDS = new Set(['show', 'explain']);
const DECLARE = 'declare tickloom_query no scroll cursor for ';
const BATCH_ROWS = 1000;
/** Whitespace, comments and opening brackets before the first word. */
const BEFORE_FIRST_WORD = /^(?:\s|\(|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;

/**
 * Runs one statement that reads, in a read-only transaction with the search path on the db schema.
 *
 * The connection is closed afterwards, not reused, whatever the statement did to its session. Whoever iterates the
 * batches ends it, by going to the end or by leaving early; so does closing the database, where nobody reads on.
 *
 * @throws QUERY_REJECTED with PostgreSQL's own words and position, CANCELLED
 */
export async function readOnlyQuery(database: Database, sql: string, signal?: AbortSignal): Promise<QueryRows> {
  const prefix = prefixFor(sql);
  const session = await database.session({ signal, doing: 'answering a query' });
  const run = new RunningQuery(database, session, prefix.length, signal);
  try {
    await run.query('begin transaction read only');
    await giveUpPowers(session);
    await session.query(`set local search_path = ${quoteIdentifier(database.dbSchema)}, public`);
    const direct = await run.query(prefix + sql);
    const first = prefix === '' ? direct : await run.query(`fetch ${BATCH_ROWS} from tickloom_query`);
    const columns = await columnsOf(session, first.fields);
    const more = prefix !== '' && first.rows.length === BATCH_ROWS;
    // nobody has to read what needs no connection any more
    if (!more) run.end();
    return { columns, batches: run.batches(first.rows, more) };
  } catch (error) {
    run.end();
    throw error;
  }
}

/**
 * A transaction that only reads keeps tables as they are, but a superuser has functions that read and write the
 * server's files, or end other sessions. As a role that may read all tables and do nothing else, it has none of them.
 * A fence, no wall: SQL inside a text (`ts_stat`) can take the powers back. A wall is a role that never had them.
 */
async function giveUpPowers(session: Session): Promise<void> {
  const { superuser } = await session.row<{ superuser: boolean }>(
    'select rolsuper as superuser from pg_roles where rolname = current_user',
  );
  if (superuser) await session.query('set local role pg_read_all_data');
}

class RunningQuery {
  readonly #forget: () => void;
  readonly #cancel = (): void => {
    void this.database
      .withSession((other) => other.query('select pg_cancel_backend($1)', [this.session.processId]))
      .catch(() => undefined);
  };

  constructor(
    private readonly database: Database,
    private readonly session: Session,
    private readonly prefixLength: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.#cancel, { once: true });
    this.#forget = database.onClose(() => this.end());
  }

  async query(sql: string): ReturnType<Session['textRows']> {
    if (this.signal?.aborted) throw cancelled();
    try {
      return await this.session.textRows(sql);
    } catch (error) {
      throw this.signal?.aborted ? cancelled() : rejected(error, this.prefixLength);
    }
  }

  async *batches(
    first: readonly (readonly (string | null)[])[],
    more: boolean,
  ): AsyncGenerator<readonly (readonly (string | null)[])[]> {
    try {
      let rows = first;
      while (rows.length > 0) {
        yield rows;
        if (!more || rows.length < BATCH_ROWS) return;
        ({ rows } = await this.query(`fetch ${BATCH_ROWS} from tickloom_query`));
      }
    } finally {
      this.end();
    }
  }

  end(): void {
    this.signal?.removeEventListener('abort', this.#cancel);
    this.#forget();
    this.session.release({ discard: true });
  }
}

async function columnsOf(
  session: Session,
  fields: readonly { name: string; dataTypeID: number; dataTypeModifier: number }[],
): Promise<{ name: string; type: string }[]> {
  const types = await session.rows<{ type: string }>(
    `select format_type(oid, modifier) as type
       from unnest($1::oid[], $2::int[]) with ordinality t (oid, modifier, place) order by place`,
    [fields.map(({ dataTypeID }) => dataTypeID), fields.map(({ dataTypeModifier }) => dataTypeModifier)],
  );
  return fields.map(({ name }, index) => ({ name, type: types[index]?.type ?? 'unknown' }));
}

/** @throws QUERY_REJECTED for a statement that is not one of those that read. */
function prefixFor(sql: string): string {
  const rest = sql.replace(BEFORE_FIRST_WORD, '');
  const word = /^[a-z]+/i.exec(rest)?.[0].toLowerCase() ?? '';
  if (CURSOR_WORDS.has(word)) return DECLARE;
  if (PLAIN_WORDS.has(word)) return '';
  const known = [...CURSOR_WORDS, ...PLAIN_WORDS].map((name) => name.toUpperCase()).join(', ');
  throw new TickloomError(
    'QUERY_REJECTED',
    rest === ''
      ? `the query is empty; it may begin with ${known}`
      : `the query begins with "${rest.slice(0, 20).trim()}"; it may begin with ${known}`,
    {
      hint: 'Write one statement that reads; use psql with "tickloom db url" for anything else.',
    },
  );
}

interface ServerError {
  readonly code?: string;
  readonly message?: string;
  readonly position?: string;
  readonly hint?: string;
  readonly detail?: string;
}

/** What the server says of the statement; what it says of itself (gone, full, timed out) stays what it is. */
function rejected(error: unknown, prefixLength: number): unknown {
  const mapped = error as TickloomError;
  const server = (mapped.cause ?? {}) as ServerError;
  const itsOwn = ['DATABASE_LOST', 'DATABASE_UNREACHABLE', 'DATABASE_CONFLICT', 'DATABASE_FULL'].includes(mapped.code);
  if (itsOwn || server.code === undefined) return error;
  const position = server.position === undefined ? null : Number(server.position) - prefixLength;
  const at = position === null || position < 1 ? '' : ` at character ${position}`;
  const detail = server.detail === undefined ? '' : `; ${server.detail}`;
  return new TickloomError('QUERY_REJECTED', `PostgreSQL rejects the query${at}: ${server.message ?? ''}${detail}`, {
    hint: server.hint ?? 'Correct the statement; the tables are listed by "tickloom db status".',
    context: { sqlstate: server.code, position: at === '' ? null : position },
    cause: server,
  });
}

function cancelled(): TickloomError {
  return new TickloomError('CANCELLED', 'cancelled while the database was answering a query');
}
