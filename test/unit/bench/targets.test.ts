import { expect } from 'chai';
import type { Measurement } from '../../../bench/bench-case.js';
import { resultOf, type CaseResult } from '../../../bench/results.js';
import { renderTargets, targetResults } from '../../../bench/targets.js';

const MIB = 1024 * 1024;

function result(name: string, elapsedMs: number, peakRssBytes = 100 * MIB): CaseResult {
  const run: Measurement = { records: 1_000_000, elapsedMs, peakRssBytes };
  const bench = { name, title: name, needsDatabase: false, reference: null, run: async () => run };
  return resultOf(bench, [run]);
}

describe('bench targets', () => {
  it('are judged where both cases were run, by the schema that they are for', () => {
    const cases = [result('ingest-zst', 1060), result('copy-ready', 1000), result('copy-csv', 2000)];
    const met = (schema: string): (readonly [string, boolean])[] =>
      targetResults(schema, cases).map(({ what, met: isMet }) => [what, isMet] as const);
    expect(met('trades')).to.deep.equal([
      ['a file to committed rows, by ready rows', false],
      ['by csv text', true],
      ['peak memory of a load, MiB', true],
    ]);
    expect(met('statistics')[0]).to.deep.equal(['a file to committed rows, by ready rows', true]);
  });

  it('are more on hypertables', () => {
    const cases = [result('ingest-zst', 1000), result('ingest-two', 650)];
    const judged = targetResults('mbo', cases, true).map(({ what, met }) => [what, met] as const);
    expect(judged[0]).to.deep.equal(['two connections, by one', true]);
    expect(targetResults('mbo', cases).map(({ what }) => what)).not.to.include('two connections, by one');
  });

  it('are missed from above, too', () => {
    const cases = [result('ingest-zst', 1000, 301 * MIB), result('start-tickloom', 14), result('start-oclif', 10)];
    expect(targetResults('mbo', cases).map(({ value, met }) => [Math.round(value * 100), met])).to.deep.equal([
      [30_100, false],
      [140, false],
    ]);
  });

  it('come as a table', () => {
    const lines = renderTargets(targetResults('mbo', [result('ingest-zst', 1000)]), {
      color: false,
      unicode: false,
    }).split('\n');
    expect(lines[2]).to.match(/^peak memory of a load, MiB +at most 300 +100 +met$/);
  });
});
