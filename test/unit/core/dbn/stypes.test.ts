import { expect } from 'chai';
import { STYPE_NAMES, stypeName, stypeNumber } from '../../../../src/core/dbn/stypes.js';

describe('symbologies', () => {
  it('gives every name its number back', () => {
    STYPE_NAMES.forEach((name, number) => {
      expect(stypeNumber(name)).to.equal(number);
      expect(stypeName(number)).to.equal(name);
    });
  });

  it("accepts the vendor's other spellings", () => {
    expect(['product_id', 'native', 'nasdaq', 'cms'].map(stypeNumber)).to.deep.equal([0, 1, 5, 6]);
  });

  it('takes 255 as none or mixed', () => {
    expect(stypeName(255)).to.equal(null);
    expect(stypeNumber(null)).to.equal(255);
  });

  it('keeps a number it does not know, both ways', () => {
    expect(stypeName(99)).to.equal('unknown-99');
    expect(stypeNumber('unknown-99')).to.equal(99);
  });

  it('has no number for other words', () => {
    for (const name of ['symbol', 'unknown-3', 'unknown-255', 'unknown-256']) {
      expect(stypeNumber(name), name).to.equal(undefined);
    }
  });
});
