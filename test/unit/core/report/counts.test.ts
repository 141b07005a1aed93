import { expect } from 'chai';
import { addCounts, balances, noRecords, noSymbols } from '../../../../src/core/report/counts.js';

describe('counts', () => {
  it('balances when every decoded record is accounted for', () => {
    const counts = {
      ...noRecords(),
      decoded: 15,
      loaded: 5,
      already_loaded: 4,
      quarantined: 3,
      control: 2,
      unsupported: 1,
    };
    expect(balances(counts)).to.equal(true);
    expect(balances({ ...counts, decoded: 16 })).to.equal(false);
  });

  it('leaves replaced rows out of the balance', () => {
    expect(balances({ ...noRecords(), decoded: 1, loaded: 1, replaced: 7 })).to.equal(true);
  });

  it('adds field by field', () => {
    const total = { ...noSymbols(), mapped: 1 };
    addCounts(total, { ...noSymbols(), mapped: 2, fallback: 3 });
    expect(total).to.deep.equal({ mapped: 3, record: 0, requested: 0, fallback: 3, unknown: 0 });
  });
});
