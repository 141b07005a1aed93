import type { SchemaDetails, SchemaSummary } from '../../index.js';
import { left, type Table } from './table.js';

export function schemaTable(schemas: readonly SchemaSummary[]): Table {
  return {
    columns: [left('schema'), left('table'), left('plugin'), left('from', 'middle'), left('holds')],
    rows: schemas.map(({ name, table, plugin, plugin_version, origin, description }) => [
      name,
      table,
      `${plugin} ${plugin_version}`,
      origin,
      description,
    ]),
    empty: 'no schemas: all plugins are left out',
  };
}

/** One row per declared field, then the columns that no field stands for. */
export function schemaDetailsTable({ fields, columns }: SchemaDetails): Table {
  const named = new Map(columns.map((column) => [column.name, column]));
  const declared = fields.map(({ name, type, checks, description }) => {
    const held = [name, `${name}_ns`].flatMap((column) => named.get(column)?.type ?? []);
    return [name, type, held.join(' + '), checks.join('; '), description];
  });
  const fieldColumns = new Set(fields.flatMap(({ name }) => [name, `${name}_ns`]));
  const added = columns
    .filter(({ name }) => !fieldColumns.has(name))
    .map(({ name, type, description }) => [name, null, type, null, description]);
  return {
    columns: [left('field'), left('on the wire'), left('column'), left('checks'), left('what it is')],
    rows: [...declared, ...added],
  };
}
