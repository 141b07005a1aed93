import { expect } from 'chai';
import { nearest } from '../../../../src/core/text/nearest.js';

describe('nearest', () => {
  const words = ['database', 'db-schema', 'dataset', 'schema', 'index'];

  it('finds the word with a letter missing, added, wrong or swapped', () => {
    for (const typed of ['databse', 'dattabase', 'datubase', 'adtabase', 'DATABASE']) {
      expect(nearest(typed, words), typed).to.equal('database');
    }
  });

  it('finds nothing when no word is near', () => {
    expect(nearest('concurrency', words)).to.equal(undefined);
    expect(nearest('x', [])).to.equal(undefined);
  });

  it('prefers the nearest one', () => {
    expect(nearest('datase', words)).to.equal('dataset');
  });
});
