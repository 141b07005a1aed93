import { expect } from 'chai';
import { accepted, BASE_TIME, reasonsAgainst, rowOf } from '../../../test/support/plugin-rows.js';

const ORDER = { ts_recv: BASE_TIME, ts_event: BASE_TIME, order_id: 7n, price: 1n, size: 1, action: 'A', side: 'B' };

describe('mbo', () => {
  it('keeps every order number, beyond bigint too', () => {
    expect(rowOf('mbo', { ...ORDER, order_id: 2n ** 64n - 1n }).order_id).to.equal('18446744073709551615');
    expect(rowOf('mbo', { ...ORDER, order_id: 0n }).order_id).to.equal('0');
  });

  it('reads flags and channel from where only this record has them', () => {
    expect(rowOf('mbo', { ...ORDER, flags: 130, channel_id: 9 })).to.include({
      flags: 130n,
      channel_id: 9n,
      action: 'A',
      side: 'B',
    });
  });

  it('writes NULL for an undefined price, size and channel, and for a NUL side', () => {
    const odd = { price: 9_223_372_036_854_775_807n, size: 4_294_967_295, channel_id: 255, side: '' };
    expect(rowOf('mbo', { ...ORDER, ...odd })).to.include({ price: null, size: null, channel_id: null, side: null });
  });

  it('accepts a cleared book, and an action that no enumeration names', () => {
    const cleared = { action: 'R', side: 'N', order_id: 0n, size: 0, price: 9_223_372_036_854_775_807n };
    expect(accepted('mbo', { ...ORDER, ...cleared })).to.equal(true);
    expect(accepted('mbo', { ...ORDER, action: '?' })).to.equal(true);
  });

  it('rejects an undefined ts_recv', () => {
    expect(reasonsAgainst('mbo', { ...ORDER, ts_recv: 18_446_744_073_709_551_615n })).to.deep.equal([
      'timestamp-undefined: ts_recv is undefined; a row needs it',
    ]);
  });
});
