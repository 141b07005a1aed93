import { expect } from 'chai';
import type { BenchCase, Measurement } from '../../../bench/bench-case.js';
import { compared, renderResults, resultOf } from '../../../bench/results.js';

const aCase = (name: string, reference: string | null = 'b'): BenchCase => ({
  name,
  title: `what ${name} does`,
  needsDatabase: true,
  reference,
  run: async () => ({ records: 0, elapsedMs: 0 }),
});
const runs = (...elapsed: number[]): Measurement[] =>
  elapsed.map((elapsedMs) => ({ records: 1_000, elapsedMs, peakRssBytes: elapsedMs * 1024 }));

describe('bench results', () => {
  it('take the median of the runs, the mean of the middle two when they are even in number', () => {
    expect(resultOf(aCase('a'), runs(900, 100, 200)).median_ms).to.equal(200);
    expect(resultOf(aCase('a'), runs(900, 100, 200, 300)).median_ms).to.equal(250);
  });

  it('tell the spread, the records per second of the median, and the highest memory', () => {
    expect(resultOf(aCase('a'), runs(900, 100, 200))).to.include({
      fastest_ms: 100,
      slowest_ms: 900,
      records_per_second: 5_000,
      peak_rss_bytes: 900 * 1024,
    });
  });

  it('compare the speed with that of the reference case, and with nothing when that was not run', () => {
    const results = [aCase('a'), aCase('b'), aCase('c', null), aCase('d', 'e')].map((bench, index) =>
      resultOf(bench, runs(400 / (index + 1))),
    );
    expect(compared(results).map((result) => result.of_reference)).to.deep.equal([0.5, 1, null, null]);
  });

  it('compare turn by turn, by the median, whatever the number of records', () => {
    const few = runs(300, 10, 100).map((run) => ({ ...run, records: 500 }));
    const results = compared([resultOf(aCase('a'), few), resultOf(aCase('b'), runs(600, 10, 50))]);
    expect(results[0]?.of_reference).to.equal(0.5);
  });

  it('come as a table', () => {
    const results = compared([resultOf(aCase('a'), runs(400)), resultOf(aCase('b', null), runs(200))]);
    const lines = renderResults(results, { color: false, unicode: false }).split('\n');
    expect(lines[0]).to.contain('compared');
    expect(lines[2]).to.match(/^a +what a does +2,500 +0\.40 s +0\.40 s to 0\.40 s +0\.50 +b +400 KiB$/);
    expect(lines[3]).to.match(/^b .* 0\.20 s +- +- +200 KiB$/);
  });
});
