import { expect } from 'chai';
import { accepted, BASE_TIME, rowOf } from '../../../test/support/plugin-rows.js';

const DEFINITION = {
  ts_recv: BASE_TIME,
  ts_event: BASE_TIME,
  raw_symbol: 'ESH1',
  instrument_id: 17,
  instrument_class: 'F',
};

describe('definition', () => {
  it('takes its symbol from the record when nothing is mapped', () => {
    expect(rowOf('definition', DEFINITION).symbol).to.equal('ESH1');
    expect(rowOf('definition', { ...DEFINITION, raw_symbol: '' }).symbol).to.equal('INSTRUMENT_17');
  });

  for (const version of [1, 2] as const) {
    it(`gives records of DBN version ${version} the legs that the vendor's upgrade gives`, () => {
      const row = rowOf('definition', { ...DEFINITION, trading_reference_price: 5n, settl_price_type: 3 }, version);
      expect(row).to.include({
        leg_price: null,
        leg_delta: null,
        leg_side: 'N',
        leg_instrument_class: null,
        leg_raw_symbol: '',
        leg_count: 0n,
        leg_index: 0n,
        leg_instrument_id: 0n,
        leg_ratio_price_numerator: 0n,
        leg_ratio_qty_denominator: 0n,
        leg_underlying_id: 0n,
        trading_reference_price: '0.000000005',
        settl_price_type: 3n,
        md_security_trading_status: null,
        trading_reference_date: null,
      });
    });
  }

  it('writes NULL for the four fields that version 3 lacks', () => {
    expect(rowOf('definition', { ...DEFINITION, leg_side: 'A', leg_count: 2 })).to.include({
      leg_side: 'A',
      leg_count: 2n,
      trading_reference_price: null,
      trading_reference_date: null,
      md_security_trading_status: null,
      settl_price_type: null,
    });
  });

  it('holds every raw instrument id', () => {
    const row = rowOf('definition', { ...DEFINITION, raw_instrument_id: 18_446_744_073_709_551_615n });
    expect(row.raw_instrument_id).to.equal('18446744073709551615');
    expect(rowOf('definition', { ...DEFINITION, raw_instrument_id: 4_294_967_295 }, 2).raw_instrument_id).to.equal(
      '4294967295',
    );
  });

  it('accepts the odd limits that venues publish', () => {
    expect(
      accepted('definition', { ...DEFINITION, high_limit_price: 2n ** 63n - 2n, low_limit_price: -(2n ** 63n) }),
    ).to.equal(true);
    expect(
      accepted('definition', { ...DEFINITION, expiration: 0n, match_algorithm: '\x01', raw_symbol: 'Ä' }),
    ).to.equal(true);
  });
});
