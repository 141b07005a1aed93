import { expect } from 'chai';
import { chunkIntervalOf, parseChunkInterval } from '../../../../src/core/storage/chunk-interval.js';
import { parseSpan } from '../../../../src/core/storage/time-span.js';

const DAY = 86_400;

describe('spans of time', () => {
  it('are hours, days or weeks', () => {
    expect(['12h', '7d', '4w', '0d'].map(parseSpan)).to.deep.equal([43_200, 7 * DAY, 28 * DAY, 0]);
  });

  it('are nothing else', () => {
    for (const text of ['', '7', 'd', '7 d', '-1d', '1.5d', '7D', '1m', '7d; drop table x', '100000d']) {
      expect(parseSpan(text), text).to.equal(undefined);
    }
  });
});

describe('the interval of partitions', () => {
  it('is a day for ticks, also of a schema that nobody knows, and longer for what comes less often', () => {
    const days = (schema: string): number => chunkIntervalOf(schema) / DAY;
    expect(['trades', 'mbo', 'ohlcv-1s', 'of-a-plugin'].map(days)).to.deep.equal([1, 1, 1, 1]);
    expect(['ohlcv-1m', 'statistics', 'definition', 'ohlcv-1h', 'ohlcv-1d'].map(days)).to.deep.equal([
      7, 7, 28, 91, 728,
    ]);
  });

  it('is what was chosen for a schema', () => {
    const chosen = new Map([['trades', 3_600]]);
    expect(chunkIntervalOf('trades', chosen)).to.equal(3_600);
    expect(chunkIntervalOf('tbbo', chosen)).to.equal(DAY);
  });

  it('is chosen as schema=span, of an hour or more', () => {
    expect(parseChunkInterval('ohlcv-1m=4w')).to.deep.equal(['ohlcv-1m', 28 * DAY]);
    for (const text of ['trades', 'trades=', '=1d', 'trades=1', 'trades=0d', 'a=1d=2d', 'trades = 1d']) {
      expect(parseChunkInterval(text), text).to.equal(undefined);
    }
  });
});
