import { expect } from 'chai';
import { someOf } from '../../../../src/core/text/some-of.js';

describe('someOf', () => {
  it('names a few, and counts the rest', () => {
    expect(someOf(['a'])).to.equal('a');
    expect(someOf(['a', 'b', 'c'], 3)).to.equal('a, b, c');
    expect(someOf(['a', 'b', 'c'], 2)).to.equal('a, b and 1 more');
  });
});
