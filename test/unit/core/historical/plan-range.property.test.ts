import { expect } from 'chai';
import fc from 'fast-check';
import { DayConditions } from '../../../../src/core/historical/day-conditions.js';
import { planRange } from '../../../../src/core/historical/plan-range.js';
import type { PlanPart, RangePlan } from '../../../../src/core/historical/range-plan.js';
import { ALL_SYMBOLS, type RangeRequest, type StypeIn } from '../../../../src/core/historical/range-request.js';
import { NS_PER_DAY } from '../../../../src/core/symbology/utc-day.js';
import { at, type DeclaredMarket } from '../../../support/declared-market.js';
import { PlanningDesk } from '../../../support/planning-desk.js';

const [FIRST, LAST] = ['2024-01-29', '2024-02-08'];
const market: DeclaredMarket = {
  start: FIRST,
  end: LAST,
  symbols: {
    raw_symbol: {
      ESH4: [['2024-01-29', '2024-02-03', 1]],
      ESM4: [['2024-02-01', '2024-02-08', 2]],
      NQH4: [
        ['2024-01-29', '2024-02-02', 3],
        ['2024-02-04', '2024-02-08', 3],
      ],
      // the same symbol, another instrument
      ROLL: [
        ['2024-01-30', '2024-02-01', 4],
        ['2024-02-01', '2024-02-03', 5],
      ],
    },
    instrument_id: {
      '1': [['2024-01-29', '2024-02-03', 1]],
      '2': [['2024-02-01', '2024-02-08', 2]],
      '3': [
        ['2024-01-29', '2024-02-02', 3],
        ['2024-02-04', '2024-02-08', 3],
      ],
    },
    parent: {
      'ES.FUT': [
        ['2024-01-29', '2024-02-03', 1],
        ['2024-02-01', '2024-02-08', 2],
      ],
      'NQ.FUT': [
        ['2024-01-29', '2024-02-02', 3],
        ['2024-02-04', '2024-02-08', 3],
      ],
      'ROLL.FUT': [
        ['2024-01-30', '2024-02-01', 4],
        ['2024-02-01', '2024-02-03', 5],
      ],
    },
    continuous: {
      'ES.c.0': [
        ['2024-01-29', '2024-02-02', 1],
        ['2024-02-02', '2024-02-08', 2],
      ],
      'ES.v.0': [
        ['2024-01-29', '2024-02-01', 1],
        ['2024-02-01', '2024-02-08', 2],
      ],
      'NQ.c.0': [
        ['2024-01-29', '2024-02-02', 3],
        ['2024-02-04', '2024-02-08', 3],
      ],
    },
  },
};

const HALF_DAY = NS_PER_DAY / 2n;
const SLOTS = Number((at(LAST) - at(FIRST)) / HALF_DAY);
const slotTime = (slot: number): bigint => at(FIRST) + BigInt(slot) * HALF_DAY;
const slotsOf = ({ start, end }: RangeRequest): number[] =>
  Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => slotTime(slot) >= start && slotTime(slot) < end);

/** Instruments that a symbol means in a half day, by the declaration alone. */
function meant(stypeIn: StypeIn, symbol: string, slot: number): number[] {
  const day = new Date(Number(slotTime(slot) / 1_000_000n)).toISOString().slice(0, 10);
  const named = symbol === ALL_SYMBOLS ? Object.values(market.symbols['raw_symbol'] ?? {}).flat() : undefined;
  const intervals = named ?? market.symbols[stypeIn]?.[symbol] ?? [];
  return intervals.filter(([from, to]) => from <= day && day < to).map(([, , id]) => id);
}

/** The rows that a request brings, as names of half days of instruments, or of aliases. */
function rowsOf(request: RangeRequest, symbols = request.symbols): Set<string> {
  return new Set(
    symbols.flatMap((symbol) =>
      slotsOf(request).flatMap((slot) =>
        meant(request.stypeIn, symbol, slot).map((id) =>
          request.stypeIn === 'continuous' ? `${symbol} ${id} ${slot}` : `${id} ${slot}`,
        ),
      ),
    ),
  );
}

const stypes: readonly StypeIn[] = ['raw_symbol', 'instrument_id', 'parent', 'continuous'];
const arbitraryRequest = fc
  .record({
    stypeIn: fc.constantFrom(...stypes),
    all: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
    from: fc.integer({ min: 0, max: SLOTS - 1 }),
    length: fc.integer({ min: 1, max: SLOTS }),
    pick: fc.infiniteStream(fc.boolean()),
  })
  .map(({ stypeIn, all, from, length, pick }): RangeRequest => {
    const names = Object.keys(market.symbols[stypeIn] ?? {});
    const some = names.filter(() => pick.next().value);
    const everything = all && (stypeIn === 'raw_symbol' || stypeIn === 'parent');
    return {
      dataset: 'GLBX.MDP3',
      schema: 'trades',
      stypeIn,
      symbols: everything ? [ALL_SYMBOLS] : some.length === 0 ? names : some,
      start: slotTime(from),
      end: slotTime(Math.min(SLOTS, from + length)),
      limit: null,
    };
  });

async function plan(desk: PlanningDesk, request: RangeRequest, options: Parameters<typeof planRange>[3]) {
  const facts = { meanings: await desk.meanings(request), conditions: new DayConditions([]) };
  return planRange(request, facts, desk.ports, options);
}

const inState = (state: PlanPart['state'], { parts }: RangePlan): PlanPart[] =>
  parts.filter((part) => part.state === state);

describe('any plan of a range', () => {
  it('holds the whole request, buys nothing that is held, and leaves nothing to buy', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryRequest, { maxLength: 4 }),
        fc.array(arbitraryRequest, { maxLength: 3 }),
        arbitraryRequest,
        fc.constantFrom('auto' as const, 'day' as const, 'week' as const, 'month' as const, 'none' as const),
        fc.constantFrom({}, {}, { force: true }, { refetch: true }),
        async (loaded, archived, request, chunk, mode) => {
          const desk = new PlanningDesk(market);
          for (const earlier of loaded) await desk.load(earlier);
          for (const earlier of archived) desk.archive(earlier);
          const made = await plan(desk, request, { chunk, ...mode });

          const forced = Object.keys(mode).length > 0;
          const held = new Set(forced ? [] : loaded.flatMap((earlier) => [...rowsOf(earlier)]));
          const asked = new Set(forced ? [] : loaded.flatMap(askedHalfDays));
          const loadable = made.parts.filter(({ state }) => state === 'buy' || state === 'archived');
          const brought = new Set(loadable.flatMap((part) => [...rowsOf(part.request)]));
          const forgotten = [...rowsOf(request)].filter((row) => !held.has(row) && !brought.has(row));
          expect(forgotten).to.deep.equal([]);

          const archivedParts = inState('archived', made).flatMap((part) => [...rowsOf(part.request)]);
          const there = new Set([...held, ...archivedParts]);
          const bought = inState('buy', made);
          const seen = new Set<string>();
          for (const { request: part } of bought) {
            for (const symbol of part.symbols) {
              for (const slot of slotsOf(part)) {
                const name = `${part.stypeIn} ${symbol} ${slot}`;
                expect(asked.has(name), `${name} is held and bought`).to.equal(false);
                expect(seen.has(name), `${name} is bought twice`).to.equal(false);
                seen.add(name);
                const rows = rowsOf({ ...part, start: slotTime(slot), end: slotTime(slot + 1) }, [symbol]);
                const known = symbol === ALL_SYMBOLS ? [] : [...rows].filter((row) => there.has(row));
                expect(known, `${name} is held under other names and bought`).to.deep.equal([]);
              }
            }
          }
          if (mode.force === undefined && mode.refetch === undefined) {
            for (const part of made.parts) if (part.state !== 'covered') await desk.load(part.request);
            const again = await plan(desk, request, { chunk });
            expect(again.parts.map(({ state }) => state)).to.satisfy((states: string[]) =>
              states.every((state) => state === 'covered'),
            );
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

function askedHalfDays(request: RangeRequest): string[] {
  return request.symbols.flatMap((symbol) => slotsOf(request).map((slot) => `${request.stypeIn} ${symbol} ${slot}`));
}
