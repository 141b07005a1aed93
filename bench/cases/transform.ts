import { createRowTransform } from '../../src/core/compile/create-row-transform.js';
import type { RowTransform } from '../../src/core/compile/row-transform.js';
import { DbnDecoder, type Metadata } from '../../src/core/dbn/index.js';
import type { RegisteredSchema } from '../../src/core/registry/plugin-registry.js';
import { SymbolResolver } from '../../src/core/symbology/symbol-resolver.js';
import { timed, type BenchCase } from '../bench-case.js';
import { schemaNamed } from '../schema-named.js';
import { batchesOf } from './decode.js';

function transformOf(schema: RegisteredSchema, metadata: Metadata): RowTransform {
  return createRowTransform({
    schema,
    version: metadata.version,
    dataset: metadata.dataset,
    chunkId: 1,
    symbols: new SymbolResolver(metadata.dataset, metadata),
  });
}

async function rowsOf(dbnZst: string, schema: RegisteredSchema): Promise<number> {
  const decoder = new DbnDecoder();
  let made: RowTransform | undefined;
  let rows = 0;
  for await (const batch of batchesOf(dbnZst, decoder)) {
    made ??= transformOf(schema, decoder.metadata as Metadata);
    rows += made.transform(batch).rows;
  }
  return rows;
}

/** The schema with a mapper of its own, as a plugin may have one: it looks at every record, and gives a row of it. */
function withMapper(schema: RegisteredSchema): RegisteredSchema {
  const names = schema.model.fields.map(({ name }) => name);
  const map = (record: object): object => {
    const row: Record<string, unknown> = {};
    for (const name of names) row[name] = (record as Record<string, unknown>)[name];
    return row;
  };
  return { ...schema, plugin: { ...schema.plugin, mapper: { map } } };
}

/** All that Tickloom does to a file but the database: the tuples are thrown away. */
export const transform: BenchCase = {
  name: 'transform',
  title: '.dbn.zst decompressed, cut, checked, made into COPY tuples',
  needsDatabase: false,
  reference: null,
  run: ({ dbnZst, schema }) => timed(() => rowsOf(dbnZst, schemaNamed(schema))),
};

export const transformMapped: BenchCase = {
  name: 'transform-map',
  title: 'the same with a hand-written map(record)',
  needsDatabase: false,
  reference: 'transform',
  run: ({ dbnZst, schema }) => timed(() => rowsOf(dbnZst, withMapper(schemaNamed(schema)))),
};
