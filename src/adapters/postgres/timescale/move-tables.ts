import { Digest } from '../../../core/digest/digest.js';
import { TickloomError } from '../../../core/errors/index.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { type DigestsByChunk, digestsOfRows } from '../sink/held-digests.js';
import type { Timescale } from './extension.js';
import { readHypertables } from './hypertables.js';
import type { TableStorage } from './table-storage.js';
import { counted } from '../../../core/text/counted.js';

/** A table that became a hypertable. */
export interface MovedTable {
  readonly table: string;
  readonly rows: number;
}

/** How long a table that is in use is waited for. */
const LOCK_TIMEOUT_MS = 60_000;

/**
 * Makes hypertables of plain tables, one in a transaction: its rows are shown to be the same afterwards, by number and
 * by digest of each chunk, or it stays as it was. Interrupted, it goes on with the next table.
 */
export class TableMove {
  constructor(
    private readonly database: Database,
    private readonly storage: TableStorage,
    private readonly onNote: (text: string) => void,
  ) {}

  /** @throws STORAGE_UNAVAILABLE, DATABASE_CONFLICT when a table is in use */
  async run(tables: readonly TableSpec[], signal?: AbortSignal): Promise<MovedTable[]> {
    const moved: MovedTable[] = [];
    const known = await this.database.withSession(async (session) => {
      const timescale = await this.storage.timescale(session);
      return timescale && { timescale, hypertables: await readHypertables(session, this.database.dbSchema) };
    });
    if (known === null) return moved;
    const names = new Set(known.hypertables.map(({ name }) => name));
    for (const table of tables.filter(({ name }) => !names.has(name))) {
      const doing = `moving the table "${table.name}"`;
      const rows = await this.database.transaction((session) => this.#move(session, known.timescale, table), {
        signal,
        doing,
      });
      if (rows > 0) this.onNote(`moved ${counted(rows, 'row')} of "${table.name}", and found every one again`);
      moved.push({ table: table.name, rows });
    }
    return moved;
  }

  async #move(session: Session, timescale: Timescale, table: TableSpec): Promise<number> {
    const relation = this.database.table(table.name);
    await session.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
    // It is written to the end of this transaction, and nobody may change it meanwhile.
    await session.query(`lock table ${relation} in access exclusive mode`);
    const before = await heldIn(session, table, relation);
    await session.query(this.storage.hypertable(timescale, table, { migrateData: true }));
    const after = await heldIn(session, table, relation);
    if (before.rows === after.rows && sameDigests(before.digests, after.digests)) return before.rows;
    throw new TickloomError('INVARIANT', `the rows of "${table.name}" are not the same in the hypertable`, {
      hint: 'Nothing was changed. Run the command again with --verbose and report what it prints.',
      context: { table: table.name, before: before.rows, after: after.rows },
    });
  }
}

interface Held {
  readonly rows: number;
  readonly digests: DigestsByChunk;
}

async function heldIn(session: Session, table: TableSpec, relation: string): Promise<Held> {
  const { rows } = await session.row<{ rows: string }>(`select count(*) as rows from ${relation}`);
  return { rows: Number(rows), digests: await digestsOfRows(session, table, `${relation} r`) };
}

export function sameDigests(before: DigestsByChunk, after: DigestsByChunk): boolean {
  const ids = new Set([...before.keys(), ...after.keys()]);
  return [...ids].every((id) => (before.get(id) ?? new Digest()).equals(after.get(id) ?? new Digest()));
}
