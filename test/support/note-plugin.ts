import { defineRecord, defineSchemaPlugin, encodeModelRecord, Max, type SchemaPlugin } from '../../src/plugin.js';

/** A plugin with a layout of its own, whose notes count up to `most`; `more` fields stand behind the others. */
export function notePlugin(
  most = 200,
  version = '1.0.0',
  more: Parameters<typeof defineRecord>[0]['fields'] = {},
): SchemaPlugin {
  return defineSchemaPlugin({
    name: 'notes',
    version,
    apiVersion: 1,
    schemas: [{ name: 'notes', rtype: 0xe0, table: 'notes' }],
    model: defineRecord({
      name: 'Note',
      indexTimestamp: 'ts_event',
      fields: { count: { type: 'uint8', checks: [Max(most)] }, kind: { type: 'char' }, ...more },
    }),
  });
}

/** How a file of {@link noteFragment} is to be read. */
export const NOTES = { dataset: 'TEST.SET', schema: 'notes', dbnVersion: 3 } as const;

/** One note a second with these counts, without a header. */
export function noteFragment(counts: readonly number[], start: bigint): Uint8Array {
  const { model } = notePlugin();
  const records = counts.map((count, second) =>
    encodeModelRecord(
      model,
      { publisher_id: 1, instrument_id: 7, ts_event: start + BigInt(second) * 1_000_000_000n, count, kind: 'A' },
      { rtype: 0xe0 },
    ),
  );
  return Buffer.concat(records);
}
