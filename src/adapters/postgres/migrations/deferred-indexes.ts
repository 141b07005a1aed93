import { isTickloomError } from '../../../core/errors/index.js';
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
   * is making, or whose table another run writes to, is left to that run.
   */
  async make(tables: readonly TableSpec[], note: IndexNote, signal?: AbortSignal): Promise<void> {
    const wanted = await this.#wanted(signal);
    for (const table of tables.filter(({ name }) => wanted.has(name))) await this.#makeOne(table, note, signal);
  }

  async #wanted(signal?: AbortSignal): Promise<Set<string>> {
    const { database } = this;
    const sql = `select table_name from ${database.table('deferred_indexes')}`;
    const read = (session: Session): Promise<{ table_name: string }[]> => session.rows(sql);
    try {
      const rows = await database.withSession(read, { signal, doing: 'looking for indexes to be made' });
      return new Set(rows.map((row) => row.table_name));
    } catch (error) {
      // A role that may only load is none that makes indexes.
      if (isTickloomError(error) && error.code === 'DATABASE_PERMISSION') return new Set();
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
