import { expect } from 'chai';
import { accepted, BASE_TIME, rowOf } from '../../../test/support/plugin-rows.js';

const EVENT = { ts_recv: BASE_TIME, ts_event: BASE_TIME, price: 1n, size: 1, action: 'M', side: 'A', depth: 9 };
const NO_PRICE = 9_223_372_036_854_775_807n;
const FIELDS = ['bid_px', 'ask_px', 'bid_sz', 'ask_sz', 'bid_ct', 'ask_ct'];
const LEVELS = Array.from({ length: 10 }, (_, index) => `0${index}`);

describe('mbp-10', () => {
  it('holds ten levels of six fields, in the order of the wire', () => {
    const columns = Object.keys(rowOf('mbp-10', EVENT)).filter((name) => /_\d\d$/.test(name));
    expect(columns).to.deep.equal(LEVELS.flatMap((level) => FIELDS.map((field) => `${field}_${level}`)));
  });

  it('puts every value into its own column', () => {
    const values = Object.fromEntries(
      LEVELS.flatMap((level, index) =>
        FIELDS.map((field, at) => {
          const value = index * 6 + at + 1;
          return [`${field}_${level}`, field.endsWith('_px') ? BigInt(value) * 1_000_000_000n : value];
        }),
      ),
    );
    const row = rowOf('mbp-10', { ...EVENT, ...values });
    const held = LEVELS.flatMap((level) => FIELDS.map((field) => Number(row[`${field}_${level}`])));
    expect(held).to.deep.equal(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  it('writes NULL for a level without a quote', () => {
    expect(rowOf('mbp-10', { ...EVENT, bid_px_07: NO_PRICE, ask_px_07: NO_PRICE, ask_px_08: 5n })).to.include({
      bid_px_07: null,
      ask_px_07: null,
      bid_sz_07: 0n,
      ask_px_08: '0.000000005',
    });
  });

  it('accepts levels that do not follow each other', () => {
    expect(accepted('mbp-10', { ...EVENT, bid_px_00: 1n, bid_px_01: 2n, ask_px_00: 1n })).to.equal(true);
  });
});
