import { expect } from 'chai';
import {
  NO_SCHEMA,
  rtypeOfSchema,
  SCHEMA_NAMES,
  schemaName,
  schemaNumber,
  schemaOfRtype,
} from '../../../../src/core/dbn/schemas.js';

describe('schemas', () => {
  it("knows the vendor's twenty schemas by number", () => {
    expect(SCHEMA_NAMES).to.have.length(20);
    expect([0, 3, 4, 9, 10, 17, 19].map(schemaName)).to.deep.equal([
      'mbo',
      'tbbo',
      'trades',
      'definition',
      'statistics',
      'tcbbo',
      'bbo-1m',
    ]);
  });

  it('gives every name its number back', () => {
    SCHEMA_NAMES.forEach((name, number) => expect(schemaNumber(name)).to.equal(number));
  });

  it('takes 65535 as none or mixed', () => {
    expect(schemaName(NO_SCHEMA)).to.equal(null);
    expect(schemaNumber(null)).to.equal(NO_SCHEMA);
  });

  it('keeps a number it does not know, both ways', () => {
    expect(schemaName(777)).to.equal('unknown-777');
    expect(schemaNumber('unknown-777')).to.equal(777);
  });

  it('has no number for other words, nor for an unknown that is known', () => {
    for (const name of ['trade', 'unknown-', 'unknown-4', 'unknown-65535', 'unknown-07']) {
      expect(schemaNumber(name), name).to.equal(undefined);
    }
  });

  it('gives tbbo the rtype of mbp-1, and that rtype back to mbp-1', () => {
    expect(rtypeOfSchema('tbbo')).to.equal(1);
    expect(schemaOfRtype(1)).to.equal('mbp-1');
  });

  it('knows no rtype of an unknown schema and no schema of an unknown rtype', () => {
    expect(rtypeOfSchema('trade')).to.equal(undefined);
    expect(schemaOfRtype(0x11)).to.equal(undefined);
  });
});
