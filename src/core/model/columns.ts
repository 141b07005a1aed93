import type { DeclaredField } from './declaration.js';
import type { ColumnSpec, MarketModel, TableSpec } from './model-spec.js';
import { WIRE_TYPES } from './wire-types.js';

/** Column names that every table has behind the fields. */
export const IDENTITY_COLUMNS: readonly ColumnSpec[] = [
  { name: 'symbol', type: 'text', nullable: false, description: 'Symbol valid on the UTC day of the index timestamp.' },
  { name: 'dataset', type: 'text', nullable: false, description: 'Dataset code, e.g. GLBX.MDP3.' },
  { name: 'chunk_id', type: 'bigint', nullable: false, description: 'The chunk that the row came in.' },
  { name: 'ordinal', type: 'bigint', nullable: false, description: 'Position of the record in its chunk, from 0.' },
];

/** The columns of one field. A timestamp is two: PostgreSQL keeps microseconds. */
export function columnsOf(field: DeclaredField, nullable: boolean): ColumnSpec[] {
  const { name, type, description } = field;
  const versions = field.versions === null ? {} : { versions: field.versions };
  if (type !== 'timestamp') {
    const pgType = field.numericColumn ? 'numeric' : WIRE_TYPES[type].pgType;
    return [{ name, type: pgType, nullable, description, ...versions }];
  }
  const rest = `The 0–999 nanoseconds that ${name} leaves over.`;
  return [
    { name, type: 'timestamptz', nullable, description, ...versions },
    { name: `${name}_ns`, type: 'smallint', nullable, description: rest, ...versions },
  ];
}

/** The table that holds a schema's rows. */
export function tableOf(
  model: MarketModel,
  table: { readonly name: string; readonly schema: string; readonly description: string },
): TableSpec {
  return {
    ...table,
    columns: [...model.fields.flatMap((field) => field.columns), ...IDENTITY_COLUMNS],
    indexTimestamp: model.indexTimestamp,
  };
}
