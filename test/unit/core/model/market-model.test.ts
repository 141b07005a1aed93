import { expect } from 'chai';
import {
  Char,
  defineRecord,
  Int16,
  Int32,
  Int64,
  Int8,
  IsNotBelow,
  IsVenuePrice,
  MarketRecord,
  modelOf,
  Nanos,
  Price,
  Record,
  Text,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  type PlainField,
  type PlainRecord,
} from '../../../../src/plugin.js';
import { definition, tbbo, trades } from '../../../../plugins/index.js';

const BAR: PlainRecord['fields'] = {
  open: { type: 'price' },
  high: { type: 'price' },
  low: { type: 'price' },
  close: { type: 'price' },
  volume: { type: 'uint64' },
};

@Record({ indexTimestamp: 'ts_seen' })
class Everything extends MarketRecord {
  @Nanos({ description: 'Seen.' }) ts_seen!: bigint;
  @Price() price!: bigint | null;
  @Uint8() a!: number;
  @Int8() b!: number;
  @Uint16() c!: number;
  @Int16({ undef: -1n }) d!: number | null;
  @Uint32() e!: number;
  @Int32() f!: number;
  @Uint64() g!: bigint;
  @Uint64({ column: 'numeric' }) h!: bigint;
  @Int64() i!: bigint;
  @Char() j!: string | null;
  @Text(9) k!: string;
}

const columnsOf = (model: Parameters<typeof modelOf>[0]): string[] =>
  modelOf(model).fields.flatMap(({ columns }) =>
    columns.map(({ name, type, nullable }) => `${name} ${type}${nullable ? '' : ' not null'}`),
  );

describe('market model', () => {
  it('gives every wire type its column', () => {
    expect(columnsOf(Everything)).to.deep.equal([
      'publisher_id integer not null',
      'instrument_id bigint not null',
      'ts_event timestamptz',
      'ts_event_ns smallint',
      'ts_seen timestamptz not null',
      'ts_seen_ns smallint not null',
      'price numeric',
      'a smallint not null',
      'b smallint not null',
      'c integer not null',
      'd smallint',
      'e bigint not null',
      'f integer not null',
      'g bigint not null',
      'h numeric not null',
      'i bigint not null',
      'j "char"',
      'k text not null',
    ]);
  });

  it('lays a model of its own out in declaration order, padded to eight bytes', () => {
    const layout = modelOf(Everything).bindings.get(1)?.layout;
    expect(layout?.fields.map(({ name, offset }) => `${name} ${offset}`)).to.deep.equal([
      'length 0',
      'rtype 1',
      'publisher_id 2',
      'instrument_id 4',
      'ts_event 8',
      'ts_seen 16',
      'price 24',
      'a 32',
      'b 33',
      'c 34',
      'd 36',
      'e 38',
      'f 42',
      'g 46',
      'h 54',
      'i 62',
      'j 70',
      'k 71',
    ]);
    expect(layout).to.include({ size: 80, name: 'Everything' });
    expect(layout?.textOrder.slice(0, 5)).to.deep.equal([
      'ts_event',
      'rtype',
      'publisher_id',
      'instrument_id',
      'ts_seen',
    ]);
  });

  it('sorts a model of its own by ts_recv when it says so', () => {
    const model = modelOf(
      defineRecord({
        name: 'Own',
        indexTimestamp: 'ts_recv',
        fields: { a: { type: 'uint8' }, ts_recv: { type: 'nanos' } },
      }),
    );
    const layout = model.bindings.get(3)?.layout;
    expect(layout?.indexTimestamp).to.equal('ts_recv');
    expect(layout?.fields.at(-1)).to.include({ name: '_reserved', type: 'bytes', size: 7 });
    expect(layout?.textOrder).to.deep.equal(['ts_recv', 'ts_event', 'rtype', 'publisher_id', 'instrument_id', 'a']);
  });

  it('puts columns in struct order whatever the order of the declaration', () => {
    const { volume, ...prices } = BAR;
    const fields = { volume: volume as PlainField, ...prices };
    expect(columnsOf(defineRecord({ name: 'Shuffled', dbn: 'ohlcv', fields }))).to.deep.equal(
      columnsOf(defineRecord({ name: 'Bar', dbn: 'ohlcv', fields: BAR })),
    );
  });

  it('puts fields that the newest version lacks behind all others', () => {
    const names = modelOf(definition.model).fields.map(({ name }) => name);
    expect(names.slice(-5)).to.deep.equal([
      'leg_side',
      'trading_reference_price',
      'trading_reference_date',
      'md_security_trading_status',
      'settl_price_type',
    ]);
    expect(names.slice(0, 5)).to.deep.equal([
      'publisher_id',
      'instrument_id',
      'ts_event',
      'ts_recv',
      'min_price_increment',
    ]);
  });

  it('says which columns only some versions have on the wire', () => {
    const versions = modelOf(definition.model).fields.flatMap(({ columns }) =>
      columns.filter((column) => column.versions !== undefined).map(({ name }) => name),
    );
    const legs = versions.filter((name) => name.startsWith('leg_'));
    expect(legs).to.have.length(13);
    expect(versions.filter((name) => !legs.includes(name))).to.have.members([
      'trading_reference_price',
      'trading_reference_date',
      'md_security_trading_status',
      'settl_price_type',
    ]);
  });

  it('reads a field under another name on the wire', () => {
    const bound = modelOf(tbbo.model)
      .bindings.get(3)
      ?.fields.find(({ field }) => field.name === 'bid_px');
    expect(bound?.wire).to.include({ name: 'bid_px_00', offset: 48 });
  });

  it('builds from a plain object the class that decorators build', () => {
    const plain = defineRecord({
      name: 'Trade',
      dbn: 'trade',
      fields: {
        price: { type: 'price', checks: [IsVenuePrice()] },
        size: { type: 'uint32' },
        action: { type: 'char' },
        side: { type: 'char' },
        flags: { type: 'uint8' },
        depth: { type: 'uint8' },
        ts_recv: { type: 'nanos' },
        ts_in_delta: { type: 'int32' },
        sequence: { type: 'uint32' },
      },
    });
    expect(plain.name).to.equal('Trade');
    expect(columnsOf(plain)).to.deep.equal(columnsOf(trades.model));
  });

  it('lets a class extend a model and declare a field anew', () => {
    class Base extends MarketRecord {
      @Price() price!: bigint | null;
      @Uint8() depth!: number;
    }
    @Record({ indexTimestamp: 'ts_event' })
    class Child extends Base {
      @Uint16() override depth!: number;
    }
    expect(columnsOf(Child)).to.include('depth integer not null').and.to.have.length(6);
  });

  describe('refuses', () => {
    const refusals: readonly [name: string, message: string, declare: () => unknown][] = [
      [
        'a type that the layout does not have',
        'model "Bad" declares "volume" as u32, but "volume" of layout "ohlcv" in DBN version 1 is u64',
        () => defineRecord({ name: 'Bad', dbn: 'ohlcv', fields: { ...BAR, volume: { type: 'uint32' } } }),
      ],
      [
        'a signed integer for an unsigned one',
        'declares "volume" as i64, but "volume" of layout "ohlcv" in DBN version 1 is u64',
        () => defineRecord({ name: 'Bad', dbn: 'ohlcv', fields: { ...BAR, volume: { type: 'int64' } } }),
      ],
      [
        'a price for a plain integer',
        'declares "volume" as price',
        () => defineRecord({ name: 'Bad', dbn: 'ohlcv', fields: { ...BAR, volume: { type: 'price' } } }),
      ],
      [
        'a field that no version has',
        'declares "vwap" for DBN version 1, 2, 3, but the layout has it in no DBN version',
        () => defineRecord({ name: 'Bad', dbn: 'ohlcv', fields: { ...BAR, vwap: { type: 'price' } } }),
      ],
      [
        'versions that are not those of the layout',
        'declares "volume" for DBN version 3, but the layout has it in DBN version 1, 2, 3',
        () =>
          defineRecord({ name: 'Bad', dbn: 'ohlcv', fields: { ...BAR, volume: { type: 'uint64', versions: [3] } } }),
      ],
      [
        'a field left out',
        'leaves out "volume" (u64) of layout "ohlcv", DBN version 1',
        () =>
          defineRecord({
            name: 'Bad',
            dbn: 'ohlcv',
            fields: {
              open: { type: 'price' },
              high: { type: 'price' },
              low: { type: 'price' },
              close: { type: 'price' },
            },
          }),
      ],
      [
        'a layout that is neither of DBN nor of its own',
        'says neither which layout of DBN it has nor which field of its own layout',
        () => defineRecord({ name: 'Bad', fields: {} } as never),
      ],
      [
        'a plain object without a name',
        'a model has no name',
        () => defineRecord({ indexTimestamp: 'ts_event', fields: {} } as never),
      ],
      [
        'a plain object without fields',
        'model "Bad" has no fields',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_event' } as never),
      ],
      ...[[undefined], [IsVenuePrice], IsVenuePrice()].map((checks): [string, string, () => unknown] => [
        `checks that are ${typeof checks === 'function' ? 'no list' : checks[0] === undefined ? 'none' : 'not called'}`,
        'model "Bad" has checks of "a" that are no list of decorators',
        () =>
          defineRecord({
            name: 'Bad',
            indexTimestamp: 'ts_event',
            fields: { a: { type: 'price', checks: checks as never } },
          }),
      ]),
      [
        'an unknown layout',
        'names the unknown layout "ticks"; known: bbo, cbbo, cmbp-1, definition',
        () => defineRecord({ name: 'Bad', dbn: 'ticks', fields: {} }),
      ],
      [
        'records that steer the stream',
        'names the unknown layout "symbol-mapping"',
        () => defineRecord({ name: 'Bad', dbn: 'symbol-mapping', fields: {} }),
      ],
      [
        'an index timestamp that is not there',
        'needs a timestamp "ts_recv" as index timestamp, found no such field',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_recv', fields: {} }),
      ],
      [
        'an index timestamp that is no timestamp',
        'needs a timestamp "a" as index timestamp, found a field of type u8',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'a', fields: { a: { type: 'uint8' } } }),
      ],
      [
        'a name that is no column name',
        'has a field "Bid Px" that cannot name a column',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_event', fields: { 'Bid Px': { type: 'price' } } }),
      ],
      [
        'a name that every row has',
        'has a field "symbol", a name that every row has for itself',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_event', fields: { symbol: { type: 'char' } } }),
      ],
      [
        "a name that is another field's column",
        'has a field "ts_event_ns", the column of the nanoseconds of "ts_event"',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_event', fields: { ts_event_ns: { type: 'int16' } } }),
      ],
      [
        'a wire field that is read twice',
        'reads "a" twice, as "b" and as "a"',
        () =>
          defineRecord({
            name: 'Bad',
            indexTimestamp: 'ts_event',
            fields: { b: { type: 'uint8', wire: 'a' }, a: { type: 'uint8' } },
          }),
      ],
      [
        'a numeric column for a small integer',
        'wants a numeric column for "a" of type u8',
        () =>
          defineRecord({
            name: 'Bad',
            indexTimestamp: 'ts_event',
            fields: { a: { type: 'uint8', column: 'numeric' } },
          }),
      ],
      [
        'a symbol that is no text',
        'takes its symbol from "a", which must be a text field, found type u8',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_event', symbol: 'a', fields: { a: { type: 'uint8' } } }),
      ],
      [
        'more bytes than a record can have',
        'takes 1024 bytes; a record has room for 1012',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_event', fields: { a: { type: 'text', size: 1008 } } }),
      ],
      [
        'a text without its size',
        'model "Bad" declares the text "a" without its size',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_event', fields: { a: { type: 'text' } } }),
      ],
      [
        'an unknown type of a plain field',
        'declares "a" with the unknown type "float"; known: price, nanos',
        () => defineRecord({ name: 'Bad', indexTimestamp: 'ts_event', fields: { a: { type: 'float' as 'price' } } }),
      ],
      ['a class that is no record', 'model "Plain" is not declared as a record', () => modelOf(class Plain {})],
      [
        'a text shorter than the layout has it',
        'declares "raw_symbol" as cstr[22], but "raw_symbol" of layout "definition" in DBN version 2 is cstr[71]',
        () => {
          @Record({ dbn: 'definition', symbol: 'raw_symbol' })
          class Bad extends (definition.model as new () => MarketRecord) {
            @Text(22) raw_symbol!: string;
          }
          return Bad;
        },
      ],
    ];
    for (const [name, message, declare] of refusals) {
      it(name, () => {
        expect(declare).to.throw(message).with.property('code', 'MODEL_INVALID');
      });
    }

    it('decorators that were called the standard way, and says which option to set', () => {
      const property = Price() as unknown as (value: undefined, context: object) => void;
      expect(() => property(undefined, { kind: 'field', name: 'price' }))
        .to.throw('@Price() on "price" was called as a standard (stage 3) decorator')
        .with.property('hint')
        .that.includes('"experimentalDecorators": true');
      const cls = Record({ dbn: 'trade' });
      expect(() => cls(class {}, { kind: 'class', name: 'Trade' })).to.throw('@Record() on "Trade"');
      expect(() => cls(class {}, { kind: 'class' })).to.throw('@Record() on "unnamed"');
    });
  });

  it('takes text fields that are shorter in older versions', () => {
    const model = modelOf(definition.model);
    const sizes = [1, 2, 3].map(
      (version) =>
        model.bindings.get(version as 1)?.fields.find(({ field }) => field.name === 'raw_symbol')?.wire?.size,
    );
    expect(sizes).to.deep.equal([22, 71, 71]);
  });

  it('leaves the checks of a plain object to class-validator', () => {
    const model = defineRecord({
      name: 'Checked',
      dbn: 'ohlcv',
      fields: { ...BAR, high: { type: 'price', checks: [IsNotBelow('low')] } },
    });
    expect(modelOf(model).fields).to.have.length(8);
  });
});
