import type { NanosRange } from '../../../core/coverage/coverage-claim.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { relationOf } from './hypertable-sql.js';

/** More of them are made by the server as their rows come: a header may claim years, and hold a day. */
const MOST_AT_ONCE = 100;
/** Whoever holds the table up that long is in the way of partitions, and not of rows. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Makes the partitions of hypertables before rows come, each once, in a transaction of its own. Else a load makes them
 * in the transaction of its chunk, and whoever loads beside it waits until that is over.
 */
export class Partitions {
  #widths: ReadonlyMap<string, bigint> | undefined;
  readonly #made = new Set<string>();

  constructor(private readonly database: Database) {}

  /** Finds out, once, which tables have partitions; in a session that is at hand, outside of a transaction. Never fails. */
  async look(session: Session): Promise<void> {
    try {
      this.#widths ??= (await mayMake(session)) ? await readWidths(session, this.database.dbSchema) : new Map();
    } catch {
      // a role that may not: the server makes what it needs
    }
  }

  /** Whether the server makes partitions of this table; known after {@link look}. */
  has(table: TableSpec): boolean {
    return this.#widths?.has(table.name) ?? false;
  }

  /** Never fails: what could not be made, the server makes when the rows are there. */
  async prepare(table: TableSpec, range: NanosRange | null): Promise<void> {
    const width = this.#widths?.get(table.name);
    if (width === undefined || range === null) return;
    const starts = partitionStarts(range, width).filter((start) => !this.#made.has(`${table.name} ${start}`));
    if (starts.length === 0) return;
    for (const start of starts) this.#made.add(`${table.name} ${start}`);
    try {
      await this.database.withSession((other) => this.#make(other, table, starts, width));
    } catch {
      // A role that may not, a lock that is held, partitions of other widths: the rows find their place all the same.
    }
  }

  async #make(session: Session, table: TableSpec, starts: readonly bigint[], width: bigint): Promise<void> {
    await session.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    try {
      // There is no public function for it; this one is as old as the oldest supported version.
      await session.query(
        `select _timescaledb_functions.create_chunk(${relationOf(this.database.dbSchema, table.name)},
                  jsonb_build_object($1::text, jsonb_build_array(slice, slice + $2::bigint)))
           from unnest($3::bigint[]) slice
          where not exists (
            select from timescaledb_information.chunks c
             where c.hypertable_schema = $4 and c.hypertable_name = $5
               and (extract(epoch from c.range_start) * 1000000)::bigint < slice + $2::bigint
               and (extract(epoch from c.range_end) * 1000000)::bigint > slice)`,
        [table.indexTimestamp, String(width), starts.map(String), this.database.dbSchema, table.name],
      );
    } finally {
      if (!session.isGone) await session.query('reset lock_timeout');
    }
  }
}

/** Under the Apache licence the extension refuses it; where its library is not there, nobody has a say. */
async function mayMake(session: Session): Promise<boolean> {
  const { may } = await session.row<{ may: boolean }>(
    `select coalesce(current_setting('timescaledb.license', true) <> 'apache', false) as may`,
  );
  return may;
}

/** Where the partitions begin that a range touches, in microseconds; none when they are too many to make beforehand. */
export function partitionStarts({ start, end }: NanosRange, width: bigint): bigint[] {
  const first = start / 1000n / width;
  const last = (end - 1n) / 1000n / width;
  if (start < 0n || end <= start || last - first >= BigInt(MOST_AT_ONCE)) return [];
  return Array.from({ length: Number(last - first) + 1 }, (_, index) => (first + BigInt(index)) * width);
}

/** How many microseconds a partition spans, by hypertable; of a server without the extension none. */
export async function readWidths(session: Session, dbSchema: string): Promise<ReadonlyMap<string, bigint>> {
  const { there } = await session.row<{ there: boolean }>(
    `select to_regclass('timescaledb_information.dimensions') is not null as there`,
  );
  if (!there) return new Map();
  const rows = await session.rows<{ name: string; width: string }>(
    `select hypertable_name as name, (extract(epoch from time_interval) * 1000000)::bigint as width
       from timescaledb_information.dimensions
      where hypertable_schema = $1 and dimension_number = 1 and time_interval is not null`,
    [dbSchema],
  );
  return new Map(rows.map(({ name, width }) => [name, BigInt(width)]));
}
