import { expect } from 'chai';
import { accepted, BASE_TIME, reasonsAgainst, rowOf } from '../../../test/support/plugin-rows.js';

const QUOTE = { ts_recv: BASE_TIME, ts_event: BASE_TIME, price: 1n, size: 1, side: 'B', sequence: 8 };
const NO_TIME = 18_446_744_073_709_551_615n;
const NO_PRICE = 9_223_372_036_854_775_807n;

describe('bbo', () => {
  for (const schema of ['bbo-1s', 'bbo-1m']) {
    it(`takes the quotes of ${schema}`, () => {
      expect(rowOf(schema, { ...QUOTE, bid_px_00: 5n, ask_ct_00: 3 })).to.include({
        bid_px_00: '0.000000005',
        ask_ct_00: 3n,
        sequence: 8n,
      });
    });
  }

  it('writes NULL where there was no event, no trade and no quote yet', () => {
    const nothing = { ts_event: NO_TIME, price: NO_PRICE, size: 4_294_967_295, side: 'N', bid_px_00: NO_PRICE };
    expect(rowOf('bbo-1s', { ...QUOTE, ...nothing })).to.include({
      ts_event: null,
      ts_event_ns: null,
      price: null,
      size: null,
      side: 'N',
      bid_px_00: null,
    });
  });

  it('accepts an event from long before the interval', () => {
    expect(accepted('bbo-1m', { ...QUOTE, ts_event: 0n })).to.equal(true);
  });

  it('rejects an interval without an end', () => {
    expect(reasonsAgainst('bbo-1m', { ...QUOTE, ts_recv: NO_TIME })).to.deep.equal([
      'timestamp-undefined: ts_recv is undefined; a row needs it',
    ]);
  });
});
