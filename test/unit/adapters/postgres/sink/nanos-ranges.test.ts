import { expect } from 'chai';
import fc from 'fast-check';
import { commonParts, subtract, union } from '../../../../../src/adapters/postgres/sink/nanos-ranges.js';
import type { NanosRange } from '../../../../../src/core/coverage/coverage-claim.js';

const POINTS = Array.from({ length: 24 }, (_, index) => BigInt(index));
const ranges = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 6 })), { maxLength: 6 })
  .map((pairs) => pairs.map(([start, length]) => ({ start: BigInt(start), end: BigInt(start + length) })));
const has = (set: readonly NanosRange[], point: bigint): boolean =>
  set.some(({ start, end }) => start <= point && point < end);
const points = (set: readonly NanosRange[]): bigint[] => POINTS.filter((point) => has(set, point));

describe('ranges of nanoseconds', () => {
  it('are united, shared and subtracted as sets of points', () => {
    fc.assert(
      fc.property(ranges, ranges, (left, right) => {
        const [a, b] = [union(left), union(right)];
        expect(points(a)).to.deep.equal(points(left));
        expect(points(commonParts(a, b))).to.deep.equal(
          POINTS.filter((point) => has(left, point) && has(right, point)),
        );
        expect(points(subtract(a, b))).to.deep.equal(POINTS.filter((point) => has(left, point) && !has(right, point)));
        for (const set of [a, commonParts(a, b), subtract(a, b)]) {
          set.forEach(({ start, end }, index) => {
            expect(start < end && start > (set[index - 1]?.end ?? -1n)).to.equal(true);
          });
        }
      }),
    );
  });
});
