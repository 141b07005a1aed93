import { expect } from 'chai';
import { accepted, BASE_TIME, reasonsAgainst, rowOf } from '../../../test/support/plugin-rows.js';

const IMBALANCE = { ts_recv: BASE_TIME, ts_event: BASE_TIME, ref_price: 1n, paired_qty: 10 };
const PRICES = [
  'ref_price',
  'cont_book_clr_price',
  'auct_interest_clr_price',
  'ssr_filling_price',
  'ind_match_price',
  'upper_collar',
  'lower_collar',
] as const;
const QUANTITIES = ['paired_qty', 'total_imbalance_qty', 'market_imbalance_qty', 'unpaired_qty'] as const;

describe('imbalance', () => {
  it('writes NULL for each undefined price, quantity and time', () => {
    const undefinedValues = {
      ...Object.fromEntries(PRICES.map((name) => [name, 2n ** 63n - 1n])),
      ...Object.fromEntries(QUANTITIES.map((name) => [name, 2 ** 32 - 1])),
      auction_time: 2n ** 64n - 1n,
    };
    const row = rowOf('imbalance', { ...IMBALANCE, ...undefinedValues });
    for (const name of [...PRICES, ...QUANTITIES, 'auction_time', 'auction_time_ns']) {
      expect(row[name], name).to.equal(null);
    }
  });

  it('keeps the zeros that venues write where nothing is', () => {
    expect(rowOf('imbalance', { ...IMBALANCE, upper_collar: 0n, auction_time: 0n, unpaired_qty: 0 })).to.include({
      upper_collar: '0',
      auction_time: 0n,
      auction_time_ns: 0n,
      unpaired_qty: 0n,
    });
  });

  it('keeps letters and codes as they are', () => {
    const letters = {
      auction_type: 'O',
      side: 'B',
      unpaired_side: '',
      significant_imbalance: '~',
      auction_status: 255,
    };
    expect(rowOf('imbalance', { ...IMBALANCE, ...letters })).to.include({
      auction_type: 'O',
      side: 'B',
      unpaired_side: null,
      significant_imbalance: '~',
      auction_status: 255n,
    });
  });

  it('accepts collars that are crossed', () => {
    expect(accepted('imbalance', { ...IMBALANCE, upper_collar: 1n, lower_collar: 2n })).to.equal(true);
  });

  it('rejects an undefined ts_recv', () => {
    expect(reasonsAgainst('imbalance', { ...IMBALANCE, ts_recv: 2n ** 64n - 1n })).to.deep.equal([
      'timestamp-undefined: ts_recv is undefined; a row needs it',
    ]);
  });
});
