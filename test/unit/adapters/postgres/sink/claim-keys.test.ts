import { expect } from 'chai';
import { ClaimKeys } from '../../../../../src/adapters/postgres/sink/claim-keys.js';
import { formatMultirange, parseMultirange } from '../../../../../src/adapters/postgres/sink/nanos-ranges.js';
import { claim, DAY, march } from '../../../../support/sink-harness.js';

const text = (start: bigint, end: bigint): string => `[${start},${end})`;

describe('ClaimKeys', () => {
  const noon = march(1) + DAY / 2n;

  it('clips the days of an instrument to the range, and leaves out what is empty', () => {
    const whole = claim(noon, march(3), {
      instruments: [
        { instrumentId: 7, ranges: [{ start: march(1), end: march(2) }] },
        { instrumentId: 8, ranges: [{ start: march(5), end: march(6) }] },
      ],
    });
    const keys = new ClaimKeys(whole, false);
    expect(keys.keys).to.deep.equal(['7', '8']);
    expect(keys.intervals).to.deep.equal([`{${text(noon, march(2))}}`, '{}']);
    expect(keys.coverageRows()).to.deep.equal([
      { stypeIn: 'instrument_id', symbol: '7', intervals: `{${text(noon, march(2))}}` },
      { stypeIn: 'raw_symbol', symbol: 'A1', intervals: `{${text(noon, march(3))}}` },
    ]);
  });

  it('covers an instrument asked for by its id over the whole range', () => {
    const asks = [{ stypeIn: 'instrument_id', symbol: '7' }];
    const days = [{ instrumentId: 7, ranges: [{ start: march(1), end: march(2) }] }];
    expect(new ClaimKeys(claim(march(1), march(3), { asks, instruments: days }), false).coverageRows()).to.deep.equal([
      { stypeIn: 'instrument_id', symbol: '7', intervals: `{${text(march(1), march(3))}}` },
    ]);
  });

  it('adds the days on which unmapped instruments came, and only those', () => {
    const keys = new ClaimKeys(claim(noon, march(3)), false);
    const day = String(march(1) / DAY);
    keys.addSeen([
      { key: '1', day },
      { key: '9', day },
      { key: '9', day: String(march(9) / DAY) },
    ]);
    expect(keys.keys).to.deep.equal(['1', '9']);
    expect(keys.intervals[1]).to.equal(`{${text(noon, march(2))}}`);
  });

  it('claims everything for ALL_SYMBOLS, and nothing without a claim', () => {
    const all = new ClaimKeys(claim(march(1), march(2), { instruments: 'all' }), false);
    expect(all.everything).to.equal(`{${text(march(1), march(2))}}`);
    all.addSeen([{ key: '9', day: '0' }]);
    expect(all.keys).to.deep.equal([]);
    const none = new ClaimKeys(null, true);
    none.addSeen([{ key: '9', day: '0' }]);
    expect([none.keys, none.everything, none.coverageRows(), none.alias]).to.deep.equal([[], '{}', [], true]);
  });

  it('claims continuous symbols by their own name', () => {
    const asks = [{ stypeIn: 'continuous', symbol: 'A.c.0' }];
    const keys = new ClaimKeys(claim(march(1), march(2), { asks, alias: true }), true);
    expect(keys.keys).to.deep.equal(['A.c.0']);
    expect(keys.coverageRows().map(({ stypeIn }) => stypeIn)).to.deep.equal(['continuous']);
  });

  it('cuts ranges to what an int8 holds', () => {
    const largest = 2n ** 63n - 1n;
    expect(formatMultirange([{ start: 1n, end: 2n ** 64n }])).to.equal(`{[1,${largest})}`);
    expect(formatMultirange([{ start: 2n ** 63n, end: 2n ** 64n }])).to.equal('{}');
    expect(parseMultirange('{[-5,3),[4,9)}')).to.deep.equal([
      { start: -5n, end: 3n },
      { start: 4n, end: 9n },
    ]);
    expect(parseMultirange('{}')).to.deep.equal([]);
  });
});
