import type { ColumnSpec, TableSpec } from '../../../core/model/model-spec.js';
import { qualify, quoteIdentifier, quoteLiteral, shortened } from '../identifiers.js';

/**
 * Index of new data tables. Without any, each question reads the whole table. The btree costs half of the speed of a load,
 * so the first load does without: see `DeferredIndexes`.
 */
export type IndexKind = 'brin' | 'btree' | 'none';

/** The statements that make the table of a schema, with its index and comments. */
export function createTableStatements(dbSchema: string, table: TableSpec, index: IndexKind): string[] {
  const name = qualify(dbSchema, table.name);
  const columns = table.columns.map((column) => `  ${columnDefinition(column)}`);
  return [
    `create table ${name} (\n${columns.join(',\n')}\n)`,
    ...indexStatements(dbSchema, table, index),
    `comment on table ${name} is ${quoteLiteral(table.description)}`,
    ...table.columns.flatMap((column) => commentStatement(dbSchema, table, column)),
  ];
}

/**
 * The statements that add the columns a later version of the plugin has. A row loaded before has no value for them, so
 * they are nullable in a table that holds rows.
 */
export function addColumnStatements(
  dbSchema: string,
  table: TableSpec,
  columns: readonly ColumnSpec[],
  holdsRows: boolean,
): string[] {
  const name = qualify(dbSchema, table.name);
  return columns.flatMap((column) => [
    `alter table ${name} add column ${columnDefinition(holdsRows ? { ...column, nullable: true } : column)}`,
    ...commentStatement(dbSchema, table, column),
  ]);
}

function indexStatements(dbSchema: string, table: TableSpec, kind: IndexKind): string[] {
  const name = qualify(dbSchema, table.name);
  const timestamp = quoteIdentifier(table.indexTimestamp);
  const indexName = quoteIdentifier(shortened(`${table.name}_brin`));
  const brin = `create index ${indexName} on ${name} using brin (${timestamp}, chunk_id)`;
  const deferred = qualify(dbSchema, 'deferred_indexes');
  switch (kind) {
    case 'none':
      return [];
    case 'brin':
      return [brin];
    case 'btree':
      return [brin, `insert into ${deferred} (table_name) values (${quoteLiteral(table.name)})`];
  }
}

/** The name of the btree on instrument and time. */
export function instrumentIndex(table: TableSpec): string {
  return shortened(`${table.name}_instrument`);
}

/** The statement that makes it, unless it is there. */
export function instrumentIndexStatement(dbSchema: string, table: TableSpec): string {
  const columns = `instrument_id, ${quoteIdentifier(table.indexTimestamp)}`;
  return `create index if not exists ${quoteIdentifier(instrumentIndex(table))} on ${qualify(dbSchema, table.name)} (${columns})`;
}

function columnDefinition({ name, type, nullable }: ColumnSpec): string {
  return `${quoteIdentifier(name)} ${type}${nullable ? '' : ' not null'}`;
}

function commentStatement(dbSchema: string, table: TableSpec, column: ColumnSpec): string[] {
  if (column.description === '') return [];
  const name = `${qualify(dbSchema, table.name)}.${quoteIdentifier(column.name)}`;
  return [`comment on column ${name} is ${quoteLiteral(column.description)}`];
}
