import {
  defineRecord,
  defineSchemaPlugin,
  Max,
  type PlainField,
  type RowMapper,
  type SchemaPlugin,
} from '../../src/plugin.js';

const FIELDS: Readonly<Record<string, PlainField>> = {
  price: { type: 'price' },
  size: { type: 'uint32' },
  action: { type: 'char' },
  side: { type: 'char' },
  flags: { type: 'uint8' },
  depth: { type: 'uint8' },
  ts_recv: { type: 'nanos' },
  ts_in_delta: { type: 'int32' },
  sequence: { type: 'uint32' },
};

/** The plugin of trades in another version: any price will do, and what is asked of the other fields is the test's. */
export function tradesPlugin(
  options: { readonly version?: string; readonly largestDepth?: number; readonly mapper?: RowMapper } = {},
): SchemaPlugin {
  const { version = '2.0.0', largestDepth = 255, mapper } = options;
  return defineSchemaPlugin({
    name: 'trades',
    version,
    apiVersion: 1,
    schemas: [{ name: 'trades', rtype: 0, table: 'trades' }],
    model: defineRecord({
      name: 'Trade',
      dbn: 'trade',
      fields: { ...FIELDS, depth: { type: 'uint8', checks: [Max(largestDepth)] } },
    }),
    ...(mapper === undefined ? {} : { mapper }),
  });
}
