import { expect } from 'chai';
import type { AnnouncedPurchase } from '../../../../src/core/historical/announced-purchase.js';
import { DayConditions } from '../../../../src/core/historical/day-conditions.js';
import { planRange, type PlanOptions } from '../../../../src/core/historical/plan-range.js';
import type { RangeRequest, StypeIn } from '../../../../src/core/historical/range-request.js';
import { at, type DeclaredMarket } from '../../../support/declared-market.js';
import { PlanningDesk } from '../../../support/planning-desk.js';

const market: DeclaredMarket = {
  start: '2023-01-01',
  end: '2025-01-01',
  symbols: {
    raw_symbol: {
      ESH4: [['2023-06-01', '2024-03-16', 1]],
      ESM4: [['2023-09-01', '2024-06-22', 2]],
      NQH4: [['2023-06-01', '2024-03-16', 3]],
    },
    instrument_id: { '1': [['2023-06-01', '2024-03-16', 1]] },
    parent: {
      'ES.FUT': [
        ['2023-06-01', '2024-03-16', 1],
        ['2023-09-01', '2024-06-22', 2],
      ],
    },
    continuous: { 'ES.c.0': [['2023-12-16', '2024-03-16', 1]] },
  },
};

const asked = (stypeIn: StypeIn, symbol: string, start: string, end: string, schema = 'trades'): RangeRequest => ({
  ...{ dataset: 'GLBX.MDP3', schema, stypeIn, symbols: [symbol], limit: null },
  start: at(start),
  end: at(end),
});

describe('what others are buying', () => {
  let desk: PlanningDesk;
  beforeEach(() => (desk = new PlanningDesk(market)));

  async function inTheWay(request: RangeRequest, options: PlanOptions = {}): Promise<readonly AnnouncedPurchase[]> {
    const facts = { meanings: await desk.meanings(request), conditions: new DayConditions([]) };
    return (await planRange(request, facts, desk.ports, options)).inTheWay;
  }
  const WANTED = asked('raw_symbol', 'ESH4', '2024-01-03', '2024-01-06');

  for (const [name, other] of [
    ['some of the same days', asked('raw_symbol', 'ESH4', '2024-01-05', '2024-01-09')],
    ['the same instrument by its id', asked('instrument_id', '1', '2024-01-01', '2024-01-09')],
    ['its parent', asked('parent', 'ES.FUT', '2024-01-03', '2024-01-04')],
    ['all symbols', asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-03', '2024-01-04')],
    ['a part of a day', { ...WANTED, end: WANTED.start + 1n }],
  ] as const) {
    it(`is in the way if it is ${name}`, async () => {
      desk.announce(other);
      expect((await inTheWay(WANTED)).map(({ request }) => request)).to.deep.equal([other]);
      // and the other way round
      desk.announced.length = 0;
      desk.announce(WANTED);
      expect(await inTheWay(other)).to.have.length(other.symbols[0] === 'ALL_SYMBOLS' ? 0 : 1);
    });
  }

  for (const [name, other] of [
    ['other days', asked('raw_symbol', 'ESH4', '2024-01-06', '2024-01-09')],
    ['another instrument', asked('raw_symbol', 'NQH4', '2024-01-03', '2024-01-06')],
    ['another schema', asked('raw_symbol', 'ESH4', '2024-01-03', '2024-01-06', 'tbbo')],
    ['an alias, which is a set of rows of its own', asked('continuous', 'ES.c.0', '2024-01-03', '2024-01-06')],
    ['a part that a limit may cut anywhere', { ...WANTED, limit: 5n }],
    ['the very same request, which is waited for in its turn', WANTED],
  ] as const) {
    it(`is not in the way if it is ${name}`, async () => {
      desk.announce(other);
      expect(await inTheWay(WANTED)).to.deep.equal([]);
    });
  }

  it('is in the way if the very same request goes into another archive', async () => {
    desk.announce(WANTED, 'database');
    expect(await inTheWay(WANTED)).to.have.length(1);
    expect(await inTheWay(WANTED, { force: true })).to.deep.equal([]);
  });

  it('is not in the way of what is there, nor of what is to be bought again', async () => {
    desk.announce(asked('parent', 'ES.FUT', '2024-01-04', '2024-01-05'));
    expect(await inTheWay(WANTED, { refetch: true })).to.deep.equal([]);
    desk.archive(asked('raw_symbol', 'ESH4', '2024-01-04', '2024-01-05'));
    expect(await inTheWay(WANTED)).to.deep.equal([]);
  });

  it('is in the way of the instruments of a parent that are bought singly', async () => {
    const wanted = asked('parent', 'ES.FUT', '2024-01-03', '2024-01-06');
    desk.archive(asked('raw_symbol', 'ESM4', '2024-01-03', '2024-01-06'));
    desk.announce(asked('raw_symbol', 'ESM4', '2024-01-03', '2024-01-04'));
    expect(await inTheWay(wanted)).to.deep.equal([]);
    desk.announce(asked('raw_symbol', 'ESH4', '2024-01-03', '2024-01-04'));
    expect(await inTheWay(wanted)).to.have.length(1);
  });
});
