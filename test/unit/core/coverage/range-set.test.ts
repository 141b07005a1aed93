import { expect } from 'chai';
import fc from 'fast-check';
import type { NanosRange } from '../../../../src/core/coverage/coverage-claim.js';
import { intersection, overlapOf, overlaps, subtract, union } from '../../../../src/core/coverage/range-set.js';

const MOST = 30;
const range = fc
  .tuple(fc.integer({ min: 0, max: MOST }), fc.integer({ min: 0, max: MOST }))
  .map(([start, end]): NanosRange => ({ start: BigInt(start), end: BigInt(end) }));
const ranges = fc.array(range, { maxLength: 6 });

/** The times in a list of ranges, one by one. */
const times = (list: readonly NanosRange[]): Set<number> =>
  new Set(
    Array.from({ length: MOST }, (_, time) => time).filter((time) =>
      list.some(({ start, end }) => BigInt(time) >= start && BigInt(time) < end),
    ),
  );

const isTidy = (list: readonly NanosRange[]): boolean =>
  list.every(({ start, end }, index) => start < end && (index === 0 || (list[index - 1] as NanosRange).end < start));

describe('sets of ranges', () => {
  it('unite, subtract and intersect as sets of times do, and come out sorted and apart', () => {
    fc.assert(
      fc.property(ranges, ranges, (a, b) => {
        const [inA, inB] = [times(a), times(b)];
        for (const list of [union([...a, ...b]), subtract(a, b), intersection(a, b)]) {
          expect(isTidy(list)).to.equal(true);
        }
        expect(times(union([...a, ...b]))).to.deep.equal(times([...a, ...b]));
        expect(times(subtract(a, b))).to.deep.equal(new Set([...inA].filter((time) => !inB.has(time))));
        expect(times(intersection(a, b))).to.deep.equal(new Set([...inA].filter((time) => inB.has(time))));
      }),
    );
  });

  it('tell what two ranges have in common', () => {
    const [a, b] = [
      { start: 0n, end: 10n },
      { start: 10n, end: 20n },
    ];
    expect(overlaps(a, b)).to.equal(false);
    expect(overlaps(a, { start: 9n, end: 20n })).to.equal(true);
    expect(overlapOf(a, { start: 5n, end: 20n })).to.deep.equal({ start: 5n, end: 10n });
  });
});
