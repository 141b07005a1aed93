import type { TableSpec } from '../../../core/model/model-spec.js';
import { qualify, quoteLiteral } from '../identifiers.js';
import type { Timescale } from './extension.js';

/** A function of the extension's, for SQL. */
export function timescaleFunction({ schema }: Pick<Timescale, 'schema'>, name: string): string {
  return qualify(schema, name);
}

/** A table as the extension's functions take it. */
export function relationOf(dbSchema: string, table: string): string {
  return `${quoteLiteral(qualify(dbSchema, table))}::regclass`;
}

/**
 * Makes a table a hypertable on its index timestamp. Without the extension's own index, a btree that costs half of the
 * load speed: the table's own are there already, and each partition gets them.
 */
export function createHypertable(
  timescale: Timescale,
  dbSchema: string,
  { name, indexTimestamp }: Pick<TableSpec, 'name' | 'indexTimestamp'>,
  { seconds, migrateData = false }: { readonly seconds: number; readonly migrateData?: boolean },
): string {
  const dimension = `${timescaleFunction(timescale, 'by_range')}(${quoteLiteral(indexTimestamp)}, ${spanLiteral(seconds)})`;
  return `select ${timescaleFunction(timescale, 'create_hypertable')}(${relationOf(dbSchema, name)}, ${dimension},
    create_default_indexes => false, migrate_data => ${migrateData})`;
}

/** A span as an interval; in hours, because a day of an interval is not always 24 of them. */
export function spanLiteral(seconds: number): string {
  return `interval '${seconds / 3_600} hours'`;
}
