import { createRowTransform } from '../../../../src/core/compile/create-row-transform.js';
import type { RowTransform } from '../../../../src/core/compile/row-transform.js';
import { encodeRecord, type RecordInput } from '../../../../src/core/dbn/index.js';
import type { DbnVersion } from '../../../../src/core/dbn/layout/record-layout.js';
import type { RecordBatch } from '../../../../src/core/dbn/record-batch.js';
import { PluginRegistry, type RegisteredSchema } from '../../../../src/core/registry/plugin-registry.js';
import { SymbolResolver } from '../../../../src/core/symbology/symbol-resolver.js';
import {
  defineSchemaPlugin,
  modelOf,
  type ModelClass,
  type RowMapper,
  type SchemaPlugin,
} from '../../../../src/plugin.js';
import { batchOf } from '../../../../src/testing/index.js';
import { builtinPlugins } from '../../../../plugins/index.js';

export { definition, trades } from '../../../../plugins/index.js';
export { modelOf };

export const DATASET = 'TEST.DATASET';
export const TIME = 1_609_160_400_098_821_953n;

/** The schemas of one plugin, by name; without an argument those of all bundled ones. */
export function schemaOf(name: string, ...plugins: readonly SchemaPlugin[]): RegisteredSchema {
  const registry = new PluginRegistry();
  for (const plugin of plugins.length > 0 ? plugins : builtinPlugins) registry.register(plugin, 'the test');
  return registry.get(name);
}

/** A plugin around a model with a layout of its own, schema and table `probe`. */
export function probe(model: ModelClass, mapper?: RowMapper): RegisteredSchema {
  const plugin = defineSchemaPlugin({
    name: 'probe',
    version: '1.0.0',
    apiVersion: 1,
    schemas: [{ name: 'probe', rtype: 0xe0, table: 'probe' }],
    model,
    ...(mapper === undefined ? {} : { mapper }),
  });
  return schemaOf('probe', plugin);
}

export function transformOf(schema: RegisteredSchema, version: DbnVersion = 3): RowTransform {
  return createRowTransform({
    schema,
    version,
    dataset: DATASET,
    chunkId: 7,
    symbols: new SymbolResolver(DATASET, null),
  });
}

/** Records of the schema from values by wire name. */
export function recordsOf(
  schema: RegisteredSchema,
  values: readonly RecordInput[],
  version: DbnVersion = 3,
): RecordBatch {
  const layout = schema.model.bindings.get(version)?.layout;
  if (layout === undefined) throw new Error(`no layout in version ${version}`);
  const records = values.map((each) => encodeRecord(layout, { rtype: schema.rtype, ...each }));
  return batchOf(records, { layout, version, rtype: schema.rtype });
}
