import type { TableSpec } from '../model/model-spec.js';
import { RowHasher } from './row-hasher.js';

/** What of a quarantine entry counts: state, reasons and plugin may change. In the order of the table's columns. */
export const HASHED_ENTRY_COLUMNS: readonly string[] = ['ordinal', 'schema', 'record'];

/** Hashes rows of a data table: all columns in table order. The id of the chunk says nothing of what is in it. */
export function rowHasher({ name, columns }: TableSpec): RowHasher {
  return new RowHasher(
    name,
    columns.map((column) => column.name),
    ['chunk_id'],
  );
}

/** Hashes quarantine entries with these columns. */
export function entryHasher(columns: readonly string[]): RowHasher {
  return new RowHasher(
    'quarantine',
    columns,
    columns.filter((column) => !HASHED_ENTRY_COLUMNS.includes(column)),
  );
}
