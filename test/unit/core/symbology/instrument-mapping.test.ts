import { expect } from 'chai';
import { newMetadata } from '../../../../src/core/dbn/index.js';
import type { Metadata } from '../../../../src/core/dbn/metadata.js';
import { instrumentDays, instrumentMappings } from '../../../../src/core/symbology/instrument-mapping.js';
import { NS_PER_DAY } from '../../../../src/core/symbology/utc-day.js';

const day = (date: string): number => Date.parse(date) / 86_400_000;
const ns = (date: string): bigint => BigInt(day(date)) * NS_PER_DAY;

function metadata(rawSymbol: string, symbol: string, more: Partial<Metadata> = {}): Metadata {
  return newMetadata({
    dataset: 'GLBX.MDP3',
    schema: 'trades',
    mappings: [{ rawSymbol, intervals: [{ startDate: 20240101, endDate: 20240103, symbol }] }],
    ...more,
  });
}

describe('instrument mappings', () => {
  it('take the id from the interval when the output symbology is instrument_id', () => {
    expect(instrumentMappings(metadata('ESH4', '17'))).to.deep.equal([
      { instrumentId: 17, symbol: 'ESH4', start: day('2024-01-01'), end: day('2024-01-03') },
    ]);
  });

  it('take the id from the key when the input symbology is instrument_id', () => {
    const header = metadata('17', 'ESH4', { stypeIn: 'instrument_id', stypeOut: 'raw_symbol' });
    expect(instrumentMappings(header)).to.deep.include({
      instrumentId: 17,
      symbol: 'ESH4',
      start: day('2024-01-01'),
      end: day('2024-01-03'),
    });
  });

  it('look at the output symbology first when both are instrument_id', () => {
    const header = metadata('17', '18', { stypeIn: 'instrument_id' });
    expect(instrumentMappings(header)[0]).to.include({ instrumentId: 18, symbol: '17' });
  });

  it('are none when neither symbology is instrument_id', () => {
    expect(instrumentMappings(metadata('ESH4', 'XYZ', { stypeOut: 'isin' }))).to.deep.equal([]);
  });

  it('leave out intervals without a symbol and intervals without a day', () => {
    const intervals = [
      { startDate: 20240101, endDate: 20240102, symbol: '' },
      { startDate: 20240102, endDate: 20240102, symbol: '17' },
    ];
    const header = metadata('ESH4', '17', { mappings: [{ rawSymbol: 'ESH4', intervals }] });
    expect(instrumentMappings(header)).to.deep.equal([]);
  });

  for (const [name, rawSymbol, symbol, message] of [
    ['id-is-no-number', 'ESH4', 'seventeen', 'the metadata maps "ESH4" with the instrument id "seventeen"'],
    ['id-beyond-u32', 'ESH4', '4294967296', 'the metadata maps "ESH4" with the instrument id "4294967296"'],
    ['id-negative', 'ESH4', '-1', 'the metadata maps "ESH4" with the instrument id "-1"'],
    ['symbol-with-nul-inside', 'ES\0H4', '17', 'the metadata maps "ES\\0H4" with a symbol that has a NUL inside'],
    ['symbol-without-end', 'E'.repeat(1025), '17', 'a symbol of 1025 characters; the most is 1024'],
  ] as const) {
    it(`refuse ${name}`, () => {
      expect(() => instrumentMappings(metadata(rawSymbol, symbol)))
        .to.throw(message)
        .with.property('code', 'METADATA_INVALID');
    });
  }

  it('refuse an interval that ends before it starts', () => {
    const intervals = [{ startDate: 20240103, endDate: 20240101, symbol: '17' }];
    expect(() => instrumentMappings(metadata('', '', { mappings: [{ rawSymbol: 'ESH4', intervals }] }))).to.throw(
      'an interval from 20240103 to 20240101, which ends before it starts',
    );
  });

  it('refuse a date that does not exist', () => {
    const intervals = [{ startDate: 20240230, endDate: 20240301, symbol: '17' }];
    expect(() => instrumentMappings(metadata('', '', { mappings: [{ rawSymbol: 'ESH4', intervals }] }))).to.throw(
      'the date "20240230"',
    );
  });

  it('give the days of each instrument as ranges at UTC midnights, merged and sorted', () => {
    const header = metadata('', '', {
      mappings: [
        {
          rawSymbol: 'ES.c.0',
          intervals: [
            { startDate: 20240105, endDate: 20240108, symbol: '18' },
            { startDate: 20240103, endDate: 20240105, symbol: '17' },
            { startDate: 20240101, endDate: 20240103, symbol: '17' },
            { startDate: 20240110, endDate: 20240111, symbol: '17' },
          ],
        },
      ],
    });
    expect(instrumentDays(header)).to.deep.equal([
      {
        instrumentId: 17,
        ranges: [
          { start: ns('2024-01-01'), end: ns('2024-01-05') },
          { start: ns('2024-01-10'), end: ns('2024-01-11') },
        ],
      },
      { instrumentId: 18, ranges: [{ start: ns('2024-01-05'), end: ns('2024-01-08') }] },
    ]);
  });
});
