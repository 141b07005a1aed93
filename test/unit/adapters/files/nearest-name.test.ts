import { expect } from 'chai';
import { nearestName } from '../../../../src/adapters/files/nearest-name.js';

describe('nearestName', () => {
  it('finds a name with a letter missing, added, changed or swapped', () => {
    for (const slip of ['trads', 'ttrades', 'trbdes', 'tardes']) {
      expect(nearestName(slip, ['ohlcv', 'trades'])).to.equal('trades');
    }
  });

  it('finds a name whose ending was left out, and one in other letter case', () => {
    expect(nearestName('x', ['y.dbn', 'x.dbn.zst'])).to.equal('x.dbn.zst');
    expect(nearestName('ES.DBN', ['es.dbn'])).to.equal('es.dbn');
  });

  it('prefers the nearest of several', () => {
    expect(nearestName('es-2024-03.dbn', ['es-2023-04.dbn', 'es-2024-04.dbn', 'es-2023-03.dbnx'])).to.equal(
      'es-2024-04.dbn',
    );
  });

  it('finds nothing among names that are far away', () => {
    expect(nearestName('trades.dbn', ['notes.txt', 'ohlcv.dbn.zst'])).to.equal(undefined);
    expect(nearestName('trades.dbn', [])).to.equal(undefined);
  });
});
