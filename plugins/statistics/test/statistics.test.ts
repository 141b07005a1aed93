import { expect } from 'chai';
import { accepted, BASE_TIME, rowOf } from '../../../test/support/plugin-rows.js';

const STATISTIC = { ts_recv: BASE_TIME, ts_event: BASE_TIME, stat_type: 6, quantity: 12 };

describe('statistics', () => {
  it('has an undefined quantity by the DBN version of its record', () => {
    for (const version of [1, 2] as const) {
      expect(rowOf('statistics', { ...STATISTIC, quantity: 2_147_483_647 }, version).quantity).to.equal(null);
      expect(rowOf('statistics', { ...STATISTIC, quantity: -2_147_483_648 }, version).quantity).to.equal(
        -2_147_483_648n,
      );
    }
    expect(rowOf('statistics', { ...STATISTIC, quantity: 2_147_483_647 }).quantity).to.equal(2_147_483_647n);
    expect(rowOf('statistics', { ...STATISTIC, quantity: 9_223_372_036_854_775_807n }).quantity).to.equal(null);
    expect(rowOf('statistics', { ...STATISTIC, quantity: -5n }).quantity).to.equal(-5n);
  });

  it('accepts kinds and actions that no enumeration names, and a value of neither sort', () => {
    const odd = { stat_type: 65_535, update_action: 99, stat_flags: 255, channel_id: 65_535 };
    expect(accepted('statistics', { ts_recv: BASE_TIME, ...odd })).to.equal(true);
    expect(rowOf('statistics', { ts_recv: BASE_TIME, ...odd })).to.include({
      channel_id: null,
      price: null,
      ts_ref: null,
    });
  });
});
