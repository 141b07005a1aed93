import { expect } from 'chai';
import { qualify, quoteIdentifier, quoteLiteral } from '../../../../src/adapters/postgres/identifiers.js';

describe('identifiers', () => {
  it('are quoted whatever they hold', () => {
    expect(quoteIdentifier('a"; drop table b; --')).to.equal('"a""; drop table b; --"');
    expect(qualify('my schema', 'trades')).to.equal('"my schema"."trades"');
  });

  it('and so are texts, backslashes included', () => {
    expect(quoteLiteral(`it's`)).to.equal(`'it''s'`);
    expect(quoteLiteral(`a\\'b`)).to.equal(` E'a\\\\''b'`);
  });
});
