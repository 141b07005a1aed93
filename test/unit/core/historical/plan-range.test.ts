import { expect } from 'chai';
import { MOST_CHUNK_BYTES } from '../../../../src/core/historical/chunk-cuts.js';
import type { DayCondition } from '../../../../src/core/historical/day-condition.js';
import { DayConditions } from '../../../../src/core/historical/day-conditions.js';
import { planRange, type PlanOptions } from '../../../../src/core/historical/plan-range.js';
import type { RangePlan } from '../../../../src/core/historical/range-plan.js';
import type { RangeRequest, StypeIn } from '../../../../src/core/historical/range-request.js';
import { formatUsd } from '../../../../src/core/historical/usd.js';
import { formatNanos } from '../../../../src/core/text/format-nanos.js';
import { at, type DeclaredMarket } from '../../../support/declared-market.js';
import { PlanningDesk } from '../../../support/planning-desk.js';
import { rejected } from '../../../support/thrown.js';

const ALWAYS = ['2023-01-01', '2025-01-01'] as const;
const market: DeclaredMarket = {
  start: '2023-01-01',
  end: '2025-01-01',
  symbols: {
    raw_symbol: {
      ESH4: [['2023-06-01', '2024-03-16', 1]],
      ESM4: [['2023-09-01', '2024-06-22', 2]],
      NQH4: [[...ALWAYS, 3]],
      GAP: [
        ['2024-01-09', '2024-01-11', 4],
        ['2024-01-13', '2024-01-15', 4],
      ],
    },
    instrument_id: { '3': [[...ALWAYS, 3]] },
    parent: {
      'ES.FUT': [
        ['2023-06-01', '2024-03-16', 1],
        ['2023-09-01', '2024-06-22', 2],
      ],
    },
    continuous: {
      'ES.c.0': [
        ['2023-12-16', '2024-03-16', 1],
        ['2024-03-16', '2024-06-22', 2],
      ],
      'ES.c.1': [['2023-12-16', '2024-03-16', 2]],
      'ES.v.0': [
        ['2023-12-16', '2024-03-12', 1],
        ['2024-03-12', '2024-06-22', 2],
      ],
      'NQ.c.0': [[...ALWAYS, 3]],
    },
  },
};

const asked = (
  stypeIn: StypeIn,
  symbols: string | string[],
  start: string,
  end: string,
  limit: bigint | null = null,
): RangeRequest => ({
  dataset: 'GLBX.MDP3',
  schema: 'trades',
  stypeIn,
  symbols: [symbols].flat(),
  start: at(start),
  end: at(end),
  limit,
});

async function plan(
  desk: PlanningDesk,
  request: RangeRequest,
  options: PlanOptions = {},
  conditions: readonly DayCondition[] = [],
): Promise<RangePlan> {
  const facts = { meanings: await desk.meanings(request), conditions: new DayConditions(conditions) };
  return planRange(request, facts, desk.ports, options);
}

const day = (ns: bigint): string => formatNanos(ns).replace('T00:00:00.000000000Z', '').slice(5);
const shown = ({ parts }: RangePlan): string[] =>
  parts.map(
    ({ state, request: { symbols, start, end } }) => `${state} ${symbols.join(',')} ${day(start)}..${day(end)}`,
  );

describe('planRange', () => {
  let desk: PlanningDesk;

  beforeEach(() => {
    desk = new PlanningDesk(market);
  });

  it('buys what is nowhere, with its price, size and records', async () => {
    const made = await plan(desk, asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-12'));
    expect(shown(made)).to.deep.equal(['buy ES.c.0 01-10..01-12']);
    const [part] = made.parts;
    expect(part).to.deep.include({ reason: 'neither the database nor the archive has it', conditions: [] });
    const estimate = part?.state === 'buy' ? part.estimate : undefined;
    expect(estimate).to.include({ records: 2_000, sizeBytes: 96_000 });
    expect(formatUsd(estimate?.costUsd ?? 0n)).to.equal('0.002');
    expect(made.estimate).to.deep.equal(estimate);
    expect(made.notes).to.deep.equal([]);
  });

  it('fills the hole in the middle as well as the ends, inside a day too', async () => {
    await desk.load(asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-11'));
    // a limit cut this one in mid-day
    const noon = at('2024-01-13') + 43_200_000_000_001n;
    await desk.load(asked('continuous', 'ES.c.0', '2024-01-13', '2024-01-15'), noon);
    const made = await plan(desk, asked('continuous', 'ES.c.0', '2024-01-09', '2024-01-16'));
    expect(shown(made)).to.deep.equal([
      'buy ES.c.0 01-09..01-10',
      'covered ES.c.0 01-10..01-11',
      'buy ES.c.0 01-11..01-13',
      'covered ES.c.0 01-13..01-13T12:00:00.000000001Z',
      'buy ES.c.0 01-13T12:00:00.000000001Z..01-16',
    ]);
  });

  it('buys for a day only the symbols that are missing then', async () => {
    await desk.load(asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-12'));
    await desk.load(asked('continuous', 'NQ.c.0', '2024-01-11', '2024-01-13'));
    const made = await plan(desk, asked('continuous', ['ES.c.0', 'NQ.c.0'], '2024-01-10', '2024-01-14'));
    expect(shown(made)).to.deep.equal([
      'covered ES.c.0 01-10..01-11',
      'buy NQ.c.0 01-10..01-11',
      'covered ES.c.0,NQ.c.0 01-11..01-12',
      'covered NQ.c.0 01-12..01-13',
      'buy ES.c.0 01-12..01-13',
      'buy ES.c.0,NQ.c.0 01-13..01-14',
    ]);
  });

  it('knows the same rows under another name: parent, raw symbol, id, everything', async () => {
    const whole = ['covered'];
    const states = async (request: RangeRequest): Promise<string[]> =>
      (await plan(desk, request)).parts.map(({ state }) => state);
    await desk.load(asked('parent', 'ES.FUT', '2024-01-10', '2024-01-12'));
    expect(await states(asked('raw_symbol', ['ESH4', 'ESM4'], '2024-01-10', '2024-01-12'))).to.deep.equal(whole);
    expect(await states(asked('raw_symbol', 'NQH4', '2024-01-10', '2024-01-12'))).to.deep.equal(['buy']);

    desk = new PlanningDesk(market);
    await desk.load(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-12'));
    expect(await states(asked('parent', 'ES.FUT', '2024-01-10', '2024-01-12'))).to.deep.equal(['buy']);
    await desk.load(asked('raw_symbol', 'ESM4', '2024-01-10', '2024-01-12'));
    expect(await states(asked('parent', 'ES.FUT', '2024-01-10', '2024-01-12'))).to.deep.equal(whole);

    desk = new PlanningDesk(market);
    await desk.load(asked('raw_symbol', 'NQH4', '2024-01-10', '2024-01-12'));
    expect(await states(asked('instrument_id', '3', '2024-01-10', '2024-01-12'))).to.deep.equal(whole);
    expect(await states(asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-10', '2024-01-12'))).to.deep.equal(['buy']);

    desk = new PlanningDesk(market);
    await desk.load(asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-10', '2024-01-12'));
    for (const request of [
      asked('parent', 'ES.FUT', '2024-01-10', '2024-01-12'),
      asked('parent', 'ALL_SYMBOLS', '2024-01-10', '2024-01-12'),
      asked('instrument_id', '3', '2024-01-10', '2024-01-12'),
      asked('raw_symbol', 'GAP', '2024-01-10', '2024-01-12'),
    ]) {
      expect(await states(request)).to.deep.equal(whole);
    }
    expect(await states(asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-12'))).to.deep.equal(['buy']);
  });

  it('does not ask for days on which nothing is meant, but for those inside a chunk', async () => {
    const request = asked('raw_symbol', 'GAP', '2024-01-06', '2024-01-18');
    expect(shown(await plan(desk, request))).to.deep.equal([
      'empty GAP 01-06..01-09',
      'buy GAP 01-09..01-15',
      'empty GAP 01-15..01-18',
    ]);
    expect(shown(await plan(desk, request, { chunk: 'day' }))).to.deep.equal([
      'empty GAP 01-06..01-09',
      'buy GAP 01-09..01-10',
      'buy GAP 01-10..01-11',
      'empty GAP 01-11..01-13',
      'buy GAP 01-13..01-14',
      'buy GAP 01-14..01-15',
      'empty GAP 01-15..01-18',
    ]);
    const nothing = await plan(desk, asked('raw_symbol', 'GAP', '2024-01-11', '2024-01-13'));
    expect(shown(nothing)).to.deep.equal(['empty GAP 01-11..01-13']);
    expect(nothing.parts[0]).to.include({ reason: 'none of the symbols means an instrument then' });
  });

  it('never puts two symbols of one instrument and day, nor more than 2,000 symbols, into one part', async () => {
    const request = asked('continuous', ['ES.c.0', 'ES.c.1', 'ES.v.0', 'NQ.c.0'], '2024-03-10', '2024-03-20');
    expect(shown(await plan(desk, request)).sort()).to.deep.equal([
      'buy ES.c.0,ES.c.1,NQ.c.0 03-10..03-20',
      'buy ES.v.0 03-10..03-20',
    ]);
    const many = Array.from({ length: 4_100 }, (_, index) => `X${index}`);
    const wide: DeclaredMarket = {
      ...market,
      symbols: { raw_symbol: Object.fromEntries(many.map((name, index) => [name, [[...ALWAYS, index + 1]]])) },
    };
    const { parts } = await plan(new PlanningDesk(wide), asked('raw_symbol', many, '2024-01-10', '2024-01-11'));
    expect(parts.map((part) => part.request.symbols.length)).to.deep.equal([2_000, 2_000, 100]);
    expect(parts.flatMap((part) => part.request.symbols)).to.deep.equal(many);
  });

  it('cuts by the calendar: days, weeks from Sunday, months, or not at all', async () => {
    const request = asked('continuous', 'NQ.c.0', '2024-01-30', '2024-02-06');
    const cut = async (chunk: PlanOptions['chunk']): Promise<string[]> =>
      shown(await plan(desk, request, { chunk })).map((line) => line.replace('buy NQ.c.0 ', ''));
    expect(await cut('none')).to.deep.equal(['01-30..02-06']);
    expect(await cut('month')).to.deep.equal(['01-30..02-01', '02-01..02-06']);
    expect(await cut('week')).to.deep.equal(['01-30..02-04', '02-04..02-06']);
    expect((await cut('day')).slice(0, 2)).to.deep.equal(['01-30..01-31', '01-31..02-01']);
    expect(await cut('auto')).to.deep.equal(await cut('month'));
    expect(desk.api.calls.filter((call) => call === 'size').length).to.be.greaterThan(0);
  });

  it('keeps chunks below their most billable bytes: months, else weeks of a month, else days', async () => {
    const lengths = async (recordsPerDay: number): Promise<string[]> => {
      desk = new PlanningDesk({ ...market, recordsPerDay });
      const made = await plan(desk, asked('continuous', 'NQ.c.0', '2024-01-01', '2024-03-01'));
      for (const part of made.parts) {
        const days = (part.request.end - part.request.start) / 86_400_000_000_000n;
        const bytes = part.state === 'buy' ? part.estimate.sizeBytes : 0;
        expect(days === 1n || bytes <= MOST_CHUNK_BYTES).to.equal(true);
      }
      return made.parts.map(({ request: { start, end } }) => `${day(start)}..${day(end)}`);
    };
    const mostPerDay = MOST_CHUNK_BYTES / 48;
    expect(await lengths(Math.floor(mostPerDay / 31))).to.deep.equal(['01-01..02-01', '02-01..03-01']);
    expect((await lengths(Math.floor(mostPerDay / 30))).slice(0, 2)).to.deep.equal(['01-01..01-07', '01-07..01-14']);
    expect((await lengths(Math.floor(mostPerDay / 30))).at(-1)).to.equal('02-01..03-01');
    expect(await lengths(mostPerDay * 3)).to.have.length(60);
  });

  it('cuts what is left as it cut the whole', async () => {
    desk = new PlanningDesk({ ...market, recordsPerDay: Math.floor(MOST_CHUNK_BYTES / 48 / 20) });
    const request = asked('continuous', 'NQ.c.0', '2024-01-01', '2024-03-01');
    const first = shown(await plan(desk, request));
    await desk.load(asked('continuous', 'NQ.c.0', '2024-01-01', '2024-01-14'));
    await desk.load(asked('continuous', 'NQ.c.0', '2024-02-11', '2024-03-01'));
    const left = shown(await plan(desk, request)).filter((line) => line.startsWith('buy'));
    expect(left).to.deep.equal(first.slice(2, -3));
  });

  it('takes whole entries of the archive before it buys, the widest first', async () => {
    desk.archive(asked('continuous', 'ES.c.0', '2024-01-09', '2024-01-10'));
    const wide = desk.archive(asked('continuous', ['NQ.c.0', 'ES.c.0'], '2024-01-08', '2024-01-12'));
    desk.archive({ ...asked('continuous', 'ES.c.0', '2024-01-01', '2024-02-01'), schema: 'tbbo' });
    desk.archive(asked('continuous', 'NQ.c.0', '2024-01-12', '2024-01-14'));
    desk.archive(asked('continuous', 'ES.c.0', '2024-01-12', '2024-01-14', 5n));
    const made = await plan(desk, asked('continuous', 'ES.c.0', '2024-01-09', '2024-01-14'));
    expect(shown(made)).to.deep.equal(['archived NQ.c.0,ES.c.0 01-08..01-12', 'buy ES.c.0 01-12..01-14']);
    expect(made.parts[0]).to.deep.include({ entry: wide, reason: 'the archive has it since 2024-06-01' });
    await desk.load(asked('continuous', 'ES.c.0', '2024-01-08', '2024-01-13'));
    const later = await plan(desk, asked('continuous', 'ES.c.0', '2024-01-09', '2024-01-14'));
    expect(shown(later)).to.deep.equal(['covered ES.c.0 01-09..01-13', 'buy ES.c.0 01-13..01-14']);
  });

  it('takes the entry of the very same request, else of two that span the same the one bought last', async () => {
    const [from, to] = ['2024-01-09', '2024-01-11'];
    desk.archive(asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-08', '2024-01-14'));
    desk.archive(asked('raw_symbol', 'ESM4', from, to), '2024-07-01T12:00:00.000Z');
    const again = asked('raw_symbol', 'ESM4', from, to);
    expect(shown(await plan(desk, again, { force: true }))).to.deep.equal(['archived ESM4 01-09..01-11']);

    desk = new PlanningDesk(market);
    desk.archive(asked('raw_symbol', 'ALL_SYMBOLS', from, to));
    desk.archive(asked('raw_symbol', 'ESM4', from, to), '2024-07-01T12:00:00.000Z');
    const within = asked('instrument_id', '2', '2024-01-10', to);
    expect(shown(await plan(desk, within))).to.deep.equal(['archived ESM4 01-09..01-11']);
  });

  it('says that the archive has a day as the vendor has changed it since', async () => {
    const said = (lastModifiedDate: string) => [{ date: '2024-01-10', condition: 'available', lastModifiedDate }];
    const later = '2024-07-01T12:00:00.000Z';
    const request = asked('raw_symbol', 'ESM4', '2024-01-09', '2024-01-12');
    desk.archive(request, '2024-06-01T12:00:00.000Z', said('2024-01-11'));
    desk.archive(asked('raw_symbol', 'NQH4', '2024-01-10', '2024-01-11'), later, said('2024-06-20'));
    desk.archive(asked('parent', 'ES.FUT', '2024-01-10', '2024-01-11'), later, said('2024-01-11'));
    expect((await plan(desk, request)).notes).to.deep.equal([]);

    desk.archive(asked('raw_symbol', 'ESM4', '2024-01-10', '2024-01-11'), later, said('2024-06-20'));
    const { notes, parts } = await plan(desk, request);
    expect(parts.map(({ state }) => state)).to.deep.equal(['archived']);
    expect(notes.map(({ text }) => text).join()).to.contain(
      'the archive has newer data of some of this, bought on 2024-07-01: GLBX.MDP3 trades ESM4 2024-01-10 to 2024-01-11;',
    );
  });

  it('finds a raw symbol in the archived entry of its parent, and in one of everything', async () => {
    desk.archive(asked('parent', 'ES.FUT', '2024-01-09', '2024-01-11'));
    desk.archive(asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-11', '2024-01-12'));
    desk.archive(asked('continuous', 'ES.c.0', '2024-01-12', '2024-01-14'));
    expect(shown(await plan(desk, asked('raw_symbol', 'ESM4', '2024-01-09', '2024-01-13')))).to.deep.equal([
      'archived ES.FUT 01-09..01-11',
      'archived ALL_SYMBOLS 01-11..01-12',
      'buy ESM4 01-12..01-13',
    ]);
    expect(shown(await plan(desk, asked('raw_symbol', 'NQH4', '2024-01-09', '2024-01-11')))).to.deep.equal([
      'buy NQH4 01-09..01-11',
    ]);
    expect(shown(await plan(desk, asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-10', '2024-01-12')))).to.deep.equal([
      'buy ALL_SYMBOLS 01-10..01-11',
      'archived ALL_SYMBOLS 01-11..01-12',
    ]);
  });

  describe('for a parent', () => {
    const FUTURES = asked('parent', 'ES.FUT', '2024-01-09', '2024-01-14');

    it('buys the other instruments one by one on days on which some are there', async () => {
      await desk.load(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-12'));
      const made = await plan(desk, FUTURES);
      expect(shown(made)).to.deep.equal([
        'buy ES.FUT 01-09..01-10',
        'buy ESM4 01-10..01-12',
        'buy ES.FUT 01-12..01-14',
      ]);
      expect(made.parts[1]?.request.stypeIn).to.equal('raw_symbol');
      expect(made.parts[1]?.reason).to.contain('other instruments of ES.FUT are there already');
      expect(made.estimate.records).to.equal(8_000);
      for (const part of made.parts) await desk.load(part.request);
      expect(shown(await plan(desk, FUTURES))).to.deep.equal(['covered ES.FUT 01-09..01-14']);
    });

    it('asks for the same again when a part of that was loaded', async () => {
      await desk.load(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-13'));
      const first = await plan(desk, FUTURES, { chunk: 'day' });
      const buys = shown(first).filter((line) => line.startsWith('buy'));
      expect(buys).to.have.length(5);
      for (const index of [1, 3]) await desk.load((first.parts[index] as (typeof first.parts)[number]).request);
      const left = shown(await plan(desk, FUTURES, { chunk: 'day' })).filter((line) => line.startsWith('buy'));
      expect(left).to.deep.equal([buys[0], buys[2], buys[4]]);
    });

    it('takes the instruments that the archive has from there, forced too', async () => {
      desk.archive(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-14'));
      desk.archive(asked('raw_symbol', 'NQH4', '2024-01-10', '2024-01-14'));
      const shares = ['buy ES.FUT 01-09..01-10', 'archived ESH4 01-10..01-14', 'buy ESM4 01-10..01-14'];
      expect(shown(await plan(desk, FUTURES)).sort()).to.deep.equal([...shares].sort());
      await desk.load(FUTURES);
      expect(shown(await plan(desk, FUTURES, { force: true })).sort()).to.deep.equal([...shares].sort());
      desk.archive(asked('instrument_id', '2', '2024-01-09', '2024-01-14'));
      const parts = shown(await plan(desk, FUTURES, { force: true }));
      expect(parts).to.have.members(['archived 2 01-09..01-14', 'buy ESH4 01-09..01-10', 'archived ESH4 01-10..01-14']);
    });

    it('has all where coverage knows the others by their raw symbols alone', async () => {
      await desk.load(asked('raw_symbol', 'ESH4', '2024-01-09', '2024-01-14'));
      desk.cover(FUTURES, 'raw_symbol', 'ESM4', [FUTURES]);
      expect(shown(await plan(desk, FUTURES))).to.deep.equal(['covered ES.FUT 01-09..01-14']);
    });

    it('is asked for whole where single instruments save nothing, or have no names of their own', async () => {
      const { ESM4: _, ...named } = market.symbols['raw_symbol'] ?? {};
      const nameless = new PlanningDesk({ ...market, symbols: { ...market.symbols, raw_symbol: named } });
      await nameless.load(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-12'));
      expect(shown(await plan(nameless, FUTURES))).to.deep.equal(['buy ES.FUT 01-09..01-14']);
      const free = new PlanningDesk({ ...market, recordsPerDay: 0 });
      await free.load(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-12'));
      expect(shown(await plan(free, FUTURES))).to.deep.equal(['buy ES.FUT 01-09..01-14']);
    });
  });

  it('says what is bought again since it cannot be left out', async () => {
    await desk.load(asked('raw_symbol', ['ESH4', 'NQH4'], '2024-01-10', '2024-01-12'));
    const again = async (request: RangeRequest, options: PlanOptions = {}): Promise<string[]> =>
      (await plan(desk, request, options)).notes.filter(({ topic }) => topic === 'again').map(({ text }) => text);
    const everything = asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-10', '2024-01-12');
    expect(await again(everything)).to.deep.equal([
      '2 instruments are there already on some of the days to buy; ALL_SYMBOLS cannot leave anything out, so that is bought again',
    ]);
    expect(await again(everything, { refetch: true })).to.deep.equal([]);
    expect(await again(asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-12', '2024-01-14'))).to.deep.equal([]);
    const [text] = await again(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-14', 10n));
    expect(text).to.contain('a limit counts over all of it');
    expect(await again(asked('raw_symbol', 'ESH4', '2024-01-12', '2024-01-14', 10n))).to.deep.equal([]);
    expect(await again(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-14'))).to.deep.equal([]);
  });

  it('plans what is covered too when forced, and buys it again only when told to', async () => {
    const request = asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-12');
    await desk.load(request);
    desk.archive(asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-11'));
    const forced = await plan(desk, request, { force: true });
    expect(shown(forced)).to.deep.equal(['archived ES.c.0 01-10..01-11', 'buy ES.c.0 01-11..01-12']);
    expect(forced.parts[1]).to.include({ reason: 'the archive does not have it' });
    const again = await plan(desk, request, { refetch: true });
    expect(shown(again)).to.deep.equal(['buy ES.c.0 01-10..01-12']);
    expect(again.parts[0]).to.include({ reason: 'it is to be bought again' });
  });

  it('leaves out days that the vendor has not finished, and says what else the vendor says', async () => {
    const conditions = [
      { date: '2024-01-10', condition: 'available', lastModifiedDate: '2024-01-11' },
      { date: '2024-01-11', condition: 'degraded', lastModifiedDate: '2024-01-12' },
      { date: '2024-01-12', condition: 'pending', lastModifiedDate: null },
      { date: '2024-01-13', condition: 'pending', lastModifiedDate: null },
      { date: '2024-01-14', condition: 'missing', lastModifiedDate: null },
    ];
    const made = await plan(desk, asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-15'), {}, conditions);
    expect(shown(made)).to.deep.equal([
      'buy ES.c.0 01-10..01-12',
      'pending ES.c.0 01-12..01-14',
      'buy ES.c.0 01-14..01-15',
    ]);
    expect(made.parts.map((part) => part.conditions)).to.deep.equal([
      conditions.slice(0, 2),
      conditions.slice(2, 4),
      conditions.slice(4),
    ]);
    expect(made.notes.map(({ topic, text }) => `${topic}: ${text}`)).to.deep.equal([
      'condition: 2 days are not finished by the vendor yet, and so neither bought nor covered: 2024-01-12, 2024-01-13',
      'condition: 1 day is degraded, says the vendor: some data may be missing or wrong: 2024-01-11',
      'condition: 1 day is missing, says the vendor: there are no data: 2024-01-14',
    ]);
  });

  it('says when the data are there under another name', async () => {
    const texts = async (request: RangeRequest): Promise<string[]> =>
      (await plan(desk, request)).notes.map(({ text }) => text);
    await desk.load(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-12'));
    const twice = 'continuous symbols have rows of their own, so a query over both counts twice';
    expect(await texts(asked('continuous', ['ES.c.0', 'NQ.c.0'], '2024-01-11', '2024-01-13'))).to.deep.equal([
      `instruments that ES.c.0 means are there already by their own names; ${twice}`,
    ]);
    expect(await texts(asked('continuous', 'ES.c.0', '2024-03-17', '2024-03-18'))).to.deep.equal([]);

    desk = new PlanningDesk(market);
    await desk.load(asked('continuous', ['ES.c.0', 'NQ.c.0'], '2024-01-10', '2024-01-12'));
    expect(await texts(asked('raw_symbol', ['ESM4', 'NQH4'], '2024-01-10', '2024-01-13'))).to.deep.equal([
      `instruments of the request are there already as NQ.c.0; ${twice}`,
    ]);
    expect(await texts(asked('raw_symbol', 'ESM4', '2024-01-10', '2024-01-13'))).to.deep.equal([]);
    expect(await texts(asked('raw_symbol', 'ALL_SYMBOLS', '2024-01-10', '2024-01-13'))).to.deep.equal([
      `instruments of the request are there already as ES.c.0, NQ.c.0; ${twice}`,
    ]);
    expect(await texts(asked('raw_symbol', 'NQH4', '2024-01-13', '2024-01-14'))).to.deep.equal([]);
  });

  describe('with batch jobs', () => {
    const WEEK = asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-13');
    const said = (date: string, condition = 'available', lastModifiedDate = '2024-02-01'): DayCondition => ({
      ...{ date, condition, lastModifiedDate },
    });

    it('buys the days that were not finished when a job was made', async () => {
      const pending = [{ start: at('2024-01-11'), end: at('2024-01-12') }];
      desk.finish(WEEK, { pending });
      expect(shown(await plan(desk, WEEK))).to.deep.equal(['batch ES.c.0 01-10..01-13', 'buy ES.c.0 01-11..01-12']);
      const now = [said('2024-01-12', 'pending')];
      expect(shown(await plan(desk, WEEK, {}, now))).to.deep.equal([
        'batch ES.c.0 01-10..01-13',
        'buy ES.c.0 01-11..01-12',
        'pending ES.c.0 01-12..01-13',
      ]);
      desk.finish(asked('continuous', 'ES.c.0', '2024-01-11', '2024-01-12'));
      expect(shown(await plan(desk, WEEK))).to.deep.equal(['batch ES.c.0 01-10..01-13', 'batch ES.c.0 01-11..01-12']);
    });

    it('names those in the making that will have some of what is to be bought', async () => {
      const texts = async (request: RangeRequest): Promise<string[]> =>
        (await plan(desk, request)).notes.map(({ text }) => text);
      desk.coming.push(
        { id: 'longer', state: 'queued', request: { ...WEEK, end: at('2024-01-20') } },
        { id: 'other', state: 'queued', request: { ...WEEK, schema: 'tbbo' } },
        { id: 'limited', state: 'processing', request: { ...WEEK, limit: 10n } },
      );
      const said = (id: string, state: string): string =>
        `batch job ${id}, which is paid for and ${state}, will have some of this for nothing: run the same command again when "tickloom batch list" says that it is done`;
      expect(await texts(WEEK)).to.deep.equal([said('longer', 'queued')]);
      expect(await texts({ ...WEEK, limit: 10n })).to.deep.equal([said('limited', 'processing')]);
      desk.finish(WEEK);
      expect(await texts(WEEK)).to.deep.equal([]);
      expect((await plan(desk, WEEK, { refetch: true })).notes).to.deep.equal([]);
    });

    it('names those that have some of it under another kind of name', async () => {
      const named = async (request: RangeRequest): Promise<string[]> =>
        (await plan(desk, request)).notes.map(({ text }) =>
          text.replace(/ has some of this for nothing, and more: .*/, ''),
        );
      const days = ['2024-01-10', '2024-01-12'] as const;
      desk.finish(asked('parent', 'ES.FUT', ...days), { id: 'parent' });
      desk.finish(asked('instrument_id', '3', ...days), { id: 'number' });
      desk.finish(asked('parent', 'ES.FUT', ...days, 5n), { id: 'limited' });
      desk.finish(asked('continuous', 'ES.c.0', ...days), { id: 'alias' });
      expect(await named(asked('raw_symbol', 'ESM4', '2024-01-11', '2024-01-13'))).to.deep.equal(['batch job parent']);
      expect(await named(asked('raw_symbol', 'NQH4', '2024-01-11', '2024-01-13'))).to.deep.equal(['batch job number']);
      expect(await named(asked('raw_symbol', 'NQH4', '2024-01-12', '2024-01-13'))).to.deep.equal([]);
      expect(await named(asked('continuous', 'NQ.c.0', '2024-01-11', '2024-01-13'))).to.deep.equal([]);
      desk = new PlanningDesk(market);
      desk.finish(asked('raw_symbol', 'ESH4', ...days), { id: 'raw' });
      expect(await named(asked('parent', 'ES.FUT', '2024-01-10', '2024-01-13'))).to.deep.equal(['batch job raw']);
      const pending = [{ start: at('2024-01-11'), end: at('2024-01-12') }];
      desk.jobs.splice(0);
      desk.finish(asked('raw_symbol', 'ESH4', '2024-01-10', '2024-01-12'), { id: 'raw', pending });
      expect(await named(asked('parent', 'ES.FUT', '2024-01-11', '2024-01-13'))).to.deep.equal([]);
    });

    it('does not ask for them when nothing could be bought', async () => {
      const gap = asked('raw_symbol', 'GAP', '2024-01-11', '2024-01-13');
      const { ports } = desk;
      const nobody = { ...ports, jobs: async () => expect.fail('the jobs were asked for') };
      const facts = {
        meanings: await desk.meanings(gap),
        conditions: new DayConditions([said('2024-01-10', 'pending')]),
      };
      expect(shown(await planRange(gap, facts, nobody))).to.deep.equal(['empty GAP 01-11..01-13']);
      const pending = asked('raw_symbol', 'GAP', '2024-01-10', '2024-01-13');
      const wider = { ...facts, meanings: await desk.meanings(pending) };
      expect(shown(await planRange(pending, wider, nobody))).to.deep.equal([
        'pending GAP 01-10..01-11',
        'empty GAP 01-11..01-13',
      ]);
    });

    it('counts days in doubt as to be bought, and says so', async () => {
      const job = desk.finish(WEEK, { archived: false, pending: null, submittedAt: at('2024-01-20') });
      const made = await plan(desk, WEEK, {}, [said('2024-01-11', 'available', '2024-01-12'), said('2024-01-12')]);
      expect(shown(made)).to.deep.equal(['batch ES.c.0 01-10..01-13', 'buy ES.c.0 01-12..01-13']);
      expect(made.parts[0]).to.deep.include({ job, inDoubt: [{ start: at('2024-01-12'), end: at('2024-01-13') }] });
      expect(made.notes.map(({ topic, text }) => `${topic}: ${text}`)).to.deep.equal([
        'batch: 2024-01-12 was changed by the vendor since batch job job-0 was submitted, so only its files can say whether it has it whole: until they are downloaded it counts as to be bought',
      ]);
    });
  });

  it('passes on what the service refuses', async () => {
    desk.api.cost = async () => {
      throw new TypeError('a defect');
    };
    const parts = asked('continuous', 'ES.c.0', '2024-01-01', '2024-01-20');
    const error: unknown = await plan(desk, parts, { chunk: 'day' }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TypeError);
    expect(desk.api.calls.filter((call) => call === 'count').length).to.be.lessThan(19);
  });

  describe('with a limit', () => {
    const limited = (symbols: string | string[], limit = 10n): RangeRequest =>
      asked('continuous', symbols, '2024-01-10', '2024-01-12', limit);

    it('asks for all at once, whatever is there of it', async () => {
      await desk.load(asked('continuous', 'ES.c.0', '2024-01-10', '2024-01-11'));
      const made = await plan(desk, limited('ES.c.0'), { chunk: 'day' });
      expect(shown(made)).to.deep.equal(['buy ES.c.0 01-10..01-12']);
      expect(made.parts[0]?.request.limit).to.equal(10n);
      expect(made.estimate.records).to.equal(10);
      await desk.load(asked('continuous', 'ES.c.0', '2024-01-11', '2024-01-12'));
      expect(shown(await plan(desk, limited('ES.c.0')))).to.deep.equal(['covered ES.c.0 01-10..01-12']);
    });

    it('takes the very same request from the archive, and no other', async () => {
      desk.archive(limited(['ES.c.0', 'NQ.c.0'], 11n));
      desk.archive(asked('continuous', ['ES.c.0', 'NQ.c.0'], '2024-01-10', '2024-01-12'));
      const made = await plan(desk, limited(['NQ.c.0', 'ES.c.0']));
      expect(shown(made)).to.deep.equal(['buy NQ.c.0,ES.c.0 01-10..01-12']);
      desk.archive(limited(['ES.c.0', 'NQ.c.0']));
      const later = await plan(desk, limited(['NQ.c.0', 'ES.c.0']));
      expect(shown(later)).to.deep.equal(['archived ES.c.0,NQ.c.0 01-10..01-12']);
      expect(shown(await plan(desk, limited(['NQ.c.0', 'ES.c.0']), { refetch: true }))).to.deep.equal(shown(made));
    });

    it('takes the batch job of the very same request, which need not be bought, and no other', async () => {
      const both = limited(['ES.c.0', 'NQ.c.0']);
      desk.finish(limited(['ES.c.0', 'NQ.c.0'], 11n));
      desk.finish({ ...both, limit: null });
      expect(shown(await plan(desk, both))).to.deep.equal(['buy ES.c.0,NQ.c.0 01-10..01-12']);
      const job = desk.finish({ ...both, symbols: ['NQ.c.0', 'ES.c.0'] });
      const made = await plan(desk, both);
      expect(shown(made)).to.deep.equal(['batch NQ.c.0,ES.c.0 01-10..01-12']);
      expect(made.parts[0]).to.deep.include({ job });
      expect(made.estimate.costUsd).to.equal(0n);
      expect(shown(await plan(desk, both, { refetch: true }))).to.deep.equal(['buy ES.c.0,NQ.c.0 01-10..01-12']);
      desk.archive(both);
      expect(shown(await plan(desk, both))).to.deep.equal(['archived ES.c.0,NQ.c.0 01-10..01-12']);
    });

    it('counts the job of the very same request as to be bought where days of it are in doubt', async () => {
      desk.finish(limited('ES.c.0'), { archived: false, pending: null, submittedAt: at('2024-01-12') });
      const changed = [{ date: '2024-01-11', condition: 'available', lastModifiedDate: '2024-01-12' }];
      const made = await plan(desk, limited('ES.c.0'), {}, changed);
      expect(shown(made)).to.deep.equal(['batch ES.c.0 01-10..01-12', 'buy ES.c.0 01-10..01-12']);
      expect(made.notes.map(({ topic }) => topic)).to.deep.equal(['batch']);
    });

    it('ends before days that the vendor has not finished', async () => {
      const pending = (date: string): DayCondition => ({ date, condition: 'pending', lastModifiedDate: null });
      expect(shown(await plan(desk, limited('ES.c.0'), {}, [pending('2024-01-11')]))).to.deep.equal([
        'buy ES.c.0 01-10..01-11',
        'pending ES.c.0 01-11..01-12',
      ]);
      expect(shown(await plan(desk, limited('ES.c.0'), {}, [pending('2024-01-10')]))).to.deep.equal([
        'pending ES.c.0 01-10..01-12',
      ]);
      const gap = { ...asked('raw_symbol', 'GAP', '2024-01-11', '2024-01-14', 1n) };
      expect(shown(await plan(desk, gap, {}, [pending('2024-01-13')]))).to.deep.equal([
        'empty GAP 01-11..01-13',
        'pending GAP 01-13..01-14',
      ]);
    });

    it('refuses symbols that cannot be asked for together', async () => {
      const error = await rejected(plan(desk, limited(['ES.c.0', 'ES.v.0'])));
      expect(error).to.include({ code: 'USAGE' });
      expect(error.message).to.contain('the symbols from "ES.v.0" on cannot be asked for together');
    });
  });
});
