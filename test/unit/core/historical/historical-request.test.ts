import { expect } from 'chai';
import {
  stypeNote,
  type HistoricalRequestText,
  rangeRequestOf,
  readHistoricalRequest,
} from '../../../../src/core/historical/historical-request.js';
import { at } from '../../../support/declared-market.js';
import { thrown } from '../../../support/thrown.js';

const text: HistoricalRequestText = {
  dataset: 'GLBX.MDP3',
  schemas: ['trades'],
  symbols: ['ES.c.0'],
  start: '2024-01-10',
  end: '2024-01-11',
};

const refusalOf = (change: HistoricalRequestText) => thrown(() => readHistoricalRequest({ ...text, ...change }));

describe('readHistoricalRequest', () => {
  it('reads what a person gives, for each schema once', () => {
    const request = readHistoricalRequest({ ...text, schemas: [' trades', 'definition', 'trades'], limit: 10 });
    expect(request).to.deep.equal({
      dataset: 'GLBX.MDP3',
      schemas: ['trades', 'definition'],
      stypeIn: 'continuous',
      stypeInferred: true,
      symbols: ['ES.c.0'],
      start: at('2024-01-10'),
      end: at('2024-01-11'),
      endOpen: false,
      limit: 10n,
    });
    expect(rangeRequestOf(request, 'definition')).to.deep.equal({
      dataset: 'GLBX.MDP3',
      schema: 'definition',
      stypeIn: 'continuous',
      symbols: ['ES.c.0'],
      start: at('2024-01-10'),
      end: at('2024-01-11'),
      limit: 10n,
    });
    expect(stypeNote(request)).to.equal('symbols are read as continuous (from the form of the symbols)');
    expect(stypeNote({ ...request, stypeInferred: false })).to.equal(null);
    expect(stypeNote({ ...request, symbols: ['ALL_SYMBOLS'] })).to.equal(null);
  });

  it('takes the end from how exact the start is', () => {
    for (const [start, end] of [
      ['2024', '2025-01-01'],
      ['2024-03', '2024-04-01'],
      ['2024-03-10', '2024-03-11'],
    ] as const) {
      const request = readHistoricalRequest({ ...text, start, end: undefined });
      expect(request).to.deep.include({ end: at(end), endOpen: true, limit: null });
    }
    expect(refusalOf({ start: '2024-03-10T01:02:03', end: undefined })).to.include({
      code: 'USAGE',
      message: 'no end is given, and start, "2024-03-10T01:02:03", is a single instant',
    });
  });

  it('refuses what is missing or makes no sense, with what was found and expected', () => {
    for (const [change, message] of [
      [{ dataset: ' ' }, 'no dataset is given'],
      [{ dataset: undefined }, 'no dataset is given'],
      [{ schemas: [] }, 'no schema is given'],
      [{ schemas: undefined }, 'no schema is given'],
      [{ schemas: ['trades', ''] }, 'one of the 2 schemas is empty'],
      [{ symbols: undefined }, 'no symbols are given'],
      [{ start: undefined }, 'no start is given'],
      [{ start: 'today' }, 'start is "today", expected a UTC time: YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS or ns'],
      [{ end: '2024-01-10' }, 'start, 2024-01-10, is the same as end, 2024-01-10, expected a start before the end'],
      [{ end: '2024-01-09' }, 'start, 2024-01-10, is after end, 2024-01-09, expected a start before the end'],
      [{ limit: 0 }, 'limit is 0, expected a whole number above 0'],
      [{ limit: -3n }, 'limit is -3, expected a whole number above 0'],
      [{ limit: 1.5 }, 'limit is 1.5, expected a whole number above 0'],
      [{ limit: 2n ** 64n }, 'limit is 18446744073709551616, expected a whole number above 0'],
    ] as const) {
      const error = refusalOf(change);
      expect(error).to.include({ code: 'USAGE', message });
      expect(error).to.have.property('hint').that.matches(/\.$/);
    }
  });
});
