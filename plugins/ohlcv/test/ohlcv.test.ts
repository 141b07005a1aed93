import { expect } from 'chai';
import { accepted, BASE_TIME, reasonsAgainst, rowOf } from '../../../test/support/plugin-rows.js';

const BAR = { ts_event: BASE_TIME, open: 3n, high: 5n, low: 2n, close: 4n, volume: 1n };
const NO_PRICE = 9_223_372_036_854_775_807n;

describe('ohlcv', () => {
  for (const schema of ['ohlcv-1s', 'ohlcv-1m', 'ohlcv-1h', 'ohlcv-1d', 'ohlcv-eod']) {
    it(`takes the bars of ${schema}`, () => {
      expect(rowOf(schema, BAR)).to.include({ open: '0.000000003', close: '0.000000004', volume: 1n });
    });
  }

  it('accepts a bar of one price, of negative prices, of undefined prices, and one without volume', () => {
    expect(accepted('ohlcv-1s', { ...BAR, open: 2n, high: 2n, low: 2n, close: 2n, volume: 0n })).to.equal(true);
    expect(accepted('ohlcv-1s', { ...BAR, open: -3n, high: -2n, low: -5n, close: -4n })).to.equal(true);
    expect(accepted('ohlcv-1s', { ...BAR, open: NO_PRICE, high: NO_PRICE, low: NO_PRICE, close: NO_PRICE })).to.equal(
      true,
    );
    expect(accepted('ohlcv-1s', { ...BAR, high: NO_PRICE })).to.equal(true);
  });

  for (const [name, bar, codes] of [
    ['a high below its low', { high: 1n }, ['high-below-low', 'high-below-open', 'high-below-close']],
    ['a high below its open', { open: 6n }, ['high-below-open']],
    ['a high below its close', { close: 6n }, ['high-below-close']],
    ['an open below its low', { open: 1n }, ['open-below-low']],
    ['a close below its low', { close: 1n }, ['close-below-low']],
    ['a volume beyond bigint', { volume: 2n ** 63n }, ['beyond-bigint']],
    ['an undefined start', { ts_event: 18_446_744_073_709_551_615n }, ['timestamp-undefined']],
  ] as const) {
    it(`rejects ${name}`, () => {
      const reasons = reasonsAgainst('ohlcv-1m', { ...BAR, ...bar });
      expect(reasons.map((reason) => reason.split(':')[0])).to.have.members([...codes]);
    });
  }
});
