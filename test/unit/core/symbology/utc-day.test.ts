import { expect } from 'chai';
import fc from 'fast-check';
import {
  dateOfDay,
  dayOfDateNumber,
  dayOfHalves,
  dayOfNanos,
  NS_PER_DAY,
} from '../../../../src/core/symbology/utc-day.js';

const U64_MAX = (1n << 64n) - 1n;
const halves = (ns: bigint): [number, number] => [Number(ns >> 32n), Number(ns & 0xffff_ffffn)];

describe('UTC days', () => {
  it('finds the day of every u64 of nanoseconds exactly, from its two halves', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, U64_MAX), (ns) => {
        expect(dayOfHalves(...halves(ns))).to.equal(Number(ns / NS_PER_DAY));
      }),
    );
  });

  it('changes the day at midnight, not a nanosecond before or after', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 213_503 }), (day) => {
        const midnight = BigInt(day) * NS_PER_DAY;
        expect(dayOfHalves(...halves(midnight))).to.equal(day);
        expect(dayOfHalves(...halves(midnight - 1n))).to.equal(day - 1);
        expect(dayOfNanos(midnight)).to.equal(day);
        expect(dayOfNanos(midnight - 1n)).to.equal(day - 1);
      }),
    );
  });

  it('reads dates written as numbers, leap days among them', () => {
    expect(dayOfDateNumber(19700101)).to.equal(0);
    expect(dayOfDateNumber(20240229)).to.equal(19_782);
    expect(dateOfDay(19_782)).to.equal('2024-02-29');
  });

  for (const [name, date] of [
    ['a day that February lacks', 20230229],
    ['month 13', 20231301],
    ['day 0', 20230100],
    ['a number that is too short', 231231],
    ['a number that is too long', 120231231],
    ['zero', 0],
  ] as const) {
    it(`finds no date in ${name}`, () => {
      expect(dayOfDateNumber(date)).to.equal(undefined);
    });
  }
});
