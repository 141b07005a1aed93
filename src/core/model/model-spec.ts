import type { DbnVersion, RecordLayout, WireField } from '../dbn/layout/record-layout.js';
import type { ModelClass } from './declaration.js';
import type { PgType } from './pg-type.js';
import type { FieldType } from './wire-types.js';

/** One column of a data table. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: PgType;
  readonly nullable: boolean;
  /** One sentence with the unit, for `schemas show` and the column's comment in the database. */
  readonly description: string;
  /**
   * The DBN versions whose records carry it: rows are compared on it only when both sides have it, whatever the others
   * hold by rule. Left out: all versions.
   */
  readonly versions?: readonly DbnVersion[];
}

/** One declared field of a model: where it stands on the wire, what it becomes in the database. */
export interface ModelField {
  /** Property of the model and, with `_ns` added for the second one of a timestamp, name of its columns. */
  readonly name: string;
  readonly type: FieldType;
  /** Name of the wire field in the layouts; `bid_px` of tbbo is `bid_px_00` on the wire. */
  readonly wire: string;
  /** Bytes on the wire; where versions differ, the most. */
  readonly size: number;
  /** One for most; two for a timestamp: microseconds, and the 0–999 ns left over. */
  readonly columns: readonly ColumnSpec[];
  readonly description: string;
  /** False for the index timestamp and for fields that always have a value. */
  readonly nullable: boolean;
  /** A u64 kept as `numeric` instead of `bigint`. */
  readonly numericColumn: boolean;
  /** The value in DBN versions whose layout lacks the field; `null` also where no rule says one. */
  readonly absent: number | bigint | string | null;
}

/** A field of a model as one DBN version has it on the wire; `null` where that version lacks it. */
export interface BoundField {
  readonly field: ModelField;
  readonly wire: WireField | null;
}

/** A model as one DBN version has it: the layout, and its fields in column order. */
export interface ModelBinding {
  readonly version: DbnVersion;
  readonly layout: RecordLayout;
  readonly fields: readonly BoundField[];
}

/** A declared record model, checked: what the table, the checks and the encoder are made from. */
export interface MarketModel {
  readonly cls: ModelClass;
  /** Name of the class. */
  readonly name: string;
  /** In column order: those of the header, then the body in struct order. */
  readonly fields: readonly ModelField[];
  /** Name of the field that sorts, filters and maps the records. */
  readonly indexTimestamp: string;
  /** Name of the text field that is the record's own symbol, `null` when it has none. */
  readonly symbol: string | null;
  /** True for a layout of the model's own, false for one of the codec's. */
  readonly ownLayout: boolean;
  readonly bindings: ReadonlyMap<DbnVersion, ModelBinding>;
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
