import { createReadStream } from 'node:fs';
import { expect } from 'chai';
import { decompress } from '../../src/adapters/zstd/index.js';
import { createRowTransform } from '../../src/core/compile/create-row-transform.js';
import type { RowTransform } from '../../src/core/compile/row-transform.js';
import { DbnDecoder, decodeStream } from '../../src/core/dbn/index.js';
import type { RegisteredSchema } from '../../src/core/registry/plugin-registry.js';
import { SymbolResolver } from '../../src/core/symbology/symbol-resolver.js';
import { readTuples } from '../../src/testing/index.js';
import { builtinRegistry } from '../support/plugin-rows.js';
import { expectedFiles, needRealData, realPath } from '../support/real-data.js';

/** Counts rows by instrument id and symbol. */
async function rowsOf(name: string): Promise<{
  counts: Record<string, Record<string, number>>;
  rejected: number;
  symbols: SymbolResolver['counts'];
}> {
  const source = createReadStream(realPath(name));
  const decoder = new DbnDecoder();
  const counts: Record<string, Record<string, number>> = {};
  let symbols: SymbolResolver | undefined;
  let transform: { schema: RegisteredSchema; rows: RowTransform } | undefined;
  let rejected = 0;
  const bytes = name.endsWith('.zst') ? decompress(source) : source;
  for await (const batch of decodeStream(bytes as AsyncIterable<Uint8Array>, decoder)) {
    const metadata = decoder.metadata ?? null;
    const dataset = metadata?.dataset ?? '';
    symbols ??= new SymbolResolver(dataset, metadata);
    const schema = builtinRegistry.schemaFor(metadata?.schema ?? null, batch.rtype);
    if (schema === undefined) throw new Error(`no schema for rtype ${batch.rtype}`);
    transform ??= {
      schema,
      rows: createRowTransform({ schema, version: batch.version, dataset, chunkId: 1, symbols }),
    };
    const { tuples, rejections } = transform.rows.transform(batch);
    rejected += rejections.length;
    for (const row of readTuples(tuples, schema.table.columns)) {
      const byId = (counts[String(row.instrument_id)] ??= {});
      const symbol = String(row.symbol);
      byId[symbol] = (byId[symbol] ?? 0) + 1;
    }
  }
  return { counts, rejected, symbols: (symbols ?? new SymbolResolver('', null)).counts };
}

describe('rows of real files', () => {
  before(function () {
    needRealData(this);
  });

  const schemas = new Set(builtinRegistry.list().map((schema) => schema.name));
  for (const [name, expected] of Object.entries(expectedFiles)) {
    if (!schemas.has(expected.metadata?.schema ?? '')) continue;

    it(`${name}: every record is a row, with the symbol that another decoder maps it to`, async () => {
      const { counts, rejected, symbols } = await rowsOf(name);
      expect(rejected).to.equal(0);
      const found = Object.values(counts).flatMap((each) => Object.values(each));
      expect(found.reduce((sum, count) => sum + count, 0)).to.equal(expected.records);
      const total = Object.values<number>({ ...symbols }).reduce((sum, count) => sum + count, 0);
      expect(total).to.equal(expected.records);
      for (const [id, bySymbol] of Object.entries(expected.records_by_instrument_and_symbol)) {
        for (const [symbol, count] of Object.entries(bySymbol)) {
          // without a mapping the row takes the next step of the ladder
          if (symbol !== '') expect(counts[id]?.[symbol], `${id} ${symbol}`).to.equal(count);
        }
      }
    });
  }
});
