/** How large a table in the db schema is. */
export interface TableSize {
  readonly name: string;
  /** An estimate: the server's own; `null` where it cannot be told, as of a hypertable whose TimescaleDB is not supported. */
  readonly rows: number | null;
  /** With indexes and TOAST; `null` where it cannot be told. */
  readonly bytes: number | null;
  /** True when it takes no space for rows: known, not estimated. */
  readonly empty: boolean;
  /** Of a hypertable; else `null`. */
  readonly partitions: { readonly all: number; readonly compressed: number } | null;
}
