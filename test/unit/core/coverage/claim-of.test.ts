import { expect } from 'chai';
import { claimOf, settleClaim } from '../../../../src/core/coverage/claim-of.js';
import type { Metadata } from '../../../../src/core/dbn/metadata.js';

const header: Metadata = {
  version: 3,
  dataset: 'GLBX.MDP3',
  schema: 'trades',
  start: 1_000n,
  end: 2_000n,
  limit: null,
  stypeIn: 'raw_symbol',
  stypeOut: 'instrument_id',
  tsOut: false,
  symbolCstrLen: 71,
  symbols: ['ESH4', 'NQH4'],
  partial: [],
  notFound: [],
  mappings: [],
};
const instruments = [{ instrumentId: 5482, ranges: [{ start: 0n, end: 5_000n }] }];

describe('claimOf', () => {
  it('claims the header range for every symbol that was asked for', () => {
    const claim = claimOf(header, instruments);
    expect(claim?.range).to.deep.equal({ start: 1_000n, end: 2_000n });
    expect(claim?.asks).to.deep.equal([
      { stypeIn: 'raw_symbol', symbol: 'ESH4' },
      { stypeIn: 'raw_symbol', symbol: 'NQH4' },
    ]);
    expect(claim?.instruments).to.equal(instruments);
    expect(claim?.alias).to.equal(false);
  });

  it('claims all instruments for ALL_SYMBOLS', () => {
    expect(claimOf({ ...header, symbols: ['ALL_SYMBOLS'] }, [])?.instruments).to.equal('all');
  });

  it('keeps continuous symbols apart as aliases', () => {
    expect(claimOf({ ...header, stypeIn: 'continuous', symbols: ['ES.c.0'] }, instruments)?.alias).to.equal(true);
  });

  it('names an instrument that was asked for by id for the whole range, mapped or not', () => {
    const byId = claimOf({ ...header, stypeIn: 'instrument_id', symbols: ['5482', 'x'] }, [...instruments, { instrumentId: 7, ranges: [] }]);
    expect(byId?.instruments).to.deep.equal([
      { instrumentId: 7, ranges: [] },
      { instrumentId: 5482, ranges: [{ start: 1_000n, end: 2_000n }] },
    ]);
  });

  for (const [name, change] of Object.entries({
    'mixed schemas': { schema: null },
    'no symbols': { symbols: [] },
    'an undefined end': { end: null },
    'an end before the start': { end: 999n },
    'an empty range': { end: 1_000n },
    'no input symbology': { stypeIn: null },
    'no dataset': { dataset: '' },
  } satisfies Record<string, Partial<Metadata>>)) {
    it(`claims nothing with ${name}`, () => {
      expect(claimOf({ ...header, ...change }, instruments)).to.equal(null);
    });
  }
});

describe('settleClaim', () => {
  const claim = claimOf(header, instruments);

  it('leaves a claim without limit as it is', () => {
    expect(settleClaim(claim, null, { lastIndexTimestamp: 1_500n, ranBackwards: true })).to.equal(claim);
  });

  it('ends a limited claim before its last index timestamp, which becomes the tail', () => {
    const settled = settleClaim(claim, 10n, { lastIndexTimestamp: 1_500n, ranBackwards: false });
    expect(settled?.range).to.deep.equal({ start: 1_000n, end: 1_500n });
    expect(settled?.tail).to.equal(1_500n);
  });

  it('drops a limited claim whose index timestamps ran backwards', () => {
    expect(settleClaim(claim, 10n, { lastIndexTimestamp: 1_500n, ranBackwards: true })).to.equal(null);
  });

  it('drops a limited claim without records', () => {
    expect(settleClaim(claim, 10n, { lastIndexTimestamp: null, ranBackwards: false })).to.equal(null);
  });

  it('never claims beyond the header when a record stands after its end', () => {
    const settled = settleClaim(claim, 10n, { lastIndexTimestamp: 9_000n, ranBackwards: false });
    expect(settled?.range).to.deep.equal({ start: 1_000n, end: 2_000n });
  });

  it('drops a limited claim whose records all stand before its start', () => {
    expect(settleClaim(claim, 10n, { lastIndexTimestamp: 500n, ranBackwards: false })).to.equal(null);
  });

  it('has nothing to settle where nothing was claimed', () => {
    expect(settleClaim(null, 10n, { lastIndexTimestamp: 1_500n, ranBackwards: false })).to.equal(null);
  });
});
