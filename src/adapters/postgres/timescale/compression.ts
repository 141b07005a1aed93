import { asTickloomError } from '../../../core/errors/index.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { qualify, quoteIdentifier, quoteLiteral } from '../identifiers.js';
import type { Timescale } from './extension.js';
import { readHypertables } from './hypertables.js';
import { relationOf, spanLiteral, timescaleFunction } from './hypertable-sql.js';
import { counted } from '../../../core/text/counted.js';

/** An instrument with fewer rows in a partition would leave most of a batch of a thousand rows empty. */
const LEAST_ROWS_OF_INSTRUMENT = 100;
/** A partition that is being loaded is left to the next run: whoever waits for its lock is in the way of other loads. */
const LOCK_TIMEOUT_MS = 2_000;

export interface CompressionOptions {
  readonly tables: readonly TableSpec[];
  /** Age in seconds that the end of a partition must have. */
  readonly afterSeconds: number;
  /** Takes what was done, and what could not be. */
  readonly note: (level: 'info' | 'warning', text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compresses the partitions that are old enough, those again that got rows since, and leaves the extension a policy
 * that goes on when nobody ingests. One transaction a partition; what cannot be done now is told, and left to the next run.
 */
export class Compression {
  constructor(
    private readonly database: Database,
    private readonly timescale: Timescale,
    private readonly options: CompressionOptions,
  ) {}

  get #stopped(): boolean {
    return this.options.signal?.aborted === true;
  }

  async run(): Promise<void> {
    const { signal } = this.options;
    await this.database.withSession((session) => this.#tables(session), { doing: 'compressing the tables', signal });
  }

  async #tables(session: Session): Promise<void> {
    const { tables, note } = this.options;
    const hypertables = await readHypertables(session, this.database.dbSchema);
    await session.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`);
    for (const table of tables) {
      const found = hypertables.find(({ name }) => name === table.name);
      if (found === undefined || this.#stopped) continue;
      try {
        await this.#table(session, table, found.compresses);
      } catch (error) {
        if (session.isGone || this.#stopped) return;
        note(
          'warning',
          `"${table.name}" is not compressed now, the next run goes on: ${asTickloomError(error).message}`,
        );
      }
    }
    if (!session.isGone) await session.query('reset lock_timeout');
  }

  async #table(session: Session, table: TableSpec, compresses: boolean): Promise<void> {
    const { afterSeconds, note } = this.options;
    if (!compresses && !(await this.#allow(session, table))) return;
    const due = await duePartitions(session, this.database.dbSchema, table, afterSeconds);
    const compress = timescaleFunction(this.timescale, 'compress_chunk');
    let done = 0;
    for (const partition of due) {
      if (this.#stopped) return;
      try {
        await session.query(`select ${compress}($1::regclass, if_not_compressed => true)`, [partition]);
        done += 1;
      } catch (error) {
        const { context, message } = asTickloomError(error);
        if (context.sqlstate !== LOCK_NOT_AVAILABLE) throw error;
        note('warning', `a partition of "${table.name}" is in use, and is compressed by the next run: ${message}`);
      }
    }
    if (done > 0) note('info', `compressed ${counted(done, 'partition')} of "${table.name}"`);
    await this.#setPolicy(session, table);
  }

  /** @returns false for a table without rows, of which it cannot be said how it is best compressed */
  async #allow(session: Session, table: TableSpec): Promise<boolean> {
    const { dbSchema } = this.database;
    const [largest] = await partitionsWithRows(session, dbSchema, table);
    if (largest === undefined) return false;
    const rows = await rowsOfInstrument(session, largest);
    await session.query(compressionSettings(dbSchema, table, rows >= LEAST_ROWS_OF_INSTRUMENT));
    return true;
  }

  async #setPolicy(session: Session, table: TableSpec): Promise<void> {
    const { dbSchema } = this.database;
    const { timescale } = this;
    const span = spanLiteral(this.options.afterSeconds);
    const jobs = await session.rows<{ same: boolean }>(
      `select (config ->> 'compress_after')::interval = ${span} as same from timescaledb_information.jobs
        where proc_name = 'policy_compression' and hypertable_schema = $1 and hypertable_name = $2`,
      [dbSchema, table.name],
    );
    if (jobs.some(({ same }) => same)) return;
    const relation = relationOf(dbSchema, table.name);
    if (jobs.length > 0) {
      await session.query(`select ${timescaleFunction(timescale, 'remove_compression_policy')}(${relation})`);
    }
    await session.query(`select ${timescaleFunction(timescale, 'add_compression_policy')}(${relation}, ${span})`);
  }
}

const LOCK_NOT_AVAILABLE = '55P03';

/** How a table is compressed: rows of an instrument together where it has enough of them, in the order of time. */
export function compressionSettings(dbSchema: string, table: TableSpec, byInstrument: boolean): string {
  const order = [table.indexTimestamp, 'chunk_id', 'ordinal'].map(quoteIdentifier).join(', ');
  // Left out, the extension guesses what to segment by.
  const segments = byInstrument ? quoteIdentifier('instrument_id') : '';
  return `alter table ${qualify(dbSchema, table.name)} set (timescaledb.compress,
    timescaledb.compress_segmentby = ${quoteLiteral(segments)}, timescaledb.compress_orderby = ${quoteLiteral(order)})`;
}

const PARTITIONS = `select format('%I.%I', chunk_schema, chunk_name) as partition, range_end
  from timescaledb_information.chunks where hypertable_schema = $1 and hypertable_name = $2`;

/** Quoted names, the largest first. Rows that are not compressed take space in the partition itself. */
async function partitionsWithRows(session: Session, dbSchema: string, table: TableSpec): Promise<string[]> {
  const rows = await session.rows<{ partition: string }>(
    `select partition from (${PARTITIONS}) p where pg_relation_size(partition::regclass) > 0
      order by pg_relation_size(partition::regclass) desc`,
    [dbSchema, table.name],
  );
  return rows.map(({ partition }) => partition);
}

/** Those old enough that hold rows which are not compressed, the oldest first. */
async function duePartitions(session: Session, dbSchema: string, table: TableSpec, after: number): Promise<string[]> {
  const rows = await session.rows<{ partition: string }>(
    `select partition from (${PARTITIONS}) p
      where range_end <= now() - ${spanLiteral(after)} and pg_relation_size(partition::regclass) > 0
      order by range_end`,
    [dbSchema, table.name],
  );
  return rows.map(({ partition }) => partition);
}

/** An estimate, from the statistics that the server takes now. */
async function rowsOfInstrument(session: Session, partition: string): Promise<number> {
  await session.query(`analyze ${partition}`);
  const { rows } = await session.row<{ rows: number | null }>(
    `select (case when s.n_distinct < 0 then -1 / s.n_distinct else c.reltuples / nullif(s.n_distinct, 0) end)::float8
              as rows
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       left join pg_stats s on s.schemaname = n.nspname and s.tablename = c.relname and s.attname = 'instrument_id'
      where c.oid = $1::regclass`,
    [partition],
  );
  return rows ?? 0;
}
