import { schemaNamed } from './schema-named.js';

/** A column of the bare table, and what it holds of a row of the schema's own. */
interface BareColumn {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** Every field in one column: times as nanoseconds, prices as 1e-9, and no column beside the fields. */
export function bareColumns(schema: string): BareColumn[] {
  return schemaNamed(schema).model.fields.map(({ name, type, columns }): BareColumn => {
    const column = `"${name}"`;
    if (type === 'timestamp') {
      const value = `(extract(epoch from ${column}) * 1000000)::bigint * 1000 + "${name}_ns"`;
      return { name: column, type: 'bigint', value };
    }
    if (type === 'price') return { name: column, type: 'bigint', value: `(${column} * 1000000000)::bigint` };
    return { name: column, type: columns[0]?.type ?? 'bigint', value: column };
  });
}
