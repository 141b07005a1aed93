import { expect } from 'chai';
import { accepted, BASE_TIME, reasonsAgainst, rowOf } from '../../../test/support/plugin-rows.js';

const TRADE = { ts_recv: BASE_TIME, ts_event: BASE_TIME, price: 1n, size: 1, action: 'T', side: 'B' };

describe('trades', () => {
  for (const [name, odd] of [
    ['a negative price', { price: -37_630_000_000n }],
    ['a price of zero', { price: 0n }],
    ['an undefined price', { price: 9_223_372_036_854_775_807n }],
    ['a size of 0', { size: 0 }],
    ['an undefined size', { size: 4_294_967_295 }],
    ['an undefined ts_event', { ts_event: 18_446_744_073_709_551_615n }],
    ['a ts_event that is hours late', { ts_event: BASE_TIME - 36_000_000_000_000n }],
    ['a side and an action that no enumeration names', { side: 'Z', action: '~' }],
    ['a NUL side', { side: '' }],
    ['a side beyond ASCII', { side: '\xff' }],
    ['a ts_in_delta that is negative', { ts_in_delta: -2_147_483_648 }],
    ['an instrument id of 0', { instrument_id: 0 }],
  ] as const) {
    it(`accept ${name}`, () => {
      expect(accepted('trades', { ...TRADE, ...odd })).to.equal(true);
    });
  }

  it('write a negative price exactly', () => {
    expect(rowOf('trades', { ...TRADE, price: -37_630_000_001n }).price).to.equal('-37.630000001');
  });

  it('reject an undefined ts_recv', () => {
    expect(reasonsAgainst('trades', { ...TRADE, ts_recv: 18_446_744_073_709_551_615n })).to.deep.equal([
      'timestamp-undefined: ts_recv is undefined; a row needs it',
    ]);
  });
});
