import { expect } from 'chai';
import type { Metadata } from '../../../../src/core/dbn/metadata.js';
import { newMetadata } from '../../../../src/core/dbn/encode/dbn-encoder.js';
import type { FinishedJob } from '../../../../src/core/historical/finished-job.js';
import { DayConditions } from '../../../../src/core/historical/day-conditions.js';
import { jobInDoubtNote } from '../../../../src/core/historical/job-contents.js';
import { jobGaps } from '../../../../src/core/historical/job-gaps.js';
import type { RangeRequest } from '../../../../src/core/historical/range-request.js';
import { takeJobs, takeSameJob, type JobsTaken } from '../../../../src/core/historical/take-jobs.js';
import { at } from '../../../support/declared-market.js';

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
    ...{ pending: [], submittedAt: null },
  });
  const all = new Map(REQUEST.symbols.map((symbol) => [symbol, [{ start: 10n, end: 50n }]]));
  const take = (jobs: FinishedJob[], missing = all, pending = [] as { start: bigint; end: bigint }[]): JobsTaken =>
    takeJobs(REQUEST, missing, jobs, { pending, changedSince: () => [] });
  const ids = (jobs: JobsTaken['jobs']): string[] => jobs.map(({ job: { id } }) => id);

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
    expect(taken.wider.map(({ id }) => id)).to.have.members(['longer', 'more', 'everything']);
    expect(taken.missing).to.deep.equal(all);
    const enough = take([longer, job('enough')]);
    expect([ids(enough.jobs), enough.wider]).to.deep.equal([['enough'], []]);
  });

  it('leaves out what is of something else, or was cut by a limit', () => {
    const others = [
      job('dataset', { dataset: 'XNAS.ITCH' }),
      job('schema', { schema: 'tbbo' }),
      job('limit', { limit: 5n }),
      job('time', { start: 50n, end: 60n }),
      job('symbology', { stypeIn: 'parent', symbols: ['ES.FUT'] }),
      job('symbols', { symbols: ['CLH4'] }),
    ];
    expect(take(others)).to.deep.equal({ jobs: [], missing: all, wider: [] });
    const held = new Map(REQUEST.symbols.map((symbol) => [symbol, []]));
    expect(take([job('needless'), job('wider', { end: 60n })], held)).to.deep.include({ jobs: [], wider: [] });
  });

  it('counts no day that was not finished when the job was made, nor one that is not now', () => {
    const made = { ...job('made', {}, true), pending: [{ start: 20n, end: 30n }] };
    const taken = take([made], all, [{ start: 45n, end: 60n }]);
    expect(ids(taken.jobs)).to.deep.equal(['made']);
    const left = [
      { start: 20n, end: 30n },
      { start: 45n, end: 50n },
    ];
    expect([...taken.missing.values()]).to.deep.equal([left, left]);
    const unfinished = { ...made, pending: [{ start: 0n, end: 60n }] };
    expect(take([unfinished])).to.deep.equal({ jobs: [], missing: all, wider: [] });
    expect(take([{ ...unfinished, request: { ...REQUEST, end: 60n } }]).wider).to.deep.equal([]);
    expect(ids(take([unfinished, job('finished')]).jobs)).to.deep.equal(['finished']);
  });

  describe('of a job that is not downloaded', () => {
    const DAYS = { start: at('2024-01-08'), end: at('2024-01-12') };
    const said = (date: string, lastModifiedDate: string | null, condition = 'available') => ({
      ...{ date, condition, lastModifiedDate },
    });
    const conditions = new DayConditions([
      said('2024-01-08', '2024-01-09'),
      said('2024-01-09', '2024-02-01'),
      said('2024-01-10', null, 'missing'),
      said('2024-01-11', '2024-02-02'),
    ]);
    const submitted = (date: string | null): FinishedJob => ({
      ...job('job', DAYS),
      ...{ pending: null, submittedAt: date === null ? null : at(date) + 1n },
    });
    const needed = new Map(REQUEST.symbols.map((symbol) => [symbol, [DAYS]]));
    const takeOf = (one: FinishedJob): JobsTaken => takeJobs({ ...REQUEST, ...DAYS }, needed, [one], conditions);
    const left = (one: FinishedJob): unknown => takeOf(one).missing.get('ESH4');
    const day = (date: string) => ({ start: at(date), end: at(date) + 86_400_000_000_000n });

    it('does not count days that were changed since it was submitted, and says so', () => {
      expect(left(submitted('2024-02-03'))).to.deep.equal([]);
      expect(left(submitted('2024-02-02'))).to.deep.equal([day('2024-01-11')]);
      const early = takeOf(submitted('2024-01-31'));
      expect(early.jobs.map(({ inDoubt }) => inDoubt)).to.deep.equal([[day('2024-01-09'), day('2024-01-11')]]);
      expect(early.missing.get('NQH4')).to.deep.equal([day('2024-01-09'), day('2024-01-11')]);
      const [taken] = early.jobs;
      expect(jobInDoubtNote(submitted(null), taken?.inDoubt ?? [], conditions)).to.deep.equal({
        topic: 'batch',
        text: '2024-01-09, 2024-01-11 were changed by the vendor since batch job job was submitted, so only its files can say whether it has them whole: until they are downloaded they count as to be bought',
      });
      expect(left(submitted(null))).to.deep.equal([
        { start: at('2024-01-08'), end: at('2024-01-10') },
        day('2024-01-11'),
      ]);
    });

    it('takes it all the same where it has nothing else: its files will say', () => {
      const one = { ...submitted('2024-01-31'), request: { ...REQUEST, ...day('2024-01-11') } };
      const taken = takeOf(one);
      expect([ids(taken.jobs), left(one)]).to.deep.equal([['job'], [DAYS]]);
    });
  });
});

describe('takeSameJob', () => {
  const job = (id: string, changes: Partial<RangeRequest> = {}, more: Partial<FinishedJob> = {}): FinishedJob => ({
    ...{ id, request: { ...REQUEST, limit: 5n, ...changes }, sizeBytes: null, records: null, archived: false },
    ...{ pending: [], submittedAt: null },
    ...more,
  });
  const quiet = { pending: [], changedSince: () => [] };
  const take = (jobs: FinishedJob[], conditions = quiet as Parameters<typeof takeSameJob>[2]): string | undefined =>
    takeSameJob({ ...REQUEST, limit: 5n }, jobs, conditions)?.job.id;

  it('finds the job of the very same request, symbols in any order, rather one that is here', () => {
    const others = [job('limit', { limit: 6n }), job('none', { limit: null }), job('end', { end: 49n })];
    expect(take(others)).to.equal(undefined);
    const same = job('same', { symbols: ['NQH4', 'ESH4'] });
    expect(take([...others, same])).to.equal('same');
    expect(take([same, job('here', {}, { archived: true })])).to.equal('here');
  });

  it('finds none over days that were not finished', () => {
    const pending = [{ start: 20n, end: 30n }];
    expect(take([job('made', {}, { pending })])).to.equal(undefined);
    expect(take([job('now')], { ...quiet, pending })).to.equal(undefined);
    expect(take([job('doubt', {}, { pending: null })], { ...quiet, changedSince: () => pending })).to.equal('doubt');
  });
});

describe('jobGaps', () => {
  const header = (changes: Partial<Metadata>) => newMetadata({ ...REQUEST, ...changes });

  it('are what no file of a job covers, symbol by symbol', () => {
    const headers = [header({ end: 20n }), header({ start: 30n, end: 40n, symbols: ['ESH4'] })];
    expect(jobGaps(REQUEST, headers, [{ start: 45n, end: 50n }])).to.deep.equal([
      { ...REQUEST, start: 20n, end: 30n },
      { ...REQUEST, start: 30n, end: 40n, symbols: ['NQH4'] },
      { ...REQUEST, start: 40n, end: 45n },
    ]);
    expect(jobGaps(REQUEST, [header({})], [])).to.deep.equal([]);
  });

  it('are everything where there is no file, and nothing is said of a job with a limit', () => {
    expect(jobGaps(REQUEST, [], [])).to.deep.equal([REQUEST]);
    expect(jobGaps({ ...REQUEST, limit: 5n }, [], [])).to.deep.equal([]);
  });

  for (const [what, changes] of [
    ['another dataset', { dataset: 'XNAS.ITCH' }],
    ['another schema', { schema: 'tbbo' }],
    ['another symbology', { stypeIn: 'parent' }],
    ['no symbology', { stypeIn: null }],
    ['other symbols', { symbols: ['ESH4', 'CLH4'] }],
    ['no symbols', { symbols: [] }],
    ['no end', { end: null }],
    ['no time at all', { end: REQUEST.start }],
    ['a limit', { limit: 5n }],
  ] as const) {
    it(`are none where one of the files says ${what}: it may hold what seems to be missing`, () => {
      expect(jobGaps(REQUEST, [header({ end: 20n }), header({ start: 20n, ...changes })], [])).to.deep.equal([]);
    });
  }
});
