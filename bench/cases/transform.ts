import { createRowTransform } from '../../src/core/compile/create-row-transform.js';
import type { RowTransform } from '../../src/core/compile/row-transform.js';
import { DbnDecoder, type Metadata } from '../../src/core/dbn/index.js';
import { PluginRegistry, type RegisteredSchema } from '../../src/core/registry/plugin-registry.js';
import { SymbolResolver } from '../../src/core/symbology/symbol-resolver.js';
import { builtinPlugins } from '../../plugins/index.js';
import { timed, type BenchCase } from '../bench-case.js';
import { batchesOf } from './decode.js';

/** As the program itself has it. */
export function schemaNamed(schema: string): RegisteredSchema {
  const registry = new PluginRegistry();
  for (const plugin of builtinPlugins) registry.register(plugin, 'built in');
  return registry.get(schema);
}

function transformOf(schema: string, metadata: Metadata): RowTransform {
  return createRowTransform({
    schema: schemaNamed(schema),
    version: metadata.version,
    dataset: metadata.dataset,
    chunkId: 1,
    symbols: new SymbolResolver(metadata.dataset, metadata),
  });
}

/** All that Tickloom does to a file but the database: the tuples are thrown away. */
export const transform: BenchCase = {
  name: 'transform',
  title: '.dbn.zst decompressed, cut, checked, made into COPY tuples',
  needsDatabase: false,
  reference: null,
  run: ({ dbnZst, schema }) =>
    timed(async () => {
      const decoder = new DbnDecoder();
      let made: RowTransform | undefined;
      let rows = 0;
      for await (const batch of batchesOf(dbnZst, decoder)) {
        made ??= transformOf(schema, decoder.metadata as Metadata);
        rows += made.transform(batch).rows;
      }
      return rows;
    }),
};
