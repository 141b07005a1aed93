/** PostgreSQL cuts longer names off: two of them would be one schema. */
const MOST_BYTES = 63;

/** Whether a Postgres schema can be called so. */
export function isDbSchemaName(name: unknown): boolean {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) return false;
  return new TextEncoder().encode(name).length <= MOST_BYTES;
}

export const DB_SCHEMA_FORM = 'the name of a Postgres schema, 1 to 63 bytes';
