import { expect } from 'chai';
import { accepted, BASE_TIME, rowOf } from '../../../test/support/plugin-rows.js';

const EVENT = { ts_recv: BASE_TIME, ts_event: BASE_TIME, price: 1n, size: 1, action: 'A', side: 'B' };
const NO_PRICE = 9_223_372_036_854_775_807n;

describe('mbp-1', () => {
  it('names the level as the wire does', () => {
    const quote = { bid_px_00: -1n, ask_px_00: 2_000_000_000n, bid_sz_00: 4, ask_sz_00: 5, bid_ct_00: 6, ask_ct_00: 7 };
    expect(rowOf('mbp-1', { ...EVENT, ...quote })).to.include({
      bid_px_00: '-0.000000001',
      ask_px_00: '2',
      bid_sz_00: 4n,
      ask_sz_00: 5n,
      bid_ct_00: 6n,
      ask_ct_00: 7n,
    });
  });

  it('writes NULL for a side without a quote, and keeps its sizes of 0', () => {
    expect(rowOf('mbp-1', { ...EVENT, bid_px_00: NO_PRICE, ask_px_00: NO_PRICE })).to.include({
      bid_px_00: null,
      ask_px_00: null,
      bid_sz_00: 0n,
      ask_ct_00: 0n,
    });
    expect(rowOf('mbp-1', { ...EVENT, size: 4_294_967_295, bid_sz_00: 4_294_967_295 })).to.include({
      size: null,
      bid_sz_00: 4_294_967_295n,
    });
  });

  it('accepts a crossed book', () => {
    expect(accepted('mbp-1', { ...EVENT, bid_px_00: 6n, ask_px_00: 5n })).to.equal(true);
  });
});
