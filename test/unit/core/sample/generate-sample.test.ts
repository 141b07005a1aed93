import { expect } from 'chai';
import {
  UNDEF_PRICE,
  UNDEF_STAT_QUANTITY,
  UNDEF_STAT_QUANTITY_V1,
  UNDEF_TIMESTAMP,
  encodeMetadata,
} from '../../../../src/core/dbn/index.js';
import { isTickloomError } from '../../../../src/core/errors/index.js';
import { SAMPLE_SCHEMAS, generateSample, type SampleRequest } from '../../../../src/core/sample/index.js';
import { aRequest, decodedSample, digestOf, type DecodedRecord } from './decoded-sample.js';

const VERSIONS = [1, 2, 3] as const;
const NS_PER_DAY = 86_400_000_000_000n;
const UNMAPPED = 999_999_999;
const TICK_OF_ES = 250_000_000n;

const textOf = (record: DecodedRecord, ...fields: string[]): string =>
  fields.map((field) => String(record[field])).join(' ');
const indexTimestamp = (record: DecodedRecord): bigint => (record.ts_recv ?? record.ts_event) as bigint;

describe('generateSample', () => {
  describe('for every schema and version', () => {
    // Recorded once: they must hold on every machine and in every version of Node.
    const DIGESTS: Readonly<Record<string, string>> = {
      'trades v1': '82b5c880b048955b',
      'trades v2': 'c44873334f6f9f97',
      'trades v3': 'a27307d25ac75d02',
      'tbbo v1': '67770488741829dd',
      'tbbo v2': '631c7eab593f4e2d',
      'tbbo v3': 'c33e99138061de2f',
      'ohlcv-1s v1': '1b630026b966bc75',
      'ohlcv-1s v2': '7dd30eade9e8e220',
      'ohlcv-1s v3': '0bb37371c2c60f91',
      'ohlcv-1m v1': '46dbee472e2cae14',
      'ohlcv-1m v2': '5879402ce3480b45',
      'ohlcv-1m v3': '7758c338f92e174c',
      'ohlcv-1h v1': '833949e4b9da8116',
      'ohlcv-1h v2': '20a2e39516bc26de',
      'ohlcv-1h v3': '18ca2e8514e2b3fe',
      'ohlcv-1d v1': '3cddbee57844074c',
      'ohlcv-1d v2': 'c8ebdf3c6e019e2d',
      'ohlcv-1d v3': '17f2341c508a1e54',
      'statistics v1': '70cd6b52395a227d',
      'statistics v2': '18f1e6d569b7590f',
      'statistics v3': 'c4e3b651c5a09c6c',
      'definition v1': '0aa6b8a2fadbed48',
      'definition v2': '337201e3a1850f65',
      'definition v3': '5a66ddc1b4447991',
    };

    for (const schema of SAMPLE_SCHEMAS) {
      it(`gives the same bytes for the same request: ${schema}`, () => {
        for (const version of VERSIONS) {
          expect(digestOf({ schema, version }), `version ${version}`).to.equal(DIGESTS[`${schema} v${version}`]);
        }
      });

      it(`writes records that the codec reads, in order, inside the header's range: ${schema}`, () => {
        for (const version of VERSIONS) {
          const { metadata, records } = decodedSample({ schema, version });
          expect(metadata).to.include({ schema, version, dataset: 'GLBX.MDP3', limit: null, tsOut: false });
          expect(records).to.have.length(2_000);
          let last = metadata.start;
          for (const record of records) {
            expect(indexTimestamp(record) >= last, 'the index timestamp runs backwards').to.equal(true);
            last = indexTimestamp(record);
          }
          expect(last < (metadata.end ?? 0n)).to.equal(true);
        }
      });
    }

    it('gives other bytes for another seed', () => {
      expect(digestOf({ seed: 8 })).not.to.equal(digestOf({ seed: 7 }));
      expect(digestOf({ seed: 7 + 2 ** 32 })).not.to.equal(digestOf({ seed: 7 }));
      expect(digestOf({ seed: -7 })).not.to.equal(digestOf({ seed: 7 }));
    });

    it('gives the same bytes again when it is asked again, whatever was done with the first ones', () => {
      const sample = generateSample(aRequest());
      const first = Buffer.concat([...sample.bytes()].map((piece) => Buffer.from(piece)));
      for (const piece of sample.bytes()) piece.fill(0);
      expect(Buffer.concat([...sample.bytes()]).equals(first)).to.equal(true);
    });
  });

  describe('counts', () => {
    for (const schema of SAMPLE_SCHEMAS) {
      it(`gives exactly the records asked for, and says beforehand how many bytes they take: ${schema}`, () => {
        for (const records of [0, 1, 2, 999, 12_345]) {
          for (const days of [1, 2, 6]) {
            const sample = generateSample(aRequest({ schema, records, days }));
            const pieces = [...sample.bytes()];
            expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).to.equal(sample.byteLength);
            expect(decodedSample({ schema, records, days }).records).to.have.length(records);
          }
        }
      });
    }

    it('gives a header alone for no records', () => {
      const pieces = [...generateSample(aRequest({ records: 0 })).bytes()];
      expect(pieces).to.have.length(1);
      expect(pieces[0]).to.deep.equal(encodeMetadata(generateSample(aRequest()).metadata));
    });

    it('needs no more memory for many records: pieces stay small and hold whole records', () => {
      const sizes = Array.from(
        generateSample(aRequest({ records: 50_000, schema: 'definition' })).bytes(),
        (piece) => piece.length,
      ).slice(1);
      expect(Math.max(...sizes)).to.be.at.most(256 * 1024);
      expect(sizes.every((size) => size % 520 === 0)).to.equal(true);
    });

    it('makes what is asked for and no more', () => {
      const many = generateSample(aRequest({ records: 4_000_000_000 })).bytes();
      many.next();
      expect((many.next().value as Uint8Array).length).to.be.greaterThan(200_000);
    });
  });

  describe('the header', () => {
    it('covers whole UTC days from the start asked for, the end exclusive', () => {
      const { start, end } = decodedSample({ start: '2023-12-30', days: 3 }).metadata;
      expect(start).to.equal(BigInt(Date.UTC(2023, 11, 30)) * 1_000_000n);
      expect(end).to.equal(start + 3n * NS_PER_DAY);
    });

    it('names continuous symbols that roll in the middle of the range', () => {
      const { metadata } = decodedSample({ days: 5 });
      expect(metadata).to.deep.include({ stypeIn: 'continuous', stypeOut: 'instrument_id', partial: [], notFound: [] });
      expect(metadata.symbols).to.deep.equal(['ES.c.0', 'NQ.c.0', 'CL.c.0']);
      expect(metadata.mappings[0]).to.deep.equal({
        rawSymbol: 'ES.c.0',
        intervals: [
          { startDate: 20240304, endDate: 20240306, symbol: '100000' },
          { startDate: 20240306, endDate: 20240309, symbol: '100001' },
        ],
      });
    });

    it('does not roll in a single day, and rolls every quarter in a long range', () => {
      expect(decodedSample({ days: 1 }).metadata.mappings[0]?.intervals).to.have.length(1);
      expect(decodedSample({ days: 365 }).metadata.mappings[0]?.intervals).to.have.length(4);
    });

    it('names the contracts for raw_symbol, and for parent the roots with their children', () => {
      const raw = decodedSample({ days: 2, stypeIn: 'raw_symbol' }).metadata;
      expect(raw.symbols).to.deep.equal(['ESH4', 'ESM4', 'NQH4', 'NQM4', 'CLJ4', 'CLK4']);
      expect(raw.mappings.map((mapping) => mapping.rawSymbol)).to.deep.equal(raw.symbols);
      const parent = decodedSample({ days: 2, stypeIn: 'parent' }).metadata;
      expect(parent.symbols).to.deep.equal(['ES.FUT', 'NQ.FUT', 'CL.FUT']);
      expect(parent.mappings).to.deep.equal(raw.mappings);
      const definitions = decodedSample({ days: 2, stypeIn: 'parent', schema: 'definition', instruments: 1 }).metadata;
      expect(definitions.symbols).to.deep.equal(['ES.FUT', 'ES.OPT']);
      expect(definitions.mappings.map((mapping) => mapping.rawSymbol)).to.include.members(['ESH4-ESM4', 'ESH4 C5100']);
    });

    it('calls contracts what the exchange calls them, over the turn of the year too', () => {
      const symbols = (start: string): readonly string[] =>
        decodedSample({ start, days: 2, stypeIn: 'raw_symbol' }).metadata.symbols;
      expect(symbols('2024-12-02')).to.deep.equal(['ESZ4', 'ESH5', 'NQZ4', 'NQH5', 'CLF5', 'CLG5']);
      expect(symbols('2024-12-20')).to.deep.equal(['ESH5', 'ESM5', 'NQH5', 'NQM5', 'CLG5', 'CLH5']);
      expect(symbols('2029-11-20')).to.deep.equal(['ESZ9', 'ESH0', 'NQZ9', 'NQH0', 'CLF0', 'CLG0']);
    });

    it('goes on with later contracts when there are more instruments than roots', () => {
      const { metadata } = decodedSample({ instruments: 30, days: 2 });
      expect(metadata.symbols.slice(23, 26)).to.deep.equal(['SR3.c.0', 'ES.c.1', 'NQ.c.1']);
      expect(metadata.mappings[24]?.intervals.map((interval) => interval.symbol)).to.deep.equal(['100001', '100002']);
      const { symbols } = decodedSample({ instruments: 25, days: 2, stypeIn: 'raw_symbol' }).metadata;
      expect(symbols.filter((symbol) => symbol.startsWith('ES'))).to.deep.equal(['ESH4', 'ESM4', 'ESU4']);
    });

    it('never gives one symbol two meanings on a day, even when the year letter comes round again', () => {
      for (const stypeIn of ['continuous', 'raw_symbol']) {
        const { metadata } = decodedSample({ days: 36_525, instruments: 240, records: 1, stypeIn });
        for (const { rawSymbol, intervals } of metadata.mappings) {
          for (const [index, interval] of intervals.entries()) {
            const before = intervals[index - 1]?.endDate ?? 0;
            expect(before <= interval.startDate && interval.startDate < interval.endDate, rawSymbol).to.equal(true);
          }
        }
        expect(new Set(metadata.mappings.map((mapping) => mapping.rawSymbol)).size).to.equal(metadata.mappings.length);
      }
    });

    it('maps every record but those of one instrument, by its day', () => {
      for (const schema of ['trades', 'ohlcv-1h', 'statistics']) {
        for (const stypeIn of ['continuous', 'raw_symbol', 'parent']) {
          const { metadata, records } = decodedSample({ schema, stypeIn, instruments: 30 });
          const mapped = new Set(
            metadata.mappings.flatMap(({ intervals }) =>
              intervals.flatMap(({ startDate, endDate, symbol }) =>
                [20240304, 20240305, 20240306, 20240307, 20240308]
                  .filter((date) => startDate <= date && date < endDate)
                  .map((date) => `${date} ${symbol}`),
              ),
            ),
          );
          const missing = records.filter((record) => {
            const date = new Date(Number(indexTimestamp(record) / 1_000_000n)).toISOString().slice(0, 10);
            return !mapped.has(`${date.replaceAll('-', '')} ${textOf(record, 'instrument_id')}`);
          });
          expect(missing.length, `${schema} by ${stypeIn}`).to.equal(8);
          expect(new Set(missing.map((record) => record.instrument_id))).to.deep.equal(new Set([UNMAPPED]));
        }
      }
    });
  });

  describe('sessions', () => {
    const hoursOf = (values: Partial<SampleRequest>): Set<string> =>
      new Set(
        decodedSample(values).records.map((record) => {
          const time = new Date(Number(indexTimestamp(record) / 1_000_000n));
          return `${time.toUTCString().slice(0, 3)} ${time.getUTCHours()}`;
        }),
      );

    it('leave out the daily break, Saturdays and most of Sundays', () => {
      for (const schema of ['trades', 'ohlcv-1m', 'ohlcv-1h', 'statistics', 'definition']) {
        const hours = hoursOf({ schema, days: 7, records: 6_000, instruments: 1 });
        expect(hours).to.include.all.keys('Mon 0', 'Mon 20', 'Mon 22', 'Fri 20', 'Sun 22', 'Sun 23');
        expect(hours).not.to.have.any.keys(
          'Mon 21',
          'Thu 21',
          'Fri 21',
          'Fri 22',
          'Sat 0',
          'Sat 12',
          'Sun 0',
          'Sun 21',
        );
      }
    });

    it('are round the clock when nothing but a Saturday is asked for', () => {
      expect(hoursOf({ start: '2024-03-09', days: 1 })).to.include.all.keys('Sat 0', 'Sat 12', 'Sat 23');
    });

    it('give daily bars the UTC day, one for each open day', () => {
      const { records } = decodedSample({ schema: 'ohlcv-1d', days: 7, instruments: 1, records: 6 });
      expect(records.map((record) => Number(((record.ts_event as bigint) / NS_PER_DAY) % 7n))).to.deep.equal([
        4, 5, 6, 0, 1, 3,
      ]);
      expect(records.every((record) => (record.ts_event as bigint) % NS_PER_DAY === 0n)).to.equal(true);
    });
  });

  for (const schema of ['trades', 'tbbo']) {
    describe(schema, () => {
      const { records, raw } = decodedSample({ schema, records: 1_000 });
      const ticks = [TICK_OF_ES, TICK_OF_ES, 10_000_000n];

      it('holds fills that are equal in every field', () => {
        const equal = raw.filter((bytes, index) => bytes === raw[index - 1]);
        expect(equal.length).to.be.within(5, 15);
      });

      it('holds several fills of one event: one ts_event, sequence and instrument', () => {
        const key = (record: DecodedRecord): string => textOf(record, 'ts_event', 'instrument_id', 'sequence');
        expect(records.length - new Set(records.map(key)).size).to.be.within(20, 40);
      });

      it('holds undefined and negative prices, beside prices on the tick grid', () => {
        expect(records.filter((record) => record.price === UNDEF_PRICE && record.size === 0)).to.have.length.above(0);
        expect(records.filter((record) => (record.price as bigint) < 0n)).to.have.length.above(0);
        for (const { price, instrument_id: id } of records) {
          if (price === UNDEF_PRICE || id === UNMAPPED) continue;
          expect((price as bigint) % (ticks[Math.floor((id as number) / 100_000) - 1] as bigint)).to.equal(0n);
        }
      });

      it('holds sizes of 0, a NUL side, unknown and both sides, and all the flags of real data', () => {
        expect(records.filter((record) => record.size === 0 && record.price !== UNDEF_PRICE)).to.have.length(1);
        expect(new Set(records.map((record) => record.side))).to.deep.equal(new Set(['A', 'B', 'N', '']));
        expect(new Set(records.map((record) => record.flags))).to.include.all.keys([0, 128, 129, 130]);
        expect(records.some((record) => ((record.flags as number) & 8) !== 0)).to.equal(true);
        expect(new Set(records.map((record) => record.publisher_id))).to.deep.equal(new Set([1, 2]));
        expect(new Set(records.map((record) => textOf(record, 'action', 'depth')))).to.deep.equal(new Set(['T 0']));
      });

      it('holds an undefined ts_event, and some that lag by hours', () => {
        expect(records.some((record) => record.ts_event === UNDEF_TIMESTAMP)).to.equal(true);
        const lags = records.map((record) => (record.ts_recv as bigint) - (record.ts_event as bigint));
        expect(lags.some((lag) => lag > 7_000_000_000_000n)).to.equal(true);
        expect(records.some((record) => (record.ts_in_delta as number) < 0)).to.equal(true);
      });

      it('starts its sequence again, on a new day and in the middle of one', () => {
        const restarts = records.filter(
          (record, index) => index > 0 && (record.sequence as number) < (records[index - 1]?.sequence as number),
        );
        expect(restarts).to.have.length(9);
      });
    });
  }

  describe('tbbo', () => {
    it('gives the book before each trade: bid below ask, the trade at one of them', () => {
      const { records } = decodedSample({ schema: 'tbbo' });
      for (const record of records) {
        const [bid, ask] = [record.bid_px_00 as bigint, record.ask_px_00 as bigint];
        expect(bid < ask).to.equal(true);
        if (record.price !== UNDEF_PRICE) expect([bid, ask]).to.include(record.price);
        expect(record.bid_sz_00).to.be.at.least(record.bid_ct_00 as number);
        expect(record.ask_sz_00).to.be.at.least(record.ask_ct_00 as number);
      }
      const oneSided = records.filter((record) => record.ask_px_00 === UNDEF_PRICE);
      expect(oneSided).to.have.length(4);
      expect(oneSided.every((record) => record.ask_sz_00 === 0 && record.ask_ct_00 === 0)).to.equal(true);
    });
  });

  describe('bars', () => {
    const LENGTHS: Readonly<Record<string, bigint>> = {
      'ohlcv-1s': 1_000_000_000n,
      'ohlcv-1m': 60_000_000_000n,
      'ohlcv-1h': 3_600_000_000_000n,
      'ohlcv-1d': NS_PER_DAY,
    };

    for (const [schema, length] of Object.entries(LENGTHS)) {
      it(`stand at multiples of their length, high above low, once for each publisher and instrument: ${schema}`, () => {
        const { records } = decodedSample({ schema, days: 20 });
        for (const record of records) {
          expect((record.ts_event as bigint) % length).to.equal(0n);
          const { open, high, low, close } = record as Record<string, bigint>;
          for (const price of [open, close]) {
            expect((price as bigint) <= (high as bigint) && (price as bigint) >= (low as bigint)).to.equal(true);
          }
          expect((record.volume as bigint) > 0n).to.equal(true);
        }
        const keys = records.map((record) => textOf(record, 'publisher_id', 'instrument_id', 'ts_event'));
        // Bars of the unmapped instrument replace those of mapped ones at random.
        expect(new Set(keys).size).to.be.at.least(records.length - 2);
        expect(records.some((record) => (record.low as bigint) < 0n)).to.equal(true);
      });
    }

    it('leave gaps when there are fewer than intervals', () => {
      const { records } = decodedSample({ schema: 'ohlcv-1m', days: 1, instruments: 1, records: 500 });
      const starts = records.map((record) => Number(record.ts_event));
      expect(new Set(starts).size).to.equal(500);
      const steps = new Set(starts.slice(1).map((start, index) => (start - (starts[index] as number)) / 60e9));
      expect(steps.size).to.be.greaterThan(2);
    });

    it('come from further publishers when one has not so many', () => {
      const { records } = decodedSample({ schema: 'ohlcv-1d', days: 5, instruments: 2, records: 30 });
      expect(new Set(records.map((record) => record.publisher_id))).to.deep.equal(new Set([1, 2, 3]));
    });
  });

  describe('statistics', () => {
    for (const version of VERSIONS) {
      it(`of each type fill in what that type says, and leave the rest undefined: version ${version}`, () => {
        const { records } = decodedSample({ schema: 'statistics', version });
        const noQuantity = version === 3 ? UNDEF_STAT_QUANTITY : Number(UNDEF_STAT_QUANTITY_V1);
        const types = new Set(records.map((record) => record.stat_type as number));
        expect(types.size).to.equal(16);
        for (const record of records) {
          const type = record.stat_type as number;
          const ofQuantity = [6, 9, 19, 10_001].includes(type);
          const ofBoth = [2, 13].includes(type);
          expect(record.price === UNDEF_PRICE).to.equal(ofQuantity);
          expect(record.quantity === noQuantity).to.equal(!ofQuantity && !ofBoth);
          expect(record.ts_ref === UNDEF_TIMESTAMP).to.equal(![3, 6, 9, 19].includes(type));
          expect(record.stat_flags).to.equal(type === 3 ? 3 : 0);
        }
        expect(records.some((record) => (record.price as bigint) < 0n)).to.equal(true);
        expect(records.some((record) => record.ts_event === UNDEF_TIMESTAMP)).to.equal(true);
        expect(new Set(records.map((record) => record.update_action))).to.deep.equal(new Set([1, 2]));
      });
    }
  });

  describe('definitions', () => {
    it('are of futures, spreads with a record for each leg, and options with strikes', () => {
      const { records } = decodedSample({ schema: 'definition', days: 2 });
      const ofSymbol = (symbol: string): DecodedRecord[] => records.filter((record) => record.raw_symbol === symbol);
      expect(ofSymbol('ESH4')[0]).to.include({
        instrument_id: 100_000,
        instrument_class: 'F',
        security_update_action: 'A',
        min_price_increment: TICK_OF_ES,
        expiration: BigInt(Date.UTC(2024, 2, 15, 13, 30)) * 1_000_000n,
        maturity_year: 2024,
        maturity_month: 3,
        leg_count: 0,
        strike_price: UNDEF_PRICE,
      });
      const [near, far] = ofSymbol('ESH4-ESM4');
      const leg = { instrument_class: 'S', instrument_id: 110_000, leg_count: 2, ts_recv: near?.ts_recv };
      expect(near).to.include({
        ...leg,
        leg_index: 0,
        leg_side: 'B',
        leg_raw_symbol: 'ESH4',
        leg_instrument_id: 100_000,
      });
      expect(far).to.include({
        ...leg,
        leg_index: 1,
        leg_side: 'A',
        leg_raw_symbol: 'ESM4',
        leg_instrument_id: 100_001,
      });
      expect((near?.low_limit_price as bigint) < 0n).to.equal(true);
      expect(ofSymbol('ESH4 P5049')[0]).to.include({
        instrument_class: 'P',
        strike_price: 5_049_000_000_000n,
        underlying: 'ESH4',
        underlying_id: 100_000,
      });
    });

    it('change with the roll', () => {
      const { records } = decodedSample({ schema: 'definition', days: 2, instruments: 1 });
      const symbolsOn = (day: string): Set<unknown> =>
        new Set(
          records
            .filter((record) => new Date(Number(record.ts_recv as bigint) / 1e6).toISOString().startsWith(day))
            .map((record) => record.raw_symbol),
        );
      expect(symbolsOn('2024-03-04')).to.include('ESH4').and.not.include('ESM4');
      expect(symbolsOn('2024-03-05')).to.include('ESM4').and.not.include('ESH4');
    });

    it('have the four fields that only the first versions have, and one record for a spread there', () => {
      for (const version of [1, 2] as const) {
        const { records } = decodedSample({ schema: 'definition', version });
        expect(records[0]).to.include({ trading_reference_price: 5_100_000_000_000n, settl_price_type: 1 });
        expect(records[0]).to.include({ trading_reference_date: 19_785, md_security_trading_status: 17 });
        const spreads = records.filter((record) => record.raw_symbol === 'ESH4-ESM4');
        expect(new Set(spreads.map((record) => record.ts_recv)).size).to.be.at.least(spreads.length - 2);
      }
    });

    it('add at first, then modify, and delete now and then', () => {
      const { records } = decodedSample({ schema: 'definition' });
      expect(new Set(records.map((record) => record.security_update_action))).to.deep.equal(new Set(['A', 'M', 'D']));
      expect(records.filter((record) => record.ts_event === UNDEF_TIMESTAMP)).to.have.length(2);
    });
  });

  describe('refusing', () => {
    const cases: readonly (readonly [string, Partial<SampleRequest>, string])[] = [
      ['an unknown schema', { schema: 'trade' }, 'cannot make a sample of schema "trade"; known: trades, tbbo'],
      ['a schema that is not made up', { schema: 'mbo' }, 'cannot make a sample of schema "mbo"'],
      ['a negative number of records', { records: -1 }, 'records is a whole number from 0 to 4294967295, not "-1"'],
      ['half a record', { records: 0.5 }, 'not "0.5"'],
      ['no instruments', { instruments: 0 }, 'instruments is a whole number from 1 to 240, not "0"'],
      ['too many instruments', { instruments: 241 }, 'not "241"'],
      ['no days', { days: 0 }, 'days is a whole number from 1 to 36525, not "0"'],
      ['a seed that is no number', { seed: Number.NaN }, 'not "NaN"'],
      ['a version that is not known', { version: 4 as 3 }, 'version is a whole number from 1 to 3, not "4"'],
      ['a start that is no date', { start: '2024-02-30' }, 'written YYYY-MM-DD, not "2024-02-30"'],
      ['a start with a time', { start: '2024-02-03T00:00' }, 'not "2024-02-03T00:00"'],
      ['a start before the epoch', { start: '1969-12-31' }, 'not "1969-12-31"'],
      ['a start in the far future', { start: '2150-01-01' }, 'not "2150-01-01"'],
      ['an unknown symbology', { stypeIn: 'isin' }, 'stype_in is one of continuous, raw_symbol, parent, not "isin"'],
      ['more bars than there can be', { schema: 'ohlcv-1d', records: 2_000_000 }, 'at most 983025 do'],
    ];
    for (const [what, values, message] of cases) {
      it(`refuses ${what}`, () => {
        try {
          generateSample(aRequest(values));
          expect.fail('was not refused');
        } catch (error) {
          if (!isTickloomError(error)) throw error;
          expect(error.code).to.equal(
            values.schema === 'trade' || values.schema === 'mbo' ? 'SCHEMA_UNKNOWN' : 'USAGE',
          );
          expect(error.message).to.contain(message);
          expect(error.hint).to.be.a('string');
        }
      });
    }
  });
});
