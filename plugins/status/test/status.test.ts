import { expect } from 'chai';
import { accepted, BASE_TIME, reasonsAgainst, rowOf } from '../../../test/support/plugin-rows.js';

const HALT = { ts_recv: BASE_TIME, ts_event: BASE_TIME, action: 8, reason: 30, trading_event: 0 };

describe('status', () => {
  it('keeps a tilde, which says "not known", and writes NULL only for a NUL', () => {
    expect(rowOf('status', { ...HALT, is_trading: 'N', is_quoting: '~', is_short_sell_restricted: '' })).to.include({
      action: 8n,
      reason: 30n,
      trading_event: 0n,
      is_trading: 'N',
      is_quoting: '~',
      is_short_sell_restricted: null,
    });
  });

  it('accepts kinds, reasons and letters that no enumeration names, and an undefined ts_event', () => {
    const odd = { action: 65_535, reason: 999, trading_event: 77, is_trading: '?', ts_event: 2n ** 64n - 1n };
    expect(accepted('status', { ...HALT, ...odd })).to.equal(true);
  });

  it('rejects an undefined ts_recv', () => {
    expect(reasonsAgainst('status', { ...HALT, ts_recv: 2n ** 64n - 1n })).to.deep.equal([
      'timestamp-undefined: ts_recv is undefined; a row needs it',
    ]);
  });
});
