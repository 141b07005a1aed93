import { expect } from 'chai';
import { accepted, BASE_TIME, rowOf } from '../../../test/support/plugin-rows.js';

const TRADE = { ts_recv: BASE_TIME, ts_event: BASE_TIME, price: 1n, size: 1, action: 'T', side: 'B' };
const NO_PRICE = 9_223_372_036_854_775_807n;

describe('tbbo', () => {
  it('names the level without its number', () => {
    const row = rowOf('tbbo', {
      ...TRADE,
      bid_px_00: 1_500_000_000n,
      ask_px_00: 2_000_000_000n,
      bid_sz_00: 4,
      ask_ct_00: 5,
    });
    expect(row).to.include({ bid_px: '1.5', ask_px: '2', bid_sz: 4n, ask_sz: 0n, bid_ct: 0n, ask_ct: 5n });
    expect(Object.keys(row).filter((name) => name.includes('_00'))).to.deep.equal([]);
  });

  it('writes NULL for a side without a quote', () => {
    const row = rowOf('tbbo', { ...TRADE, bid_px_00: NO_PRICE, ask_px_00: NO_PRICE });
    expect(row).to.include({ bid_px: null, ask_px: null, bid_sz: 0n, ask_sz: 0n });
  });

  it('accepts a crossed and a locked book', () => {
    expect(accepted('tbbo', { ...TRADE, bid_px_00: 6n, ask_px_00: 5n })).to.equal(true);
    expect(accepted('tbbo', { ...TRADE, bid_px_00: 5n, ask_px_00: 5n })).to.equal(true);
  });
});
