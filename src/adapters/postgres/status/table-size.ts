/** How large a table in the db schema is. */
export interface TableSize {
  readonly name: string;
  /** An estimate: the server's own. */
  readonly rows: number;
  /** With indexes and TOAST. */
  readonly bytes: number;
  /** True when it takes no space for rows: known, not estimated. */
  readonly empty: boolean;
  /** Of a hypertable; else `null`. */
  readonly partitions: { readonly all: number; readonly compressed: number } | null;
}
