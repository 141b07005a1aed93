import { expect } from 'chai';
import { describeRecord } from '../../../../src/core/compile/describe-record.js';
import { createRowTransform } from '../../../../src/core/compile/create-row-transform.js';
import { encodeRecord, newMetadata, UNDEF_TIMESTAMP } from '../../../../src/core/dbn/index.js';
import type { RecordBatch } from '../../../../src/core/dbn/record-batch.js';
import { SymbolResolver } from '../../../../src/core/symbology/symbol-resolver.js';
import {
  ValidateBy,
  defineRecord,
  IsOptional,
  Max,
  reject,
  Transform,
  type MapperContext,
  type PlainRecord,
  type RowMapper,
} from '../../../../src/plugin.js';
import { readTuples } from '../../../../src/testing/index.js';
import { DATASET, probe, recordsOf, schemaOf, TIME, transformOf } from './fixtures.js';

const TRADE = {
  instrument_id: 17,
  publisher_id: 1,
  ts_event: TIME,
  ts_recv: TIME + 1n,
  price: 3_720_250_000_000n,
  size: 2,
  action: 'T',
  side: 'A',
};

const FIELDS: PlainRecord['fields'] = {
  count: { type: 'uint8', checks: [Max(9)] },
  note: { type: 'text', size: 8 },
  total: { type: 'uint64' },
};
const Note = defineRecord({ name: 'Note', indexTimestamp: 'ts_event', symbol: 'note', fields: FIELDS });

function mapped(map: RowMapper['map']) {
  return probe(Note, { map });
}

describe('row transform', () => {
  it('turns a trade into the row that the design describes', () => {
    const schema = schemaOf('trades');
    const { tuples, rows, rejections } = transformOf(schema).transform(recordsOf(schema, [TRADE]));
    expect({ rows, rejections }).to.deep.equal({ rows: 1, rejections: [] });
    expect(readTuples(tuples, schema.table.columns)).to.deep.equal([
      {
        publisher_id: 1n,
        instrument_id: 17n,
        ts_event: 1_609_160_400_098_821n,
        ts_event_ns: 953n,
        price: '3720.25',
        size: 2n,
        action: 'T',
        side: 'A',
        flags: 0n,
        depth: 0n,
        ts_recv: 1_609_160_400_098_821n,
        ts_recv_ns: 954n,
        ts_in_delta: 0n,
        sequence: 0n,
        symbol: 'INSTRUMENT_17',
        dataset: DATASET,
        chunk_id: 7n,
        ordinal: 0n,
      },
    ]);
  });

  it('gives rows the symbol of the chunk', () => {
    const schema = schemaOf('trades');
    const symbols = new SymbolResolver(DATASET, newMetadata({ dataset: DATASET, schema: 'trades', symbols: ['ESH1'] }));
    const transform = createRowTransform({ schema, version: 3, dataset: DATASET, chunkId: 1, symbols });
    const [row] = readTuples(transform.transform(recordsOf(schema, [TRADE])).tuples, schema.table.columns);
    expect(row?.symbol).to.equal('ESH1');
    expect(symbols.counts.requested).to.equal(1);
    expect(transform.table.name).to.equal('trades');
  });

  it('keeps the ordinals of accepted records when others are rejected between them', () => {
    const schema = schemaOf('trades');
    const batch = recordsOf(schema, [TRADE, { ...TRADE, ts_recv: UNDEF_TIMESTAMP }, TRADE]);
    const { tuples, rejections } = transformOf(schema).transform({
      ...batch,
      firstOrdinal: 2 ** 40,
      ordinals: Uint32Array.of(0, 5, 9),
    });
    expect(readTuples(tuples, schema.table.columns).map(({ ordinal }) => ordinal)).to.deep.equal([
      2n ** 40n,
      2n ** 40n + 9n,
    ]);
    expect(rejections.map(({ ordinal }) => ordinal)).to.deep.equal([2 ** 40 + 5]);
  });

  it('rejects with reasons, a copy of the bytes, instrument and index timestamp', () => {
    const schema = schemaOf('ohlcv-1s');
    const values = { instrument_id: 17, ts_event: TIME, open: 5n, high: 4n, low: 3n, close: 2n, volume: 2n ** 63n };
    const batch = recordsOf(schema, [values]);
    const bytes = batch.bytes.slice(batch.offsets[0]);
    const [rejection] = transformOf(schema).transform(batch).rejections;
    batch.bytes.fill(0);
    expect(rejection).to.deep.equal({
      ordinal: 0,
      schema: 'ohlcv-1s',
      plugin: 'ohlcv',
      pluginVersion: '1.0.0',
      bytes,
      instrumentId: 17,
      indexTimestamp: TIME,
      reasons: [
        {
          code: 'high-below-open',
          field: 'high',
          message: 'high must not be below open "0.000000005", found "0.000000004"',
        },
        {
          code: 'close-below-low',
          field: 'close',
          message: 'close must not be below low "0.000000003", found "0.000000002"',
        },
        {
          code: 'beyond-bigint',
          field: 'volume',
          message: 'volume must be an integer from 0 to 9223372036854775807, found "9223372036854775808"',
        },
      ],
    });
  });

  it('rejects text that is not UTF-8, and shows its bytes', () => {
    const schema = schemaOf('definition');
    const batch = recordsOf(schema, [{ ts_recv: TIME, currency: 'USD' }]);
    batch.bytes[(batch.offsets[0] as number) + 225] = 0xff;
    const [rejection] = transformOf(schema).transform(batch).rejections;
    expect(rejection?.reasons).to.deep.equal([
      { code: 'not-utf8', field: 'currency', message: 'currency must be UTF-8, found "U\\xffD"' },
    ]);
  });

  it('rejects a record that is shorter than a layout of its own', () => {
    const schema = probe(Note);
    const batch = recordsOf(schema, [{ ts_event: TIME, note: 'A' }]);
    batch.bytes[batch.offsets[0] as number] = 5;
    const [rejection] = transformOf(schema).transform(batch).rejections;
    expect(rejection?.reasons).to.deep.equal([
      { code: 'record-too-short', field: null, message: 'the record has 20 bytes; its layout takes 40' },
    ]);
    expect(rejection).to.deep.include({ instrumentId: 0, indexTimestamp: TIME });
    batch.bytes[batch.offsets[0] as number] = 4;
    expect(transformOf(schema).transform(batch).rejections[0]?.bytes).to.have.length(16);
  });

  it('asks for the ts_out trailer where records have one', () => {
    const schema = probe(Note);
    const batch: RecordBatch = { ...recordsOf(schema, [{ ts_event: TIME }]), tsOut: true };
    expect(transformOf(schema).transform(batch).rejections[0]?.reasons[0]?.message).to.include('its layout takes 48');
  });

  it('puts a batch of any size into memory that it uses again', () => {
    const schema = schemaOf('trades');
    const transform = transformOf(schema);
    const few = recordsOf(schema, [TRADE]);
    const first = transform.transform(few).tuples.slice();
    const many = transform.transform(
      recordsOf(
        schema,
        Array.from({ length: 3000 }, () => TRADE),
      ),
    );
    expect(many.tuples.length).to.equal(3000 * first.length);
    expect(transform.transform(few).tuples).to.deep.equal(first);
    expect(transform.transform(recordsOf(schema, [])).tuples).to.have.length(0);
  });

  it('lets validators it cannot compile judge every record', () => {
    const Odd = defineRecord({
      name: 'Odd',
      indexTimestamp: 'ts_event',
      fields: { note: { type: 'text', size: 8, checks: [Max(9, { context: { code: 'not-a-number' } })] } },
    });
    const schema = probe(Odd);
    const { rows, rejections } = transformOf(schema).transform(recordsOf(schema, [{ ts_event: TIME, note: 'x' }]));
    expect(rows).to.equal(0);
    expect(rejections[0]?.reasons[0]).to.include({ code: 'not-a-number', field: 'note' });
  });

  it("names a standard validator's rejection after the validator", () => {
    const schema = probe(Note);
    const [rejection] = transformOf(schema).transform(recordsOf(schema, [{ ts_event: TIME, count: 10 }])).rejections;
    expect(rejection?.reasons).to.deep.equal([
      { code: 'max', field: 'count', message: 'count must not be greater than 9' },
    ]);
  });

  it('refuses a DBN version that does not have the records', () => {
    const schema = schemaOf('trades');
    const bindings = new Map([...schema.model.bindings].filter(([version]) => version === 3));
    const only3 = { ...schema, model: { ...schema.model, bindings } };
    expect(() => transformOf(only3, 1))
      .to.throw('model "Trade" has no layout in DBN version 1; it has one in 3')
      .with.property('code', 'DECODE_FAILED');
  });

  for (const [name, mapper] of [
    ['compiled', undefined],
    ['of a mapper', { map: (record: object) => record }],
  ] as const) {
    it(`keeps a record aside whose check throws, ${name}`, () => {
      const accepts = ValidateBy({
        name: 'picky',
        validator: {
          validate: (value) => {
            if (value === 3) throw new Error('no threes');
            return true;
          },
        },
      });
      const model = defineRecord({
        name: 'Picky',
        indexTimestamp: 'ts_event',
        fields: { count: { type: 'uint32', checks: [accepts] } },
      });
      const schema = probe(model, mapper);
      const values = [2, 3, 4].map((count) => ({ ts_event: TIME, count }));
      const { rows, rejections } = transformOf(schema).transform(recordsOf(schema, values));
      expect(rows).to.equal(2);
      expect(rejections.map(({ reasons }) => reasons)).to.deep.equal([
        [{ code: 'check-failed', field: null, message: 'a check failed: no threes' }],
      ]);
    });
  }

  describe('with a mapper', () => {
    it('makes the rows that the mapper gives', () => {
      const schema = mapped((record) => ({ ...record, count: 3, total: 5 }));
      const { tuples } = transformOf(schema).transform(recordsOf(schema, [{ ts_event: TIME, note: 'A', count: 99 }]));
      expect(readTuples(tuples, schema.table.columns)[0]).to.include({ count: 3n, total: 5n, note: 'A', symbol: 'A' });
    });

    it('tells it where the record stands and what its symbol is', () => {
      const seen: object[] = [];
      const schema = mapped((record, { symbolOf, ...context }: MapperContext) => {
        seen.push({ ...context, symbol: symbolOf() });
        return record;
      });
      const batch = recordsOf(schema, [
        { ts_event: TIME, note: 'A' },
        { ts_event: TIME, instrument_id: 5 },
      ]);
      transformOf(schema).transform({ ...batch, firstOrdinal: 10 });
      const context = { dataset: DATASET, schema: 'probe', version: 3 };
      expect(seen).to.deep.equal([
        { ...context, ordinal: 10, symbol: 'A' },
        { ...context, ordinal: 11, symbol: 'INSTRUMENT_5' },
      ]);
    });

    for (const [name, map, reason] of [
      [
        'that rejects',
        () => reject({ code: 'odd', field: 'note', message: 'note is odd' }),
        { code: 'odd', field: 'note', message: 'note is odd' },
      ],
      [
        'that throws',
        () => {
          throw new Error('no idea');
        },
        { code: 'mapper-failed', field: null, message: 'the mapper of "probe" failed: no idea' },
      ],
      [
        'that throws with a password',
        () => {
          throw new Error('no answer from https://me:Hunter2@h/x');
        },
        {
          code: 'mapper-failed',
          field: null,
          message: 'the mapper of "probe" failed: no answer from https://me:***@h/x',
        },
      ],
      [
        'that gives a promise',
        async (record: object) => record,
        {
          code: 'mapper-failed',
          field: null,
          message: 'the mapper of "probe" failed: it gave a promise, and a row is needed at once',
        },
      ],
      [
        'that throws something else',
        () => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- plugins do such things
          throw 'no idea';
        },
        { code: 'mapper-failed', field: null, message: 'the mapper of "probe" failed: no idea' },
      ],
      [
        'that gives nothing',
        () => undefined as unknown as object,
        { code: 'mapper-failed', field: null, message: 'the mapper of "probe" failed: it gave no object' },
      ],
      [
        'that leaves a field out',
        (record: object) => ({ ...record, total: undefined }),
        { code: 'value-missing', field: 'total', message: 'total is undefined; a row needs it' },
      ],
      [
        'that gives a value that does not fit',
        (record: object) => ({ ...record, total: -1n }),
        {
          code: 'value-out-of-range',
          field: 'total',
          message: 'total must be an integer from 0 to 9223372036854775807, found "-1"',
        },
      ],
      [
        'that gives text that is too long',
        (record: object) => ({ ...record, note: '123456789' }),
        {
          code: 'text-too-long',
          field: 'note',
          message: 'note must be text of up to 8 bytes of UTF-8, found "123456789"',
        },
      ],
    ] as const) {
      it(`rejects the records of one ${name}`, () => {
        const schema = mapped(map);
        const { rows, rejections, tuples } = transformOf(schema).transform(recordsOf(schema, [{ ts_event: TIME }]));
        expect({ rows, bytes: tuples.length }).to.deep.equal({ rows: 0, bytes: 0 });
        expect(rejections[0]?.reasons).to.deep.equal([reason]);
      });
    }

    it('is not asked about records that can be no row', () => {
      const schema = mapped(() => {
        throw new Error('asked');
      });
      const batch = recordsOf(schema, [{ ts_event: UNDEF_TIMESTAMP }, { ts_event: TIME }]);
      batch.bytes[batch.offsets[1] as number] = 4;
      const codes = transformOf(schema)
        .transform(batch)
        .rejections.map(({ reasons }) => reasons[0]?.code);
      expect(codes).to.deep.equal(['timestamp-undefined', 'record-too-short']);
    });

    it('has its rows checked where a validator looks away', () => {
      const Lax = defineRecord({
        name: 'Lax',
        indexTimestamp: 'ts_event',
        fields: { total: { type: 'uint64', checks: [IsOptional()] } },
      });
      const schema = probe(Lax, { map: (record) => ({ ...record, total: null }) });
      const [rejection] = transformOf(schema).transform(recordsOf(schema, [{ ts_event: TIME }])).rejections;
      expect(rejection?.reasons).to.deep.equal([
        {
          code: 'value-missing',
          field: 'total',
          message: 'total must be a value that its column holds, found nothing',
        },
      ]);
    });

    it('goes through the class-transformer decorators of the model', () => {
      const Own = defineRecord({
        name: 'Own',
        indexTimestamp: 'ts_event',
        fields: { total: { type: 'uint64', checks: [Transform(({ value }) => BigInt(value as string))] } },
      });
      const schema = probe(Own, { map: (record) => ({ ...record, total: '12345678901234567890'.slice(0, 18) }) });
      const { tuples } = transformOf(schema).transform(recordsOf(schema, [{ ts_event: TIME }]));
      expect(readTuples(tuples, schema.table.columns)[0]?.total).to.equal(123_456_789_012_345_678n);
    });
  });
});

describe('describeRecord', () => {
  it('shows a record field by field, undefined ones as null', () => {
    const { model } = schemaOf('statistics');
    const layout = model.bindings.get(1)?.layout;
    if (layout === undefined) throw new Error('no layout');
    const values = {
      instrument_id: 17,
      ts_event: UNDEF_TIMESTAMP,
      ts_recv: TIME,
      price: -2_500_000_000n,
      stat_type: 3,
    };
    expect(describeRecord(model, 1, encodeRecord(layout, values, { tsOut: TIME }), true)).to.deep.equal({
      rtype: '24',
      publisher_id: '0',
      instrument_id: '17',
      ts_event: null,
      ts_recv: '2020-12-28T13:00:00.098821953Z',
      ts_ref: null,
      price: '-2.5',
      quantity: null,
      sequence: '0',
      ts_in_delta: '0',
      stat_type: '3',
      channel_id: null,
      update_action: '1',
      stat_flags: '0',
      ts_out: '2020-12-28T13:00:00.098821953Z',
    });
  });

  it('leaves out what the version of the record lacks', () => {
    const { model } = schemaOf('definition');
    const layout = model.bindings.get(3)?.layout;
    if (layout === undefined) throw new Error('no layout');
    const described = describeRecord(model, 3, encodeRecord(layout, { raw_symbol: 'ESH1' }), false);
    expect(described).to.include({ raw_symbol: 'ESH1', leg_side: 'N', strike_price: null });
    expect(described).to.not.have.property('trading_reference_price');
  });

  it('says how long a record is that is too short to be decoded', () => {
    const { model } = schemaOf('trades');
    expect(describeRecord(model, 3, Uint8Array.of(4, 0, 1, 0), false)).to.deep.equal({ length: '16', rtype: '0' });
    expect(describeRecord(model, 3, new Uint8Array(0), false)).to.deep.equal({ length: '0', rtype: null });
  });
});
