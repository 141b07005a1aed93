import { expect } from 'chai';
import { qualify, quoteIdentifier, quoteLiteral, shortened } from '../../../../src/adapters/postgres/identifiers.js';

describe('identifiers', () => {
  it('are quoted whatever they hold', () => {
    expect(quoteIdentifier('a"; drop table b; --')).to.equal('"a""; drop table b; --"');
    expect(qualify('my schema', 'trades')).to.equal('"my schema"."trades"');
  });

  it('that are too long differ still where PostgreSQL would cut them to the same', () => {
    const names = [`${'t'.repeat(62)}a_brin`, `${'t'.repeat(62)}a_instrument`, `${'t'.repeat(62)}b_brin`].map(
      shortened,
    );
    expect(new Set(names)).to.have.length(3);
    for (const name of names) expect(name).to.have.length(63);
    expect(shortened('trades_brin')).to.equal('trades_brin');
  });

  it('and so are texts, backslashes included', () => {
    expect(quoteLiteral(`it's`)).to.equal(`'it''s'`);
    expect(quoteLiteral(`a\\'b`)).to.equal(` E'a\\\\''b'`);
  });
});
