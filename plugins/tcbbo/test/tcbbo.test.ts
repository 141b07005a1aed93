import { expect } from 'chai';
import { BASE_TIME, builtinRegistry, rowOf } from '../../../test/support/plugin-rows.js';

const TRADE = { ts_recv: BASE_TIME, ts_event: BASE_TIME, price: 1n, size: 1, action: 'T', side: 'B' };

describe('tcbbo', () => {
  it('has the columns of cmbp-1, whose record it is', () => {
    const columnsOf = (schema: string) =>
      builtinRegistry.get(schema).table.columns.map(({ name, type }) => [name, type]);
    expect(columnsOf('tcbbo')).to.deep.equal(columnsOf('cmbp-1'));
  });

  it('holds the trade and the venues of the quote before it', () => {
    expect(rowOf('tcbbo', { ...TRADE, ts_in_delta: 12, bid_px_00: 5n, bid_pb_00: 24 })).to.include({
      price: '0.000000001',
      action: 'T',
      ts_in_delta: 12n,
      bid_px_00: '0.000000005',
      bid_pb_00: 24n,
    });
  });

  it('writes NULL for an undefined size and for sides without a quote', () => {
    const none = { size: 4_294_967_295, bid_px_00: 9_223_372_036_854_775_807n, ask_px_00: 9_223_372_036_854_775_807n };
    expect(rowOf('tcbbo', { ...TRADE, ...none })).to.include({ size: null, bid_px_00: null, ask_px_00: null });
  });
});
