import { expect } from 'chai';
import { accepted, BASE_TIME, rowOf } from '../../../test/support/plugin-rows.js';

const EVENT = { ts_recv: BASE_TIME, ts_event: BASE_TIME, price: 1n, size: 1, action: 'A', side: 'B' };
const NO_PRICE = 9_223_372_036_854_775_807n;

describe('cmbp-1', () => {
  it('names the venues that show the quote, in place of counts', () => {
    const row = rowOf('cmbp-1', { ...EVENT, bid_px_00: 5n, bid_sz_00: 2, bid_pb_00: 65_535, ask_pb_00: 34 });
    expect(row).to.include({ bid_px_00: '0.000000005', bid_sz_00: 2n, bid_pb_00: 65_535n, ask_pb_00: 34n });
    expect(row).to.not.have.any.keys('bid_ct_00', 'sequence', 'depth');
  });

  it('writes NULL for a side without a quote', () => {
    expect(rowOf('cmbp-1', { ...EVENT, bid_px_00: NO_PRICE, size: 4_294_967_295 })).to.include({
      bid_px_00: null,
      bid_sz_00: 0n,
      bid_pb_00: 0n,
      size: null,
    });
  });

  it('accepts a crossed market and a message that was sent later than it came', () => {
    expect(accepted('cmbp-1', { ...EVENT, bid_px_00: 6n, ask_px_00: 5n, ts_in_delta: -1 })).to.equal(true);
  });
});
