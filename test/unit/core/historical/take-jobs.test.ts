import { expect } from 'chai';
import { newMetadata } from '../../../../src/core/dbn/encode/dbn-encoder.js';
import type { FinishedJob } from '../../../../src/core/historical/finished-job.js';
import { jobGaps } from '../../../../src/core/historical/job-gaps.js';
import type { RangeRequest } from '../../../../src/core/historical/range-request.js';
import { takeJobs, type JobsTaken } from '../../../../src/core/historical/take-jobs.js';

const REQUEST: RangeRequest = {
  dataset: 'GLBX.MDP3',
  schema: 'trades',
  stypeIn: 'raw_symbol',
  symbols: ['ESH4', 'NQH4'],
  start: 10n,
  end: 50n,
  limit: null,
};

describe('takeJobs', () => {
  const job = (id: string, changes: Partial<RangeRequest> = {}, archived = false): FinishedJob => ({
    ...{ id, request: { ...REQUEST, ...changes }, sizeBytes: null, records: null, archived },
  });
  const all = new Map(REQUEST.symbols.map((symbol) => [symbol, [{ start: 10n, end: 50n }]]));
  const take = (jobs: FinishedJob[], missing = all, pending = [] as { start: bigint; end: bigint }[]): JobsTaken =>
    takeJobs(REQUEST, missing, jobs, pending);
  const ids = (jobs: readonly FinishedJob[]): string[] => jobs.map(({ id }) => id);

  it('takes jobs that bring what is missing and nothing else, the widest first', () => {
    const late = job('late', { start: 30n });
    const early = job('early', { end: 31n, symbols: ['ESH4'] });
    const needless = job('needless', { start: 40n, symbols: ['NQH4'] });
    const taken = take([needless, late, early]);
    expect(ids(taken.jobs)).to.deep.equal(['early', 'late']);
    expect(taken.wider).to.deep.equal([]);
    expect([...taken.missing]).to.deep.equal([
      ['ESH4', []],
      ['NQH4', [{ start: 10n, end: 30n }]],
    ]);
  });

  it('prefers, of two that are equal, the one that is here', () => {
    expect(ids(take([job('there'), job('here', {}, true)]).jobs)).to.deep.equal(['here']);
  });

  it('names those that bring more than is asked for, and takes none of them', () => {
    const longer = job('longer', { end: 60n });
    const more = job('more', { symbols: ['ESH4', 'CLH4'] });
    const everything = job('everything', { stypeIn: 'parent', symbols: ['ALL_SYMBOLS'] });
    const taken = take([longer, more, everything]);
    expect(taken.jobs).to.deep.equal([]);
    expect(ids(taken.wider)).to.have.members(['longer', 'more', 'everything']);
    expect(taken.missing).to.deep.equal(all);
    const enough = take([longer, job('enough')]);
    expect([ids(enough.jobs), enough.wider]).to.deep.equal([['enough'], []]);
  });

  it('leaves out what is of something else, was cut by a limit, or lies over days that are not finished', () => {
    const others = [
      job('dataset', { dataset: 'XNAS.ITCH' }),
      job('schema', { schema: 'tbbo' }),
      job('limit', { limit: 5n }),
      job('time', { start: 50n, end: 60n }),
      job('symbology', { stypeIn: 'parent', symbols: ['ES.FUT'] }),
      job('symbols', { symbols: ['CLH4'] }),
    ];
    expect(take(others)).to.deep.equal({ jobs: [], missing: all, wider: [] });
    expect(take([job('pending')], all, [{ start: 49n, end: 60n }]).jobs).to.deep.equal([]);
    const held = new Map(REQUEST.symbols.map((symbol) => [symbol, []]));
    expect(take([job('needless'), job('wider', { end: 60n })], held)).to.deep.include({ jobs: [], wider: [] });
  });
});

describe('jobGaps', () => {
  const header = (changes: Partial<RangeRequest>) => newMetadata({ ...REQUEST, ...changes });

  it('are what no file of a job covers, symbol by symbol', () => {
    const headers = [header({ end: 20n }), header({ start: 30n, end: 40n, symbols: ['ESH4'] })];
    expect(jobGaps(REQUEST, headers, [{ start: 45n, end: 50n }])).to.deep.equal([
      { ...REQUEST, start: 20n, end: 30n },
      { ...REQUEST, start: 30n, end: 40n, symbols: ['NQH4'] },
      { ...REQUEST, start: 40n, end: 45n },
    ]);
    expect(jobGaps(REQUEST, [header({})], [])).to.deep.equal([]);
  });

  it('are everything where the files are of something else, and nothing is said of a job with a limit', () => {
    const others = [header({ schema: 'tbbo' }), header({ stypeIn: 'parent' }), { ...header({}), end: null }];
    expect(jobGaps(REQUEST, others, [])).to.deep.equal([REQUEST]);
    expect(jobGaps({ ...REQUEST, limit: 5n }, [], [])).to.deep.equal([]);
  });
});
