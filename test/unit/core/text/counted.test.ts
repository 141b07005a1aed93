import { expect } from 'chai';
import { counted } from '../../../../src/core/text/counted.js';

describe('a number with its noun', () => {
  it('has the plural but for one', () => {
    expect([0, 1, 2].map((count) => counted(count, 'record'))).to.deep.equal(['0 records', '1 record', '2 records']);
    expect(counted(5000, 'record', '5,000')).to.equal('5,000 records');
    expect(counted(1, 'time', 'one')).to.equal('one time');
  });
});
