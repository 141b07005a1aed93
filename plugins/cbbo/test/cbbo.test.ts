import { expect } from 'chai';
import { BASE_TIME, reasonsAgainst, rowOf } from '../../../test/support/plugin-rows.js';

const QUOTE = { ts_recv: BASE_TIME, ts_event: BASE_TIME, price: 1n, size: 1, side: 'A' };
const NO_TIME = 18_446_744_073_709_551_615n;
const NO_PRICE = 9_223_372_036_854_775_807n;

describe('cbbo', () => {
  for (const schema of ['cbbo-1s', 'cbbo-1m']) {
    it(`takes the quotes of ${schema}`, () => {
      const row = rowOf(schema, { ...QUOTE, ask_px_00: 5n, ask_pb_00: 30 });
      expect(row).to.include({ ask_px_00: '0.000000005', ask_pb_00: 30n, side: 'A' });
      expect(row).to.not.have.any.keys('sequence', 'action', 'ts_in_delta');
    });
  }

  it('writes NULL where there was no event, no trade and no quote yet', () => {
    const nothing = { ts_event: NO_TIME, price: NO_PRICE, size: 4_294_967_295, ask_px_00: NO_PRICE, side: '' };
    expect(rowOf('cbbo-1m', { ...QUOTE, ...nothing })).to.include({
      ts_event: null,
      price: null,
      size: null,
      ask_px_00: null,
      side: null,
    });
  });

  it('rejects an interval without an end', () => {
    expect(reasonsAgainst('cbbo-1s', { ...QUOTE, ts_recv: NO_TIME })).to.deep.equal([
      'timestamp-undefined: ts_recv is undefined; a row needs it',
    ]);
  });
});
