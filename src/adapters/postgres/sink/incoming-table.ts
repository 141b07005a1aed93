import { rowHasher } from '../../../core/digest/hashers.js';
import type { RowHasher } from '../../../core/digest/row-hasher.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteIdentifier, shortened } from '../identifiers.js';
import type { SqlTime } from './held-region.js';
import { unqualified } from './temporary-table.js';

/** The columns that say whose a row is. All others came over the wire, and are what rows are compared by. */
const IDENTITY = new Set(['symbol', 'dataset', 'chunk_id', 'ordinal']);
/** Later index timestamps do not fit the nanoseconds of an int8; coverage does not reach them either. */
const LAST_COVERED_DAY = '2262-04-11';

/**
 * The rows of one chunk for one table: in the table itself, or beside it in a temporary one when they may be there
 * already.
 */
export class IncomingTable {
  /** Rows that the server took. */
  rows = 0;
  /** The quoted table that they stand in. */
  readonly relation: string;
  /** The quoted data table. */
  readonly target: string;
  /** All columns, quoted, in the order of the tuples. */
  readonly columns: string;
  /** An SQL condition on alias `r` that picks the rows of this chunk. */
  readonly ofChunk: string;
  readonly hasher: RowHasher;

  constructor(
    database: Database,
    readonly spec: TableSpec,
    chunkId: number,
    readonly staged: boolean,
  ) {
    this.target = database.table(spec.name);
    this.relation = staged ? `pg_temp.${quoteIdentifier(shortened(`tickloom_stage_${spec.name}`))}` : this.target;
    this.columns = spec.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
    this.hasher = rowHasher(spec);
    this.ofChunk = staged ? 'true' : `r.chunk_id = ${chunkId}`;
  }

  /** Makes the temporary table, where there is one. */
  async create(session: Session): Promise<void> {
    if (this.staged)
      await session.query(`create temp table ${unqualified(this.relation)} (like ${this.target}) on commit drop`);
  }

  get columnNames(): string[] {
    return this.spec.columns.map(({ name }) => name);
  }

  /** The index timestamp of a row, by its alias; the nanoseconds are NULL beyond 2262. */
  time(alias = 'r'): SqlTime & { readonly micros: string } {
    const micros = `${alias}.${this.timestamp}`;
    const rest = `${alias}.${quoteIdentifier(`${this.spec.indexTimestamp}_ns`)}`;
    const nanos = `case when ${micros} < timestamptz '${LAST_COVERED_DAY}'
      then (extract(epoch from ${micros}) * 1000000)::bigint * 1000 + ${rest} end`;
    return { nanos, micros };
  }

  /** The quoted index timestamp. */
  get timestamp(): string {
    return quoteIdentifier(this.spec.indexTimestamp);
  }

  /** The quoted columns that rows of these DBN versions are compared by: all that both sides have. */
  comparedColumns(versions: readonly number[]): string[] {
    return this.#wireColumns((having) => versions.every((version) => having.includes(version)));
  }

  /** The quoted columns that came over the wire and are not among the compared ones. */
  otherColumns(versions: readonly number[]): string[] {
    const compared = this.comparedColumns(versions);
    return this.#wireColumns(() => true).filter((column) => !compared.includes(column));
  }

  #wireColumns(wanted: (having: readonly number[]) => boolean): string[] {
    return this.spec.columns
      .filter(({ name, versions }) => !IDENTITY.has(name) && (versions === undefined || wanted(versions)))
      .map(({ name }) => quoteIdentifier(name));
  }
}
