import type { BarLength } from '../core/storage/bar-length.js';

/** Which database is used, whether it runs, and what it holds. */
export interface DatabaseStatus {
  readonly kind: 'embedded' | 'external';
  readonly running: boolean;
  /** Without password. */
  readonly url: string;
  readonly server_version: string | null;
  readonly db_schema: string;
  /** How new tables are kept, and why, in a few words; `null` while it does not run. */
  readonly storage: { readonly kind: 'plain' | 'timescale'; readonly detail: string } | null;
  readonly migrations: { readonly applied: number; readonly pending: number } | null;
  /** Embedded only. */
  readonly data_directory: string | null;
  readonly pid: number | null;
  readonly keeps_running: boolean | null;
  readonly tables: readonly DatabaseTable[];
  /** The bars of trades that there are, the shortest first. */
  readonly bars: readonly DatabaseBars[];
}

/** One table of the schema. */
export interface DatabaseTable {
  readonly name: string;
  /** An estimate: the server's own; `null` where it cannot be told, as of a hypertable whose TimescaleDB is not supported. */
  readonly rows: number | null;
  /** With indexes and TOAST; `null` where it cannot be told. */
  readonly bytes: number | null;
  /** True when it takes no space for rows: known, not estimated. */
  readonly empty: boolean;
  /** Of a hypertable: how many partitions it has, and how many of these are compressed. Else `null`. */
  readonly partitions: { readonly all: number; readonly compressed: number } | null;
}

/** Bars of trades of one length. */
export interface DatabaseBars {
  /** `1s`, `1m`, `1h` or `1d`. */
  readonly length: BarLength;
  /** Of the view that has them, e.g. `bars_1m`. */
  readonly name: string;
  /** `view`: made anew for each question. `continuous aggregate`: kept by TimescaleDB, and refreshed. */
  readonly kind: 'view' | 'continuous aggregate';
}

/** What bringing a database up to date has changed. */
export interface MigrationResult {
  /** Names of the steps that were missing. */
  readonly applied: readonly string[];
  /** Tables that became hypertables. */
  readonly moved: readonly { readonly table: string; readonly rows: number }[];
  /** Hypertables whose partitions span another time from now on. */
  readonly intervals: readonly { readonly table: string; readonly hours: number }[];
  /** Bars that were made. */
  readonly bars: readonly DatabaseBars[];
}
