import { createRowTransform } from '../../src/core/compile/create-row-transform.js';
import type { TransformedBatch } from '../../src/core/compile/row-transform.js';
import { encodeRecord, type RecordInput } from '../../src/core/dbn/index.js';
import type { DbnVersion } from '../../src/core/dbn/layout/record-layout.js';
import { PluginRegistry } from '../../src/core/registry/plugin-registry.js';
import { SymbolResolver } from '../../src/core/symbology/symbol-resolver.js';
import { batchOf, readTuples, type CellValue } from '../../src/testing/index.js';
import { builtinPlugins } from '../../plugins/index.js';

export const BASE_TIME = 1_609_160_400_098_821_953n;

export const builtinRegistry = new PluginRegistry();
for (const plugin of builtinPlugins) builtinRegistry.register(plugin, 'built in');

function transformed(schemaName: string, values: RecordInput, version: DbnVersion): TransformedBatch {
  const schema = builtinRegistry.get(schemaName);
  const layout = schema.model.bindings.get(version)?.layout;
  if (layout === undefined) throw new Error(`no layout in version ${version}`);
  const record = encodeRecord(layout, { rtype: schema.rtype, ...values });
  const symbols = new SymbolResolver('TEST.DATASET', null);
  const transform = createRowTransform({ schema, version, dataset: 'TEST.DATASET', chunkId: 1, symbols });
  return transform.transform(batchOf([record], { layout, version, rtype: schema.rtype }));
}

/** The row that one record of a bundled schema becomes. */
export function rowOf(schema: string, values: RecordInput, version: DbnVersion = 3): Record<string, CellValue> {
  const { tuples, rejections } = transformed(schema, values, version);
  const [row] = readTuples(tuples, builtinRegistry.get(schema).table.columns);
  if (row === undefined)
    throw new Error(`rejected: ${(rejections[0]?.reasons ?? []).map(({ message }) => message).join('; ')}`);
  return row;
}

/** True when the record becomes a row. */
export function accepted(schema: string, values: RecordInput, version: DbnVersion = 3): boolean {
  return transformed(schema, values, version).rows === 1;
}

/** `code: message` of each reason against a record. */
export function reasonsAgainst(schema: string, values: RecordInput, version: DbnVersion = 3): string[] {
  const { rejections } = transformed(schema, values, version);
  return rejections.flatMap(({ reasons }) => reasons.map(({ code, message }) => `${code}: ${message}`));
}
