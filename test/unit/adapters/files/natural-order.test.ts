import { expect } from 'chai';
import { compareNaturally } from '../../../../src/adapters/files/natural-order.js';

describe('compareNaturally', () => {
  const sorted = (...names: string[]): string[] => names.sort(compareNaturally);

  it('orders numbers in names by their value', () => {
    expect(sorted('p10', 'p9', 'p1', 'p')).to.deep.equal(['p', 'p1', 'p9', 'p10']);
  });

  it('orders numbers that are too large for a number type', () => {
    expect(sorted('20000000000000000000002', '20000000000000000000001', '3')).to.deep.equal([
      '3',
      '20000000000000000000001',
      '20000000000000000000002',
    ]);
  });

  it('tells names apart that differ in leading zeros only', () => {
    expect(sorted('a1', 'a01', 'a001')).to.deep.equal(['a001', 'a01', 'a1']);
    expect(compareNaturally('a01', 'a01')).to.equal(0);
  });

  it('orders letters by code unit, whatever the locale', () => {
    expect(sorted('b', 'a', 'B', 'ä', '1')).to.deep.equal(['1', 'B', 'a', 'b', 'ä']);
  });
});
