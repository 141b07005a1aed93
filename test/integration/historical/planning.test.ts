import { expect } from 'chai';
import { ApiKey } from '../../../src/adapters/databento/index.js';
import { coverageOf } from '../../../src/core/historical/held-coverage.js';
import type { HistoricalApi } from '../../../src/core/historical/historical-api.js';
import { type HistoricalRequestText, readHistoricalRequest } from '../../../src/core/historical/historical-request.js';
import { planRequest } from '../../../src/core/historical/plan-request.js';
import type { PlanOptions } from '../../../src/core/historical/plan-range.js';
import type { RequestPlan } from '../../../src/core/historical/range-plan.js';
import { datesOf, SymbolMeanings } from '../../../src/core/historical/symbol-meanings.js';
import { usdToNumber } from '../../../src/core/historical/usd.js';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../../src/testing/gateway/index.js';
import { clientOf, type TestClient } from '../../support/historical-client.js';
import { PlanningDesk } from '../../support/planning-desk.js';
import { rejected } from '../../support/thrown.js';

const WEEK: HistoricalRequestText = { dataset: 'GLBX.MDP3', start: '2024-01-10', end: '2024-01-17' };

/** What planning is done with: the real client of a stand-in service; coverage and archive as a test has them. */
describe('a plan made with the stand-in gateway', () => {
  let gateway: Gateway;
  let test: TestClient;
  let desk: PlanningDesk;

  before(async () => {
    const datasets = { 'GLBX.MDP3': sampled({ recordsPerDay: 100, rolls: ['2024-01-12'] }) };
    gateway = await startGateway({ datasets });
    test = clientOf({ address: gateway.url }, { key: ApiKey.parse(STAND_IN_KEY, 'the test') });
  });

  after(async () => {
    test.client.close();
    await gateway.close();
  });

  beforeEach(() => {
    desk = new PlanningDesk({ start: '2024-01-01', end: '2024-02-01', symbols: {} });
  });

  const plan = (text: HistoricalRequestText, options: PlanOptions = {}): Promise<RequestPlan> =>
    planRequest(readHistoricalRequest({ ...WEEK, ...text }), { ...desk.ports, api: test.client }, options);

  /** Buys every part, and covers what loading it would cover. */
  async function carryOut(made: RequestPlan, api: HistoricalApi): Promise<void> {
    for (const { state, request } of made.ranges.flatMap(({ parts }) => parts)) {
      if (state === 'buy')
        for await (const bytes of (await api.range(request)).body) expect(bytes.length).to.be.above(0);
      if (state === 'pending') continue;
      const { dataset, stypeIn: stype, symbols } = request;
      const named = { dataset, stypeIn: stype, stypeOut: 'instrument_id', symbols, ...datesOf(request) } as const;
      const meanings = new SymbolMeanings(
        stype === made.request.stypeIn ? made.symbology : (await api.resolve(named)).intervals,
      );
      for (const { stypeIn, symbol, ranges: held } of coverageOf(request, meanings)) {
        desk.cover(request, stypeIn, symbol, held);
      }
    }
  }

  for (const [what, text] of [
    ['continuous symbols that roll', { schemas: ['trades', 'ohlcv-1d'], symbols: ['ES.c.0', 'ES.v.0', 'NQ.c.0'] }],
    ['a parent', { schemas: ['statistics'], symbols: ['ES.FUT'] }],
    ['all symbols', { schemas: ['definition'], symbols: ['ALL_SYMBOLS'] }],
  ] as const) {
    it(`prices ${what} as the service bills them, and finds nothing to buy afterwards`, async () => {
      for (const chunk of ['day', 'auto'] as const) {
        desk = new PlanningDesk({ start: '2024-01-01', end: '2024-02-01', symbols: {} });
        const made = await plan(text, { chunk });
        const before = gateway.bill;
        await carryOut(made, test.client);
        expect(gateway.bill.bytes - before.bytes).to.equal(made.estimate.sizeBytes);
        expect(gateway.bill.usd - before.usd).to.be.closeTo(usdToNumber(made.estimate.costUsd), 1e-9);
        const states = (await plan(text)).ranges.flatMap(({ parts }) => parts.map(({ state }) => state));
        expect(new Set(states)).to.deep.equal(new Set(['covered']));
      }
    });
  }

  it('knows the rolls, and keeps symbols of one instrument apart', async () => {
    const made = await plan({ schemas: ['trades'], symbols: ['ES.c.0', 'ES.v.0'] });
    const [first, second] = made.symbology.get('ES.c.0') ?? [];
    expect(first).to.include({ startDate: '2024-01-10', endDate: '2024-01-12' });
    expect(second).to.include({ startDate: '2024-01-12', endDate: '2024-01-17' });
    const bought = made.ranges.flatMap(({ parts }) => parts.map(({ request }) => request.symbols));
    expect(bought).to.deep.equal([['ES.c.0'], ['ES.v.0']]);
  });

  it('buys only what a wider range adds', async () => {
    await carryOut(await plan({ schemas: ['trades'], symbols: ['ES.c.0'], end: '2024-01-12' }), test.client);
    const made = await plan({ schemas: ['trades'], symbols: ['ES.c.0'], start: '2024-01-09' }, { chunk: 'none' });
    expect(made.ranges[0]?.parts.map(({ state }) => state)).to.deep.equal(['buy', 'covered', 'buy']);
  });

  it('buys of a parent, whose instruments are there in part, no record again', async () => {
    for (const schema of ['trades', 'ohlcv-1d']) {
      desk = new PlanningDesk({ start: '2024-01-01', end: '2024-02-01', symbols: {} });
      const whole = await plan({ schemas: [schema], symbols: ['ES.FUT'] });
      const start = gateway.bill.bytes;
      // over other days, and with a day that only one of them has
      await carryOut(await plan({ schemas: [schema], symbols: ['ESH4', 'ESM4'], end: '2024-01-13' }), test.client);
      await carryOut(await plan({ schemas: [schema], symbols: ['ESM4'], end: '2024-01-16' }), test.client);
      const made = await plan({ schemas: [schema], symbols: ['ES.FUT'] }, { chunk: 'day' });
      await carryOut(made, test.client);
      expect(gateway.bill.bytes - start, schema).to.equal(whole.estimate.sizeBytes);
      const again = await plan({ schemas: [schema], symbols: ['ES.FUT'] });
      expect(again.ranges[0]?.parts.map(({ state }) => state)).to.deep.equal(['covered']);
    }
  });

  it('does not ask for a Saturday alone, whatever the intervals of the symbology span', async () => {
    const made = await plan(
      { schemas: ['trades'], symbols: ['ES.c.0'], start: '2024-01-12', end: '2024-01-15' },
      { chunk: 'day' },
    );
    expect(made.ranges[0]?.parts.map(({ state }) => state)).to.deep.equal(['buy', 'empty', 'buy']);
    expect(made.ranges[0]?.parts[1]).to.include({ reason: 'the service has no instruments then' });
  });

  it('refuses before anything is bought what the service would refuse', async () => {
    const before = gateway.bill.requests['timeseries.get_range'];
    const schemas = ['trades'];
    for (const [text, code] of [
      [{ schemas, symbols: ['ESX9', 'ES'] }, 'SYMBOL_NOT_FOUND'],
      [{ schemas, symbols: ['ES.c.0'], end: '2024-02-01' }, 'RANGE_UNAVAILABLE'],
      [{ schemas: ['trade'], symbols: ['ES.c.0'] }, 'USAGE'],
      [{ schemas, symbols: ['ES.c.0'], dataset: 'GLBX.MDP' }, 'USAGE'],
    ] as const) {
      expect(await rejected(plan(text))).to.include({ code });
    }
    expect(gateway.bill.requests['timeseries.get_range']).to.equal(before);
  });
});
