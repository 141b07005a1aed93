import type { ColumnSpec, TableSpec } from '../../../core/model/model-spec.js';
import { qualify, quoteIdentifier, quoteLiteral, shortened } from '../identifiers.js';

/** Index of new data tables. A btree costs 2.8 times in load speed; without any, each question reads the whole table. */
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
  const indexName = (suffix: string): string => quoteIdentifier(shortened(`${table.name}_${suffix}`));
  const brin = `create index ${indexName('brin')} on ${name} using brin (${timestamp}, chunk_id)`;
  const btree = `create index ${indexName('instrument')} on ${name} (instrument_id, ${timestamp})`;
  switch (kind) {
    case 'none':
      return [];
    case 'brin':
      return [brin];
    case 'btree':
      return [brin, btree];
  }
}

function columnDefinition({ name, type, nullable }: ColumnSpec): string {
  return `${quoteIdentifier(name)} ${type}${nullable ? '' : ' not null'}`;
}

function commentStatement(dbSchema: string, table: TableSpec, column: ColumnSpec): string[] {
  if (column.description === '') return [];
  const name = `${qualify(dbSchema, table.name)}.${quoteIdentifier(column.name)}`;
  return [`comment on column ${name} is ${quoteLiteral(column.description)}`];
}
