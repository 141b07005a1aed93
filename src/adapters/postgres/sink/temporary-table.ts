const SCHEMA = 'pg_temp.';

/** The name that CREATE takes for a temporary table, which everything else calls by `pg_temp.` and its name. */
export function unqualified(table: string): string {
  return table.slice(SCHEMA.length);
}
