import { expect } from 'chai';
import { builtinPlugins } from '../../../../plugins/index.js';
import { createRowTransform } from '../../../../src/core/compile/create-row-transform.js';
import type { RowTransform } from '../../../../src/core/compile/row-transform.js';
import { DbnDecoder, type Metadata } from '../../../../src/core/dbn/index.js';
import type { Rejection } from '../../../../src/core/quarantine/rejection.js';
import { PluginRegistry } from '../../../../src/core/registry/plugin-registry.js';
import type { SymbolCounts } from '../../../../src/core/report/counts.js';
import { SAMPLE_SCHEMAS, generateSample, type SampleRequest } from '../../../../src/core/sample/index.js';
import { SymbolResolver } from '../../../../src/core/symbology/symbol-resolver.js';
import { aRequest } from './decoded-sample.js';

interface Rows {
  readonly rows: number;
  readonly rejections: readonly Rejection[];
  readonly symbols: SymbolCounts;
}

/** What the bundled plugins make of a sample. */
function rowsOf(values: Partial<SampleRequest>): Rows {
  const registry = new PluginRegistry();
  for (const plugin of builtinPlugins) registry.register(plugin, 'built in');
  const { metadata } = generateSample(aRequest(values));
  const symbols = new SymbolResolver(metadata.dataset, metadata);
  const transform = transformOf(registry, metadata, symbols);
  const decoder = new DbnDecoder();
  const rejections: Rejection[] = [];
  let rows = 0;
  for (const piece of generateSample(aRequest(values)).bytes()) {
    decoder.push(piece);
    for (const batch of decoder.batches()) {
      const made = transform.transform(batch);
      rows += made.rows;
      rejections.push(...made.rejections);
    }
  }
  return { rows, rejections, symbols: symbols.counts };
}

function transformOf(registry: PluginRegistry, metadata: Metadata, symbols: SymbolResolver): RowTransform {
  const { version, dataset } = metadata;
  return createRowTransform({
    schema: registry.get(metadata.schema as string),
    version,
    dataset,
    chunkId: 1,
    symbols,
  });
}

describe('the rows of a sample', () => {
  for (const schema of SAMPLE_SCHEMAS) {
    it(`pass every check of the bundled plugin: ${schema}`, () => {
      for (const version of [1, 2, 3] as const) {
        const { rows, rejections } = rowsOf({ schema, version, records: 30_000, instruments: 26, days: 9 });
        expect(rejections.flatMap((rejection) => rejection.reasons)).to.deep.equal([]);
        expect(rows).to.equal(30_000);
      }
    });
  }

  it('have the continuous symbol, but for those of the instrument that is not mapped', () => {
    for (const schema of ['trades', 'tbbo', 'ohlcv-1h', 'statistics']) {
      expect(rowsOf({ schema }).symbols).to.include({
        mapped: 1_992,
        fallback: 8,
        record: 0,
        requested: 0,
        unknown: 0,
      });
    }
  });

  it('of definitions have the continuous symbol, or their own for spreads and options', () => {
    const { mapped, record, fallback } = rowsOf({ schema: 'definition' }).symbols;
    expect(mapped + record).to.equal(2_000);
    expect(mapped).to.be.within(150, 300);
    expect(fallback).to.equal(0);
    expect(rowsOf({ schema: 'definition', stypeIn: 'parent' }).symbols.mapped).to.equal(2_000);
  });
});
