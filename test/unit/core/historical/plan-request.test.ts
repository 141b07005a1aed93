import { expect } from 'chai';
import {
  type HistoricalRequestText,
  readHistoricalRequest,
} from '../../../../src/core/historical/historical-request.js';
import { planRequest } from '../../../../src/core/historical/plan-request.js';
import type { RequestPlan } from '../../../../src/core/historical/range-plan.js';
import { formatUsd } from '../../../../src/core/historical/usd.js';
import { at, type DeclaredMarket } from '../../../support/declared-market.js';
import { PlanningDesk } from '../../../support/planning-desk.js';
import { rejected } from '../../../support/thrown.js';

const market: DeclaredMarket = {
  start: '2024-01-01',
  end: '2024-03-01',
  symbols: {
    raw_symbol: {
      ESH4: [['2024-01-01', '2024-03-01', 1]],
      NEW: [['2024-01-12', '2024-03-01', 2]],
      LATER: [['2024-01-12', '2024-03-01', 6]],
      LATEST: [['2024-01-13', '2024-03-01', 7]],
      TWICE: [
        ['2024-01-02', '2024-01-04', 3],
        ['2024-01-04', '2024-01-05', 4],
        ['2024-02-20', '2024-03-01', 5],
      ],
    },
    continuous: {
      'ES.c.0': [
        ['2024-01-01', '2024-01-11', 1],
        ['2024-01-11', '2024-03-01', 2],
      ],
    },
  },
  conditions: [
    { date: '2024-01-10', condition: 'available', lastModifiedDate: '2024-01-11' },
    { date: '2024-02-29', condition: 'available', lastModifiedDate: '2024-03-01' },
  ],
  schemaRanges: { tbbo: { start: at('2024-01-05'), end: at('2024-02-29') } },
};

describe('planRequest', () => {
  let desk: PlanningDesk;
  const plan = (text: HistoricalRequestText): Promise<RequestPlan> =>
    planRequest(
      readHistoricalRequest({
        dataset: 'GLBX.MDP3',
        schemas: ['trades'],
        symbols: ['ESH4'],
        start: '2024-01-10',
        end: '2024-01-11',
        ...text,
      }),
      desk.ports,
    );

  beforeEach(() => {
    desk = new PlanningDesk(market);
  });

  it('plans every schema, with the rolls, the conditions and the sum of the prices', async () => {
    const made = await plan({ schemas: ['trades', 'definition'], symbols: ['ES.c.0'], end: '2024-01-13' });
    expect(made.ranges.map(({ request }) => request.schema)).to.deep.equal(['trades', 'definition']);
    expect(made.ranges.map(({ parts }) => parts.map(({ state }) => state))).to.deep.equal([['buy'], ['buy']]);
    expect(made.ranges[0]?.parts[0]?.conditions).to.deep.equal([market.conditions?.[0]]);
    expect(made.symbology.get('ES.c.0')).to.deep.equal([
      { startDate: '2024-01-10', endDate: '2024-01-11', symbol: '1' },
      { startDate: '2024-01-11', endDate: '2024-01-13', symbol: '2' },
    ]);
    expect(made.estimate).to.include({ records: 6_000, sizeBytes: 288_000 });
    expect(formatUsd(made.estimate.costUsd)).to.equal('0.006');
    expect(made.notes).to.deep.equal([]);
  });

  it('does not resolve ALL_SYMBOLS', async () => {
    const made = await plan({ symbols: ['ALL_SYMBOLS'] });
    expect(made.ranges[0]?.parts.map(({ state }) => state)).to.deep.equal(['buy']);
    expect(made.symbology.size).to.equal(0);
    expect(desk.api.calls.filter((call) => call.startsWith('resolve'))).to.deep.equal([]);
  });

  it('names every symbol that means nothing on any day of the dataset, before anything else', async () => {
    const error = await rejected(plan({ symbols: ['ESH4', 'EHS4', 'NEW', 'NIX'] }));
    expect(error).to.include({
      code: 'SYMBOL_NOT_FOUND',
      message:
        'EHS4, NIX mean nothing in GLBX.MDP3 as raw_symbol on any day from 2024-01-01 to before 2024-03-01; nothing was bought',
      hint: 'Check spelling and range, or leave out these symbols.',
    });
    expect(error.context).to.include({ symbols: 'EHS4,NIX', stype_in: 'raw_symbol' });
    const number = await rejected(plan({ symbols: ['5482'] }));
    expect(number.message).to.match(/^5482 means nothing/);
    expect(number.hint).to.equal('Say --stype-in instrument_id if these are instrument ids.');
  });

  it('reports symbols that mean something on some days only', async () => {
    const made = await plan({ symbols: ['ESH4', 'NEW'], end: '2024-01-14' });
    expect(made.notes).to.deep.equal([{ topic: 'symbols', text: 'NEW means nothing on some days of the range' }]);
  });

  it('takes a symbol for empty whose instrument is there on other days than those of the range', async () => {
    const alone = await plan({ symbols: ['NEW'] });
    expect(alone.ranges[0]?.parts.map(({ state }) => state)).to.deep.equal(['empty']);
    const nearest =
      'NEW means nothing on any day of the range; the nearest days on which it means something are those from 2024-01-12 to before 2024-03-01';
    expect(alone.notes).to.deep.equal([{ topic: 'symbols', text: nearest }]);
    const beside = await plan({ symbols: ['ESH4', 'NEW'] });
    expect(beside.ranges[0]?.parts.map(({ state, request }) => [state, request.symbols])).to.deep.equal([
      ['buy', ['ESH4', 'NEW']],
    ]);
    expect(beside.estimate.records).to.equal(1_000);
  });

  it('says when such a symbol means something, the nearest time, and nothing of that for many of them', async () => {
    const texts = async (symbols: string[]): Promise<string[]> =>
      (await plan({ symbols })).notes.map(({ text }) => text);
    const days = (from: string, before: string): string =>
      `means nothing on any day of the range; the nearest days on which it means something are those from ${from} to before ${before}`;
    expect(await texts(['TWICE', 'NEW'])).to.deep.equal([
      `TWICE ${days('2024-01-02', '2024-01-05')}`,
      `NEW ${days('2024-01-12', '2024-03-01')}`,
    ]);
    const made = await plan({ symbols: ['TWICE'], start: '2024-02-10', end: '2024-02-11' });
    expect(made.notes.map(({ text }) => text)).to.deep.equal([`TWICE ${days('2024-02-20', '2024-03-01')}`]);
    expect(await texts(['TWICE', 'NEW', 'LATER', 'LATEST'])).to.deep.equal([
      'TWICE, NEW, LATER, LATEST mean nothing on any day of the range',
    ]);
  });

  it('knows datasets and schemas, and the nearest right one', async () => {
    expect(await rejected(plan({ dataset: 'GLBX.MPD3' }))).to.include({
      code: 'USAGE',
      message: 'dataset is "GLBX.MPD3", and the service has no such dataset',
      hint: 'Did you mean GLBX.MDP3?',
    });
    expect(await rejected(plan({ schemas: ['trades', 'ohlcv_1d'] }))).to.include({
      code: 'USAGE',
      message: 'schema is "ohlcv_1d", and GLBX.MDP3 has no such schema',
      hint: 'Did you mean ohlcv-1d?',
    });
    expect(await rejected(plan({ schemas: ['candles-of-all-kinds'] }))).to.include({
      hint: 'Take one of trades, tbbo, ohlcv-1d, definition.',
    });
  });

  it('refuses ranges that the dataset does not have, and says what it has', async () => {
    for (const [text, message, hint] of [
      [
        { start: '2023-12-31' },
        /^the range of trades of GLBX.MDP3 starts at 2023-12-31, before there is any data, expected a range from 2024-01-01 to 2024-03-01$/,
        'Start at 2024-01-01.',
      ],
      [{ start: '2023-12-01', end: '2023-12-05' }, /before there is any data/, 'Choose a later range.'],
      [
        { start: '2024-03-01', end: '2024-03-05' },
        /starts at 2024-03-01, behind all there is/,
        'Choose an earlier range, or ask again later.',
      ],
      [
        { end: '2024-03-02' },
        /ends at 2024-03-02, behind all there is, expected/,
        'End at 2024-03-01 at the latest, or leave out the end of a range that has begun.',
      ],
      [
        { schemas: ['trades', 'tbbo'], start: '2024-01-02' },
        /^the range of tbbo of GLBX.MDP3 starts at 2024-01-02, /,
        'Start at 2024-01-05.',
      ],
    ] as const) {
      const error = await rejected(plan(text));
      expect(error).to.include({ code: 'RANGE_UNAVAILABLE', hint });
      expect(error.message).to.match(message);
    }
  });

  it('ends where the data end when nobody gave an end, by schema', async () => {
    const made = await plan({ schemas: ['trades', 'tbbo'], start: '2024-02', end: undefined });
    expect(made.request.end).to.equal(at('2024-03-01'));
    expect(made.ranges.map(({ request }) => request.end)).to.deep.equal([at('2024-03-01'), at('2024-02-29')]);
    expect(made.notes).to.deep.equal([
      {
        topic: 'end',
        text: 'the tbbo of GLBX.MDP3 go up to 2024-02-29: that is taken for the end',
      },
    ]);
  });

  it('stops when it is told to', async () => {
    const request = readHistoricalRequest({
      dataset: 'GLBX.MDP3',
      schemas: ['trades'],
      symbols: ['ESH4'],
      start: '2024-01-10',
    });
    const signals: unknown[] = [];
    desk.api.listDatasets = async (call?: { signal?: AbortSignal }) => {
      signals.push(call?.signal);
      return ['GLBX.MDP3'];
    };
    const { signal } = new AbortController();
    await planRequest(request, desk.ports, { signal });
    expect(signals).to.deep.equal([signal]);
  });
});
