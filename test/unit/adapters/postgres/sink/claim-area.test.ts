import { expect } from 'chai';
import fc from 'fast-check';
import {
  areasBeyond,
  areasOf,
  type ClaimArea,
  withoutAreas,
} from '../../../../../src/adapters/postgres/sink/claim-area.js';
import { claim, DAY, march } from '../../../../support/sink-harness.js';

const EVERYTHING = { start: -(2n ** 63n), end: 2n ** 63n - 1n };
const day = (from: number, to = from + 1) => ({ start: march(from), end: march(to) });
const dayNumber = (of: number): string => String(march(of) / DAY);

describe('the area of a claim', () => {
  it('is one for instruments with the same days, and clipped to the range', () => {
    const range = { start: march(1) + 5n, end: march(3) };
    const instruments = [1, 2, 9].map((instrumentId) => ({ instrumentId, ranges: [day(1, 4)] }));
    const later = { instrumentId: 4, ranges: [day(2, 3)] };
    expect(areasOf(claim(range.start, range.end, { instruments: [...instruments, later] }))).to.deep.equal([
      {
        keys: [
          { start: 1n, end: 3n },
          { start: 9n, end: 10n },
        ],
        times: [range],
      },
      { keys: [{ start: 4n, end: 5n }], times: [day(2)] },
    ]);
  });

  it('is every instrument where the header names none, and everything without a claim', () => {
    expect(areasOf(claim(march(1), march(2), { instruments: [] }))).to.deep.equal([
      { keys: [EVERYTHING], times: [day(1)] },
    ]);
    const elsewhere = claim(march(1), march(2), { instruments: [{ instrumentId: 1, ranges: [day(5)] }] });
    expect(areasOf(elsewhere)).to.deep.equal([{ keys: [EVERYTHING], times: [day(1)] }]);
    expect(areasOf(claim(march(1), march(2), { instruments: 'all' }))).to.deep.equal([
      { keys: [EVERYTHING], times: [day(1)] },
    ]);
    const nothing = [{ keys: [EVERYTHING], times: [EVERYTHING] }];
    expect(areasOf(null)).to.deep.equal(nothing);
    expect(areasOf(claim(2n ** 63n, 2n ** 63n + 5n))).to.deep.equal(nothing);
  });

  it('is a number of its own for each continuous symbol', () => {
    const of = (symbol: string): ClaimArea[] =>
      areasOf(claim(march(1), march(2), { asks: [{ stypeIn: 'continuous', symbol }], alias: true }));
    expect(of('ES.c.0')).to.deep.equal(of('ES.c.0'));
    expect(of('ES.c.0')[0]?.keys).not.to.deep.equal(of('ES.v.0')[0]?.keys);
  });

  it('grows by strangers inside the range and by all keys outside of it', () => {
    const whole = claim(march(2), march(3));
    const seen = { first: march(1) + 1n, last: march(3) };
    const strangers = [
      { key: '9', day: dayNumber(2) },
      { key: '9', day: dayNumber(1) },
    ];
    expect(areasBeyond(whole, strangers, seen)).to.deep.equal([
      { keys: [{ start: 9n, end: 10n }], times: [day(2)] },
      {
        keys: [EVERYTHING],
        times: [
          { start: march(1) + 1n, end: march(2) },
          { start: march(3), end: march(3) + 1n },
        ],
      },
    ]);
    expect(areasBeyond(whole, [], { first: march(2), last: march(3) - 1n })).to.deep.equal([]);
    expect(areasBeyond(whole, [], null)).to.deep.equal([]);
  });

  it('is taken from another point by point', () => {
    const ranges = fc
      .uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1 })
      .map((starts) => starts.sort().map((start) => ({ start: BigInt(start), end: BigInt(start + 1) })));
    const areas = fc.array(fc.record({ keys: ranges, times: ranges }), { maxLength: 3 });
    const points = (set: readonly ClaimArea[]): string[] =>
      set.flatMap(({ keys, times }) => keys.flatMap((key) => times.map((time) => `${key.start} ${time.start}`)));
    fc.assert(
      fc.property(areas, areas, (from, taken) => {
        const left = withoutAreas(from.slice(0, 1), taken);
        const expected = points(from.slice(0, 1)).filter((point) => !points(taken).includes(point));
        const split = left.map(({ keys, times }) => ({ keys: keys.flatMap(single), times: times.flatMap(single) }));
        expect(points(split).sort()).to.deep.equal(expected.sort());
      }),
    );
  });
});

function single({ start, end }: { start: bigint; end: bigint }): { start: bigint; end: bigint }[] {
  return Array.from({ length: Number(end - start) }, (_, index) => ({
    start: start + BigInt(index),
    end: start + BigInt(index) + 1n,
  }));
}
