import type { DbnVersion, WireType } from '../dbn/layout/record-layout.js';

/** PostgreSQL types that a declared field can become. */
export type PgType = 'timestamptz' | 'smallint' | 'integer' | 'bigint' | 'numeric' | '"char"' | 'text';

/** One column of a data table. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: PgType;
  readonly nullable: boolean;
  /** One sentence with the unit, for `schemas show` and the column's comment in the database. */
  readonly description: string;
  /**
   * The DBN versions whose records carry it, where rows of the others hold a NULL that says nothing: rows are compared
   * on it only when both sides have it. Left out: all versions, or the others have a value by rule.
   */
  readonly versions?: readonly DbnVersion[];
}

/** One declared field of a model: where it stands on the wire, what it becomes in the database. */
export interface ModelField {
  /** Property of the model and, with `_ns` added for the second one of a timestamp, name of its columns. */
  readonly name: string;
  readonly type: Exclude<WireType, 'bytes'>;
  /** Name of the wire field in the layouts; `bid_px` of tbbo is `bid_px_00` on the wire. */
  readonly wire: string;
  /** Bytes on the wire. */
  readonly size: number;
  /** One for most; two for a timestamp: microseconds, and the 0–999 ns left over. */
  readonly columns: readonly ColumnSpec[];
  readonly description: string;
}

/** Where the rows of one schema live. */
export interface TableSpec {
  /** Table name without the Postgres schema. */
  readonly name: string;
  /** The market-data schema whose rows it holds. */
  readonly schema: string;
  /** In table order: the wire fields, then symbol, dataset, chunk_id, ordinal. */
  readonly columns: readonly ColumnSpec[];
  /** Name of the NOT NULL timestamptz column that is the index timestamp; its nanoseconds stand in `<name>_ns`. */
  readonly indexTimestamp: string;
  readonly description: string;
}
