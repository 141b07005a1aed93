import { expect } from 'chai';
import { encodeRecord, layoutNamed, newMetadata, RTYPE, UNDEF_TIMESTAMP } from '../../../../src/core/dbn/index.js';
import type { DbnVersion, RecordLayout } from '../../../../src/core/dbn/layout/record-layout.js';
import type { Metadata } from '../../../../src/core/dbn/metadata.js';
import type { RecordBatch } from '../../../../src/core/dbn/record-batch.js';
import { noSymbols } from '../../../../src/core/report/counts.js';
import { SymbolResolver } from '../../../../src/core/symbology/symbol-resolver.js';
import { batchOf } from '../../../../src/testing/batch-of.js';

const DATASET = 'GLBX.MDP3';
const MIDNIGHT = BigInt(Date.parse('2024-01-02')) * 1_000_000n;
const TRADE_FIELDS = { indexTimestampOffset: 32, ownSymbol: null };

const layout = (name: string, version: DbnVersion = 3): RecordLayout => layoutNamed(name, version) as RecordLayout;

function trades(...records: readonly (readonly [id: number, tsRecv: bigint])[]): RecordBatch {
  const bytes = records.map(([instrument_id, ts_recv]) =>
    encodeRecord(layout('trade'), { instrument_id, ts_recv, ts_event: MIDNIGHT - 1n }),
  );
  return batchOf(bytes, { layout: layout('trade'), version: 3, rtype: RTYPE.TRADE });
}

function definitions(...records: readonly (readonly [id: number, rawSymbol: string])[]): RecordBatch {
  const bytes = records.map(([instrument_id, raw_symbol]) =>
    encodeRecord(layout('definition'), { instrument_id, raw_symbol, ts_recv: MIDNIGHT }),
  );
  return batchOf(bytes, { layout: layout('definition'), version: 3, rtype: RTYPE.DEFINITION });
}

const DEFINITION_FIELDS = {
  indexTimestampOffset: 16,
  ownSymbol: layout('definition').fields.find((field) => field.name === 'raw_symbol') ?? null,
};

function mappingRecord(
  id: number,
  input: string,
  output: string,
  start = UNDEF_TIMESTAMP,
  end = UNDEF_TIMESTAMP,
  version: DbnVersion = 3,
): RecordBatch {
  const record = layout('symbol-mapping', version);
  const stypes = version === 1 ? {} : { stype_in: 1, stype_out: 0 };
  const bytes = encodeRecord(record, {
    instrument_id: id,
    stype_in_symbol: input,
    stype_out_symbol: output,
    start_ts: start,
    end_ts: end,
    ...stypes,
  });
  return batchOf([bytes], { layout: record, version, rtype: RTYPE.SYMBOL_MAPPING });
}

const mapped = (rawSymbol: string, ...intervals: [startDate: number, endDate: number, symbol: string][]) => ({
  rawSymbol,
  intervals: intervals.map(([startDate, endDate, symbol]) => ({ startDate, endDate, symbol })),
});

const header = (more: Partial<Metadata>): Metadata => newMetadata({ dataset: DATASET, schema: 'trades', ...more });

function symbolsOf(
  resolver: SymbolResolver,
  batch: RecordBatch,
  fields = TRADE_FIELDS as typeof DEFINITION_FIELDS,
): string[] {
  const into = new Int32Array(batch.count);
  const bytes = resolver.resolve(batch, fields, new Uint8Array(batch.count), into);
  expect(bytes).to.equal([...into].reduce((sum, cell) => sum + resolver.cells.sizeOf(cell), 0));
  const symbols = [...into].map((cell) => resolver.cells.textOf(cell));
  expect(symbols).to.deep.equal(symbols.map((_, index) => resolver.symbolOf(batch, fields, index)));
  return symbols;
}

describe('symbol resolver', () => {
  it('maps by instrument and UTC date of the index timestamp, not of ts_event', () => {
    const resolver = new SymbolResolver(
      DATASET,
      header({ mappings: [mapped('ESH4', [20240101, 20240102, '17']), mapped('ESM4', [20240102, 20240103, '17'])] }),
    );
    const found = symbolsOf(resolver, trades([17, MIDNIGHT - 1n], [17, MIDNIGHT], [17, MIDNIGHT + 1n]));
    expect(found).to.deep.equal(['ESH4', 'ESM4', 'ESM4']);
    expect(resolver.counts).to.deep.equal({ ...noSymbols(), mapped: 3 });
    expect(resolver.ambiguous).to.equal(0);
  });

  it('maps instruments that the header does not map by what was resolved for them, day by day', () => {
    const instruments = [
      { instrumentId: 17, symbol: 'ESH4', startDate: '2024-01-01', endDate: '2024-01-02' },
      { instrumentId: 17, symbol: 'ESM4', startDate: '2024-01-02', endDate: '2024-01-03' },
    ];
    const resolver = new SymbolResolver(DATASET, header({ symbols: ['ALL_SYMBOLS'] }), instruments);
    const found = symbolsOf(resolver, trades([17, MIDNIGHT - 1n], [17, MIDNIGHT], [18, MIDNIGHT]));
    expect(found).to.deep.equal(['ESH4', 'ESM4', 'INSTRUMENT_18']);
    expect(resolver.counts).to.deep.equal({ ...noSymbols(), mapped: 2, fallback: 1 });
    expect(resolver.intervals()[0]).to.include({ stypeIn: 'raw_symbol', symbol: 'ESH4', endDate: '2024-01-02' });
  });

  it('takes in what is known from elsewhere, from then on, and does not give it back', () => {
    const resolver = new SymbolResolver(DATASET, null);
    expect(symbolsOf(resolver, trades([17, MIDNIGHT]))).to.deep.equal(['INSTRUMENT_17']);
    resolver.learn([{ instrumentId: 17, symbol: 'ESH4', start: 19_724, end: 19_725 }]);
    expect(symbolsOf(resolver, trades([17, MIDNIGHT], [18, MIDNIGHT]))).to.deep.equal(['ESH4', 'INSTRUMENT_18']);
    expect(resolver.intervals()).to.deep.equal([]);
  });

  it('knows the raw symbols of ids that were asked for as raw symbols', () => {
    const ids = header({
      stypeIn: 'instrument_id',
      stypeOut: 'raw_symbol',
      symbols: ['17'],
      mappings: [mapped('17', [20240101, 20240103, 'ESH4'])],
    });
    const resolver = new SymbolResolver(DATASET, ids);
    expect(symbolsOf(resolver, trades([17, MIDNIGHT]))).to.deep.equal(['ESH4']);
    expect(resolver.intervals()).to.have.length(1);
    expect(resolver.intervals()[0]).to.include({ stypeIn: 'raw_symbol', symbol: 'ESH4', instrumentId: 17 });
  });

  it('never gives a row the first of several requested symbols', () => {
    const resolver = new SymbolResolver(DATASET, header({ symbols: ['ESH4', 'NQH4'] }));
    expect(symbolsOf(resolver, trades([17, MIDNIGHT]))).to.deep.equal(['INSTRUMENT_17']);
  });

  it('knows the days of instruments that the header does not name, where it names any', () => {
    const mappings = [mapped('ESH4', [20240102, 20240103, '17'])];
    const day = Number(MIDNIGHT / 86_400_000_000_000n);
    const batch = trades([17, MIDNIGHT], [17, MIDNIGHT - 1n], [4_294_967_295, MIDNIGHT], [4_294_967_295, MIDNIGHT]);
    const resolver = new SymbolResolver(DATASET, header({ symbols: ['ESH4'], mappings }));
    symbolsOf(resolver, batch);
    expect(resolver.unnamedDays()).to.deep.equal([
      { instrumentId: 17, day: day - 1 },
      { instrumentId: 4_294_967_295, day },
    ]);
    // what a record of the stream maps, the header does not name
    resolver.observe(mappingRecord(18, 'NQH4', 'NQH4'));
    expect(symbolsOf(resolver, trades([18, MIDNIGHT]))).to.deep.equal(['NQH4']);
    expect(resolver.unnamedDays().at(-1)).to.deep.equal({ instrumentId: 18, day });
    for (const metadata of [null, header({ symbols: ['ALL_SYMBOLS'] })]) {
      const other = new SymbolResolver(DATASET, metadata);
      symbolsOf(other, batch);
      expect(other.unnamedDays()).to.deep.equal([]);
    }
  });

  it('knows the days of symbols that the header of continuous ones does not name, for rows alone', () => {
    const stypeIn = 'continuous';
    const mappings = [mapped('ES.c.0', [20240102, 20240103, '17'])];
    const day = Number(MIDNIGHT / 86_400_000_000_000n);
    const batch = trades([17, MIDNIGHT], [17, MIDNIGHT - 1n], [18, MIDNIGHT], [17, MIDNIGHT], [17, MIDNIGHT - 2n]);
    const resolver = new SymbolResolver(DATASET, header({ stypeIn, symbols: ['ES.c.0'], mappings }));
    symbolsOf(resolver, batch);
    const named = [
      { symbol: 'INSTRUMENT_17', day: day - 1 },
      { symbol: 'INSTRUMENT_18', day },
    ];
    expect(resolver.unnamedSymbols()).to.deep.equal(named);
    // a rejected record is no row
    const fields = { indexTimestampOffset: 32, ownSymbol: null };
    resolver.resolve(trades([19, MIDNIGHT]), fields, Uint8Array.of(1), new Int32Array(1));
    resolver.symbolOf(trades([20, MIDNIGHT]), fields, 0);
    expect(resolver.unnamedSymbols()).to.deep.equal(named);
    // what a record of the stream maps, the header does not name
    resolver.observe(mappingRecord(18, 'NQ.c.0', 'NQ.c.0'));
    symbolsOf(resolver, trades([18, MIDNIGHT]));
    expect(resolver.unnamedSymbols().at(-1)).to.deep.equal({ symbol: 'NQ.c.0', day });
    for (const metadata of [null, header({ symbols: ['ES.c.0'], mappings })]) {
      const other = new SymbolResolver(DATASET, metadata);
      symbolsOf(other, batch);
      expect(other.unnamedSymbols()).to.deep.equal([]);
    }
  });

  it('lets the later interval start win, then the later mapping, and counts the rows', () => {
    const resolver = new SymbolResolver(
      DATASET,
      header({
        mappings: [
          mapped('OLD', [20240101, 20240105, '17']),
          mapped('NEW', [20240102, 20240103, '17']),
          mapped('LATER', [20240102, 20240103, '17']),
        ],
      }),
    );
    expect(symbolsOf(resolver, trades([17, MIDNIGHT - 1n], [17, MIDNIGHT]))).to.deep.equal(['OLD', 'LATER']);
    expect(resolver.ambiguous).to.equal(1);
    expect(resolver.counts.mapped).to.equal(2);
  });

  it("takes a record's own symbol when nothing is mapped", () => {
    const resolver = new SymbolResolver(DATASET, header({ mappings: [mapped('ESH4', [20240101, 20240105, '17'])] }));
    const found = symbolsOf(resolver, definitions([17, 'OTHER'], [18, 'NQH4'], [19, ''], [0, '']), DEFINITION_FIELDS);
    expect(found).to.deep.equal(['ESH4', 'NQH4', 'INSTRUMENT_19', 'UNKNOWN_SYMBOL']);
    expect(resolver.counts).to.deep.equal({ mapped: 1, record: 1, requested: 0, fallback: 1, unknown: 1 });
  });

  it('takes what a record says itself, whatever the record before it said of the same instrument', () => {
    const said = ['ES', 'ES', 'ESH4', 'ES', '', 'EX', 'ES', 'ES'.padEnd(70, '.')];
    const found = symbolsOf(
      new SymbolResolver(DATASET, null),
      definitions(...said.map((symbol) => [18, symbol] as const)),
      DEFINITION_FIELDS,
    );
    expect(found).to.deep.equal(said.map((symbol) => (symbol === '' ? 'INSTRUMENT_18' : symbol)));
  });

  it("takes a record's own symbol before the requested one", () => {
    const resolver = new SymbolResolver(DATASET, header({ symbols: ['ESH4'] }));
    const found = symbolsOf(resolver, definitions([17, 'NQH4'], [18, '']), DEFINITION_FIELDS);
    expect(found).to.deep.equal(['NQH4', 'ESH4']);
  });

  it("reads a record's own symbol that fills its field without a NUL", () => {
    const batch = definitions([17, 'X']);
    const { offset = 0, size = 0 } = DEFINITION_FIELDS.ownSymbol ?? {};
    batch.bytes.fill(0x59, (batch.offsets[0] as number) + offset, (batch.offsets[0] as number) + offset + size);
    expect(symbolsOf(new SymbolResolver(DATASET, null), batch, DEFINITION_FIELDS)).to.deep.equal(['Y'.repeat(71)]);
  });

  for (const stypeIn of ['raw_symbol', 'continuous']) {
    it(`takes the only requested symbol of ${stypeIn} when the metadata maps nothing`, () => {
      const resolver = new SymbolResolver(DATASET, header({ stypeIn, symbols: ['ES.c.0'] }));
      expect(symbolsOf(resolver, trades([17, MIDNIGHT], [0, MIDNIGHT]))).to.deep.equal(['ES.c.0', 'ES.c.0']);
      expect(resolver.counts.requested).to.equal(2);
    });
  }

  for (const [name, more] of [
    ['ALL_SYMBOLS was requested', { symbols: ['ALL_SYMBOLS'] }],
    ['a parent was requested', { stypeIn: 'parent', symbols: ['ES.FUT'] }],
    ['an instrument id was requested', { stypeIn: 'instrument_id', symbols: ['17'] }],
    ['the input symbology is not known', { stypeIn: null, symbols: ['ESH4'] }],
    ['nothing was requested', { symbols: [] }],
    ['an empty symbol was requested', { symbols: [''] }],
    [
      'the metadata maps another instrument',
      { symbols: ['ESH4'], mappings: [mapped('ESH4', [20240101, 20240105, '18'])] },
    ],
    [
      'the metadata maps between other symbologies',
      { symbols: ['ESH4'], stypeOut: 'isin', mappings: [mapped('ESH4', [20240101, 20240105, 'XYZ'])] },
    ],
  ] as const satisfies [string, Partial<Metadata>][]) {
    it(`falls back on the instrument id when ${name}`, () => {
      const resolver = new SymbolResolver(DATASET, header(more));
      expect(symbolsOf(resolver, trades([17, MIDNIGHT]))).to.deep.equal(['INSTRUMENT_17']);
      expect(resolver.counts).to.deep.equal({ ...noSymbols(), fallback: 1 });
    });
  }

  it('refuses a requested symbol that no row could hold', () => {
    expect(() => new SymbolResolver(DATASET, header({ symbols: ['ES\0H4'] })))
      .to.throw('a symbol that has a NUL inside')
      .with.property('code', 'METADATA_INVALID');
  });

  it('falls back on UNKNOWN_SYMBOL when there is no instrument id', () => {
    const resolver = new SymbolResolver(DATASET, null);
    expect(symbolsOf(resolver, trades([0, MIDNIGHT], [4_294_967_295, MIDNIGHT]))).to.deep.equal([
      'UNKNOWN_SYMBOL',
      'INSTRUMENT_4294967295',
    ]);
    expect(resolver.counts).to.deep.equal({ ...noSymbols(), unknown: 1, fallback: 1 });
  });

  it('tells what is mapped to a record from what is not', () => {
    const resolver = new SymbolResolver(DATASET, header({ mappings: [mapped('ESH4', [20240101, 20240105, '17'])] }));
    const batch = trades([17, MIDNIGHT], [18, MIDNIGHT]);
    expect([0, 1].map((index) => resolver.mappedSymbolOf(batch, TRADE_FIELDS, index))).to.deep.equal(['ESH4', null]);
    expect(resolver.counts).to.deep.equal(noSymbols());
  });

  it('counts and resolves accepted records only', () => {
    const resolver = new SymbolResolver(DATASET, null);
    const into = new Int32Array(2).fill(-1);
    resolver.resolve(trades([17, MIDNIGHT], [18, MIDNIGHT]), TRADE_FIELDS, Uint8Array.of(1, 0), into);
    expect(into[0]).to.equal(-1);
    expect(resolver.cells.textOf(into[1] as number)).to.equal('INSTRUMENT_18');
    expect(resolver.counts.fallback).to.equal(1);
  });

  it('forgets fallback symbols rather than hold on to endless ones', () => {
    const resolver = new SymbolResolver(DATASET, null);
    const batch = trades(...Array.from({ length: 1000 }, (): [number, bigint] => [0, MIDNIGHT]));
    const verdicts = new Uint8Array(batch.count);
    for (let id = 1; id < 500_000;) {
      for (let index = 0; index < batch.count; index++) {
        batch.view.setUint32((batch.offsets[index] as number) + 4, id++, true);
      }
      resolver.resolve(batch, TRADE_FIELDS, verdicts, new Int32Array(batch.count));
      expect(resolver.cells.size).to.be.below(9 << 20);
    }
    expect(symbolsOf(resolver, trades([3, MIDNIGHT]))).to.deep.equal(['INSTRUMENT_3']);
  });

  describe('with symbol-mapping records', () => {
    it('maps what comes behind them, not what came before', () => {
      const resolver = new SymbolResolver(DATASET, null);
      expect(symbolsOf(resolver, trades([17, MIDNIGHT]))).to.deep.equal(['INSTRUMENT_17']);
      resolver.observe(mappingRecord(17, 'ES.c.0', 'ESH4'));
      expect(symbolsOf(resolver, trades([17, MIDNIGHT]))).to.deep.equal(['ESH4']);
      resolver.observe(mappingRecord(17, 'ES.c.0', 'ESM4'));
      expect(symbolsOf(resolver, trades([17, MIDNIGHT]))).to.deep.equal(['ESM4']);
      expect(resolver.ambiguous).to.equal(0);
    });

    it('takes the input symbol when the output symbol is all digits, or empty', () => {
      const resolver = new SymbolResolver(DATASET, null);
      resolver.observe(mappingRecord(17, 'ESH4', '17'));
      resolver.observe(mappingRecord(18, 'NQH4', ''));
      expect(symbolsOf(resolver, trades([17, MIDNIGHT], [18, MIDNIGHT]))).to.deep.equal(['ESH4', 'NQH4']);
    });

    it('reads those of version 1, which have no symbologies', () => {
      const resolver = new SymbolResolver(DATASET, header({ stypeIn: 'continuous' }));
      resolver.observe(mappingRecord(17, 'ES.c.0', '17', UNDEF_TIMESTAMP, UNDEF_TIMESTAMP, 1));
      expect(symbolsOf(resolver, trades([17, MIDNIGHT]))).to.deep.equal(['ES.c.0']);
      expect(resolver.intervals()[0]).to.include({ stypeIn: 'continuous', symbol: 'ES.c.0' });
    });

    it('holds to the days between start and end, the last one only when it is begun', () => {
      const hour = 3_600_000_000_000n;
      const resolver = new SymbolResolver(DATASET, null);
      resolver.observe(mappingRecord(17, 'A', 'A', MIDNIGHT - hour, MIDNIGHT));
      resolver.observe(mappingRecord(18, 'B', 'B', MIDNIGHT, MIDNIGHT + hour));
      const found = symbolsOf(resolver, trades([17, MIDNIGHT - 1n], [17, MIDNIGHT], [18, MIDNIGHT + 2n * hour]));
      expect(found).to.deep.equal(['A', 'INSTRUMENT_17', 'B']);
    });

    it('takes an end of 0 as none, and an empty interval as nothing', () => {
      const resolver = new SymbolResolver(DATASET, null);
      resolver.observe(mappingRecord(17, 'A', 'A', 0n, 0n));
      resolver.observe(mappingRecord(18, 'B', 'B', MIDNIGHT, MIDNIGHT));
      resolver.observe(mappingRecord(19, '', ''));
      expect(symbolsOf(resolver, trades([17, MIDNIGHT], [18, MIDNIGHT], [19, MIDNIGHT]))).to.deep.equal([
        'A',
        'INSTRUMENT_18',
        'INSTRUMENT_19',
      ]);
    });

    it('leaves other records alone', () => {
      const resolver = new SymbolResolver(DATASET, null);
      resolver.observe(trades([17, MIDNIGHT]));
      resolver.observe({ ...trades([17, MIDNIGHT]), layout: undefined });
      expect(resolver.intervals()).to.deep.equal([]);
    });
  });

  describe('intervals', () => {
    it('are those of the metadata, touching and overlapping ones merged', () => {
      const resolver = new SymbolResolver(
        DATASET,
        header({
          stypeIn: 'continuous',
          mappings: [
            mapped('NQ.c.0', [20240101, 20240103, '18']),
            mapped('ES.c.0', [20240103, 20240105, '17'], [20240101, 20240104, '17'], [20240105, 20240108, '19']),
          ],
        }),
      );
      const row = { dataset: DATASET, stypeIn: 'continuous' };
      expect(resolver.intervals()).to.deep.equal([
        { ...row, symbol: 'ES.c.0', instrumentId: 17, startDate: '2024-01-01', endDate: '2024-01-05' },
        { ...row, symbol: 'ES.c.0', instrumentId: 19, startDate: '2024-01-05', endDate: '2024-01-08' },
        { ...row, symbol: 'NQ.c.0', instrumentId: 18, startDate: '2024-01-01', endDate: '2024-01-03' },
      ]);
    });

    it('of mapping records name both symbols, are unbounded where those are, and come once', () => {
      const resolver = new SymbolResolver(DATASET, null);
      resolver.observe(mappingRecord(17, 'ES.c.0', 'ESH4'));
      resolver.observe(mappingRecord(17, 'ES.c.0', 'ESH4'));
      const row = { dataset: DATASET, instrumentId: 17, startDate: '-infinity', endDate: 'infinity' };
      expect(resolver.intervals()).to.deep.equal([
        { ...row, stypeIn: 'instrument_id', symbol: 'ESH4' },
        { ...row, stypeIn: 'raw_symbol', symbol: 'ES.c.0' },
      ]);
    });

    it('say that the symbology is unknown when nobody names it', () => {
      const resolver = new SymbolResolver(DATASET, null);
      resolver.observe(mappingRecord(17, 'ESH4', '17', UNDEF_TIMESTAMP, UNDEF_TIMESTAMP, 1));
      expect(resolver.intervals()[0]).to.include({ stypeIn: 'unknown' });
    });
  });
});
