import { expect } from 'chai';
import fc from 'fast-check';
import { DayCache } from '../../../../src/core/symbology/day-cache.js';

describe('day cache', () => {
  it('gives what was set, and -1 for what was not', () => {
    const key = fc.tuple(fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 213_503 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.nat()), { maxLength: 200 }), key, (entries, [otherId, otherDay]) => {
        const cache = new DayCache();
        const known = new Map<string, number>();
        for (const [[id, day], value] of entries) {
          cache.set(id, day, value);
          known.set(`${id} ${day}`, value);
        }
        for (const [[id, day]] of entries) expect(cache.get(id, day)).to.equal(known.get(`${id} ${day}`));
        expect(cache.get(otherId, otherDay)).to.equal(known.get(`${otherId} ${otherDay}`) ?? -1);
      }),
    );
  });

  it('keeps everything while it grows', () => {
    const cache = new DayCache();
    for (let id = 0; id < 20_000; id++) cache.set(id, 19_000 + (id % 3), id);
    for (let id = 0; id < 20_000; id++) expect(cache.get(id, 19_000 + (id % 3))).to.equal(id);
  });

  it('forgets rather than grow without end', () => {
    const cache = new DayCache();
    for (let id = 0; id < 600_000; id++) cache.set(id, 1, id);
    expect(cache.get(0, 1)).to.equal(-1);
    expect(cache.get(599_999, 1)).to.equal(599_999);
  });

  it('forgets when cleared', () => {
    const cache = new DayCache();
    cache.set(1, 1, 1);
    cache.clear();
    expect(cache.get(1, 1)).to.equal(-1);
  });
});
