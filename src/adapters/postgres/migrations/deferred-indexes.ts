import { isTickloomError } from '../../../core/errors/index.js';
import { someOf } from '../../../core/text/some-of.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { instrumentIndex, instrumentIndexStatement } from './table-ddl.js';

/** Making an index waits until nobody writes to its table; whoever waits for that lock in turn is not to wait long. */
const LOCK_TIMEOUT_MS = 2000;

/** Takes what is being done, and what is left to others. */
export type IndexNote = (text: string) => void;

/**
 * The btrees that were asked for with tables (`--index btree`). Kept up while a first load goes on, one takes half of its
 * time; made when the rows are there, it takes less, and is smaller. What is wanted stands in the database, so whoever
 * ends next makes it.
 */
export class DeferredIndexes {
  constructor(private readonly database: Database) {}

  /**
   * Makes the indexes of those tables that hold rows. One whose plugin is not there waits for it; one that another run
   * is making, or whose table another run writes to, is left to that run; one whose table belongs to another role is
   * left to that role.
   */
  async make(tables: readonly TableSpec[], note: IndexNote, signal?: AbortSignal): Promise<void> {
    const wanted = await this.#wanted(signal);
    const ours = tables.filter(({ name }) => wanted.get(name) === true);
    const ofOthers = tables.filter(({ name }) => wanted.get(name) === false);
    for (const table of ours) await this.#makeOne(table, note, signal);
    const lacking = await this.#holding(ofOthers, signal);
    if (lacking.length === 0) return;
    const indexes = someOf(lacking.map((table) => `${instrumentIndex(table)} of ${table.name}`));
    const [verb, whose] = lacking.length === 1 ? ['is', 'its table'] : ['are', 'their tables'];
    note(`${indexes} ${verb} still to be made: by "tickloom db migrate", as the role that owns ${whose}`);
  }

  /** The tables whose index is wanted, and whether this role may make it. */
  async #wanted(signal?: AbortSignal): Promise<ReadonlyMap<string, boolean>> {
    const { database } = this;
    const sql = `
      select table_name, coalesce(pg_has_role(c.relowner, 'USAGE'), true) as ours
      from ${database.table('deferred_indexes')} d
      left join pg_class c on c.relnamespace = to_regnamespace(quote_ident($1)) and c.relname = d.table_name`;
    const read = (session: Session): Promise<{ table_name: string; ours: boolean }[]> =>
      session.rows(sql, [database.dbSchema]);
    const rows = await this.#read(read, 'looking for indexes to be made', signal);
    return new Map(rows?.map((row) => [row.table_name, row.ours]));
  }

  async #holding(tables: readonly TableSpec[], signal?: AbortSignal): Promise<readonly TableSpec[]> {
    if (tables.length === 0) return [];
    const questions = tables.map(({ name }) => `exists (select from ${this.database.table(name)})`);
    const read = (session: Session): Promise<{ holds: boolean[] }> =>
      session.row(`select array[${questions.join(', ')}] as holds`);
    const answer = await this.#read(read, 'looking for tables without their index', signal);
    return tables.filter((_, index) => answer?.holds[index] === true);
  }

  /** `undefined` for a role that may not read it: one that may only load is none that makes indexes. */
  async #read<T>(
    work: (session: Session) => Promise<T>,
    doing: string,
    signal: AbortSignal | undefined,
  ): Promise<T | undefined> {
    try {
      return await this.database.withSession(work, { signal, doing });
    } catch (error) {
      if (isTickloomError(error) && error.code === 'DATABASE_PERMISSION') return undefined;
      throw error;
    }
  }

  async #makeOne(table: TableSpec, note: IndexNote, signal?: AbortSignal): Promise<void> {
    const { database } = this;
    const index = instrumentIndex(table);
    const deferred = database.table('deferred_indexes');
    const make = async (session: Session): Promise<void> => {
      await session.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const { holds } = await session.row<{ holds: boolean }>(
        `select exists (select from ${database.table(table.name)}) as holds`,
      );
      if (!holds) return;
      const mine = await session.rows(`select from ${deferred} where table_name = $1 for update skip locked`, [
        table.name,
      ]);
      if (mine.length === 0) return;
      note(`making the index ${index} of ${table.name}`);
      await session.query(instrumentIndexStatement(database.dbSchema, table));
      await session.query(`delete from ${deferred} where table_name = $1`, [table.name]);
    };
    try {
      await database.transaction(make, { signal, doing: `making the index ${index}` });
    } catch (error) {
      if (!isTickloomError(error) || error.code !== 'DATABASE_CONFLICT') throw error;
      note(`another run writes to ${table.name}: its end makes the index ${index}`);
    }
  }
}
