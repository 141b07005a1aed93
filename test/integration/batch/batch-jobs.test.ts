import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  createTickloom,
  type ApiRequest,
  type BatchSubmission,
  type Decompress,
  type ProgressEvent,
  type RunReport,
  type Tickloom,
} from '../../../src/index.js';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../../src/testing/index.js';
import { createDatabase } from '../../support/postgres-server.js';
import { rejected } from '../../support/thrown.js';

const DAYS: ApiRequest = {
  api: 'databento',
  dataset: 'GLBX.MDP3',
  schemas: ['trades'],
  symbols: ['ES.c.0', 'NQ.c.0'],
  start: '2024-01-11',
  end: '2024-01-16',
};

describe('batch jobs', function () {
  this.timeout(60_000);
  let folder: string;
  let gateway: Gateway;
  let database: string;
  let tickloom: Tickloom;
  const opened: Tickloom[] = [];

  before(async () => {
    database = (await createDatabase()).url;
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-batch-'));
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES', 'NQ'], recordsPerDay: 50 });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': market } });
    tickloom = open();
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  /** Each test has a schema of its own in one database. */
  let schemas = 0;
  function open(options: Parameters<typeof createTickloom>[0] = {}): Tickloom {
    const archive = join(folder, 'archive');
    const made = createTickloom({
      ...{ database, dbSchema: `batch_${++schemas}`, archive, gateway: gateway.url, apiKey: STAND_IN_KEY },
      ...options,
    });
    opened.push(made);
    return made;
  }
  const submit = (request: Partial<ApiRequest> = {}, more = {}): Promise<BatchSubmission> =>
    tickloom.batch.submit({ request: { ...DAYS, ...request }, ...more });
  /** Submits, and waits until the jobs are done. */
  const finished = async (request: Partial<ApiRequest> = {}, more = {}): Promise<string> => {
    const [job] = (await submit(request, more)).jobs;
    for (;;) {
      const jobs = await tickloom.batch.list({ states: ['done'] });
      if (jobs.some(({ job_id }) => job_id === job?.job_id)) return job?.job_id ?? '';
    }
  };
  const calls = (endpoint: string): number => gateway.requests.filter((call) => call.endpoint === endpoint).length;
  const ingest = (batch: string, more = {}): Promise<RunReport> => tickloom.ingest({ paths: [], batch, ...more });
  const rows = async (): Promise<number> => {
    const { batches } = await tickloom.query('select count(*) from trades');
    for await (const [[count] = []] of batches) return Number(count);
    return -1;
  };

  it('are estimated, submitted once, and listed with what they are', async () => {
    const notes: string[] = [];
    const first = await tickloom.batch.submit({ request: DAYS }, { onNote: (text) => notes.push(text) });
    const [job] = first.jobs;
    expect(job).to.include({ status: 'submitted', state: 'queued', schema: 'trades', stype_in: 'continuous' });
    expect(first.cost_usd.estimated).to.be.closeTo(gateway.bill.usd, 1e-9).and.greaterThan(0);
    expect(notes.join('\n'))
      .to.match(/symbols are read as continuous/)
      .and.match(/to submit: 1 job, estimated at \$/);
    expect(notes.at(-1)).to.equal(
      `job ${job?.job_id ?? ''} was submitted: GLBX.MDP3 trades ES.c.0,NQ.c.0 2024-01-11 to 2024-01-16`,
    );
    const again = await submit({ symbols: ['NQ.c.0', 'ES.c.0'] });
    expect(again.jobs[0]).to.include({ job_id: job?.job_id, status: 'there', cost_usd: 0 });
    expect(again.cost_usd.estimated).to.equal(0);
    expect(calls('batch.submit_job')).to.equal(1);
    const [listed] = await tickloom.batch.list({ since: '2024-01-01' });
    expect(listed).to.include({ job_id: job?.job_id, dataset: 'GLBX.MDP3', encoding: 'dbn', archived: false });
    expect(listed?.start).to.equal('2024-01-11T00:00:00.000000000Z');
    await submit({}, { again: true });
    expect(calls('batch.submit_job')).to.equal(2);
  });

  it('are one for each schema, and dry runs and refusals buy none', async () => {
    const two = { schemas: ['trades', 'ohlcv-1d'], withDefinitions: true };
    const dry = await submit(two, { dryRun: true });
    expect(dry.jobs.map(({ schema, status }) => [schema, status])).to.deep.equal([
      ['trades', 'planned'],
      ['ohlcv-1d', 'planned'],
      ['definition', 'planned'],
    ]);
    expect((await rejected(submit(two, { spending: { maxCost: '0.0000001' } }))).code).to.equal('COST_CAP');
    expect((await rejected(submit(two, { spending: { maxUnattendedCost: '0.0000001' } }))).code).to.equal('COST_CAP');
    const no = { confirm: async () => false };
    expect((await rejected(submit(two, { spending: no }))).code).to.equal('COST_CAP');
    expect((await rejected(submit({ symbols: ['XX.c.0'] }))).code).to.equal('SYMBOL_NOT_FOUND');
    expect((await rejected(submit({ start: '2024-01-13', end: '2024-01-14' }))).code).to.equal('RANGE_UNAVAILABLE');
    expect((await rejected(submit({ symbols: ['ES.c.0', 'ES.v.0'], limit: 5 }))).code).to.equal('USAGE');
    gateway.setCondition('GLBX.MDP3', '2024-01-12', { condition: 'pending' });
    const pending = await rejected(submit());
    expect([pending.code, pending.hint]).to.deep.equal([
      'RANGE_UNAVAILABLE',
      'End before 2024-01-12, or submit the job when the day is finished.',
    ]);
    expect(gateway.bill.usd).to.equal(0);
    const bought = await submit({ schemas: two.schemas, end: '2024-01-12' }, { delivery: { splitDuration: 'none' } });
    expect(bought.jobs.map(({ status }) => status)).to.deep.equal(['submitted', 'submitted']);
    expect(bought.cost_usd.estimated).to.be.closeTo(gateway.bill.usd, 1e-9);
  });

  it('that were submitted are told of also when a later one fails, and no further one is submitted', async () => {
    const three = { schemas: ['trades', 'ohlcv-1d', 'tbbo'] };
    gateway.setFaults(({ endpoint, parameters }) =>
      endpoint === 'batch.submit_job' && parameters['schema'] === 'ohlcv-1d'
        ? { kind: 'status', status: 402, case: 'account_insufficient_funds' }
        : undefined,
    );
    const { status, jobs } = await submit(three);
    expect(status).to.equal('incomplete');
    expect(jobs.map((job) => [job.schema, job.status, job.error?.code])).to.deep.equal([
      ['trades', 'submitted', undefined],
      ['ohlcv-1d', 'failed', 'ACCESS_DENIED'],
      ['tbbo', 'planned', undefined],
    ]);
    const [listed, ...others] = await tickloom.batch.list();
    expect(listed?.job_id).to.equal(jobs[0]?.job_id);
    expect(others).to.deep.equal([]);
    // what is bought already is known the second time, and nothing else
    expect((await rejected(submit(three))).code).to.equal('ACCESS_DENIED');
    expect(
      gateway.requests.filter(({ endpoint, status: code }) => endpoint === 'batch.submit_job' && code === 200),
    ).to.have.lengthOf(1);
    gateway.setFaults();
    const again = await submit(three);
    expect(again.status).to.equal('complete');
    expect(again.jobs.map((job) => job.status)).to.deep.equal(['there', 'submitted', 'submitted']);
  });

  it('whose submission is never answered are found in the account, and are uncertain only where they are not', async () => {
    const notes: string[] = [];
    const lost = { kind: 'reset' } as const;
    gateway.setFaults(({ endpoint }) => (endpoint === 'batch.submit_job' ? lost : undefined));
    const { status, jobs } = await tickloom.batch.submit({ request: DAYS }, { onNote: (text) => notes.push(text) });
    const [listed, ...others] = await tickloom.batch.list();
    expect(others).to.deep.equal([]);
    expect(status).to.equal('complete');
    expect(jobs[0]).to.include({ job_id: listed?.job_id, status: 'submitted' });
    expect(notes).to.include(
      `the answer to a submission was lost, and the account has its job ${listed?.job_id ?? ''}`,
    );
    const refused = { kind: 'status', status: 500 } as const;
    gateway.setFaults(({ endpoint }) => (endpoint === 'batch.submit_job' ? refused : undefined));
    // an equal job says nothing of one that was to be made besides it
    expect((await rejected(submit({}, { again: true }))).code).to.equal('SUBMISSION_UNCERTAIN');
    expect((await rejected(submit({ symbols: ['NQ.c.0'] }))).code).to.equal('SUBMISSION_UNCERTAIN');
    expect(calls('batch.submit_job')).to.equal(3);
  });

  it('say what the service warns of, and what is tried again', async () => {
    const notes: string[] = [];
    const onNote = (text: string): void => void notes.push(text);
    const headers = { 'X-Warning': '["DeprecationWarning: soon no more"]' };
    let failures = 0;
    gateway.setFaults(({ endpoint }) => {
      if (endpoint === 'batch.submit_job') return { kind: 'headers', headers };
      return failures-- > 0 ? { kind: 'status', status: 429 } : undefined;
    });
    const [job] = (await tickloom.batch.submit({ request: DAYS }, { onNote })).jobs;
    expect(notes).to.include('warning: DeprecationWarning: soon no more');
    gateway.setJobState(job?.job_id ?? '', 'done');
    for (const look of [
      () => tickloom.batch.list({}, { onNote }),
      () => tickloom.batch.download({ jobId: job?.job_id ?? '' }, { onNote }),
    ]) {
      notes.splice(0);
      failures = 1;
      await look();
      expect(notes.join('\n')).to.match(/HTTP 429.*trying again/);
    }
  });

  it('are read job by job where the service lists no more than ids and states', async () => {
    await gateway.close();
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES', 'NQ'], recordsPerDay: 50 });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': market }, shortJobLists: true });
    tickloom = open();
    const job = await finished();
    const [listed] = await tickloom.batch.list();
    expect(listed).to.include({ job_id: job, state: 'done', schema: 'trades', progress: 100 });
    expect((await submit()).jobs[0]?.status).to.equal('there');
  });

  it('load as what was asked for: once, whole, and with the days that have no file', async () => {
    const job = await finished();
    const first = await ingest(job);
    expect(first.status).to.equal('complete');
    expect(first.records.loaded).to.equal(first.records.decoded).and.greaterThan(100);
    expect(first.cost_usd).to.deep.equal({ estimated: 0, spent: 0 });
    expect(first.bytes.downloaded).to.be.greaterThan(0);
    expect(first.symbols).to.include({ mapped: first.records.decoded });
    const { bytes } = gateway.bill;
    const asked = gateway.requests.length;
    const second = await ingest(job);
    expect(second.records).to.include({ loaded: 0, quarantined: 0 });
    expect(second.chunks.already_loaded).to.equal(second.chunks.planned);
    expect(second.bytes.downloaded).to.equal(0);
    expect(gateway.requests.length).to.equal(asked);
    const report = await tickloom.ingest({ paths: [], request: DAYS });
    expect(report.records).to.include({ decoded: 0, loaded: 0 });
    expect(report.chunks.already_loaded).to.equal(report.chunks.planned);
    expect(gateway.bill.bytes).to.equal(bytes);
    expect(await rows()).to.equal(first.records.loaded);
    expect((await tickloom.verify({ deep: true })).status).to.equal('ok');
  });

  it('load from the archive when they have expired, without a key, into another database', async () => {
    const job = await finished();
    await tickloom.batch.download({ jobId: job });
    gateway.setJobState(job, 'expired');
    expect((await submit()).jobs[0]).to.include({ job_id: job, status: 'there', state: 'archived' });
    tickloom = open({ apiKey: '' });
    expect((await ingest(job)).status).to.equal('complete');
    const [listed] = await tickloom.archive.list({ schema: 'trades' });
    expect(listed).to.include({ id: `batch/${job}`, schema: 'trades', records: await rows() });
    expect((await tickloom.archive.list({ schema: 'tbbo' })).length).to.equal(0);
  });

  it('are downloaded into a folder of ours, going on where a download broke', async () => {
    const job = await finished();
    let cuts = 0;
    gateway.setFaults(({ endpoint, attempt }) =>
      endpoint === 'batch.file' && attempt === 0 && ++cuts > 0 ? { kind: 'cut', fraction: 0.5 } : undefined,
    );
    const output = join(folder, 'data');
    const download = await tickloom.batch.download({ jobId: job, output });
    expect(download).to.include({ folder: join(output, job), archived: false });
    expect(cuts).to.be.greaterThan(0);
    expect(download.files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256 ?? ''))).to.equal(true);
    expect(await readdir(join(output, job))).to.have.members(download.files.map(({ file }) => file));
    gateway.setFaults(() => undefined);
    const again = await tickloom.batch.download({ jobId: job, output });
    expect(again.bytes).to.include({ downloaded: 0, total: download.bytes.total });
    expect(again.files.every((file) => file.already_there)).to.equal(true);
    expect(await tickloom.archive.list()).to.deep.equal([]);
    expect((await tickloom.ingest({ paths: [download.folder] })).status).to.equal('complete');
  });

  it('say how far they are while they are downloaded, and stop as a whole where one file fails', async () => {
    const job = await finished();
    let now = 0;
    tickloom = open({
      replace: {
        clock: (clock) => ({
          now: () => clock.now(),
          peakRssBytes: () => clock.peakRssBytes(),
          uuid: () => clock.uuid(),
          monotonicMs: () => (now += 11_000),
        }),
      },
    });
    const notes: string[] = [];
    const onNote = (text: string): void => void notes.push(text);
    const output = join(folder, 'data');
    let files = 0;
    gateway.setFaults(({ endpoint }) => {
      if (endpoint !== 'batch.file') return undefined;
      return ++files === 4 ? { kind: 'corrupt' } : { kind: 'trickle', bytes: 500, ms: 5 };
    });
    const failed = await rejected(tickloom.batch.download({ jobId: job, output }, { onNote }));
    expect(failed.code).to.equal('DOWNLOAD_CORRUPT');
    const [, bad = ''] = /"(.*)"/.exec(failed.message) ?? [];
    const left = await readdir(join(output, job));
    expect(left).not.to.include(bad);
    // what one that was stopped has left is let go: the next download goes on from it
    for (const name of left) expect(name).not.to.match(/\d-[0-9a-f]{8}\.partial$/);
    expect(notes.join('\n')).to.match(
      new RegExp(`downloading job ${job}: \\d of \\d+ files, [\\d.]+ \\w+ of [\\d.]+ KiB`),
    );
    gateway.setFaults();
    const whole = (await tickloom.batch.download({ jobId: job, output })).files.map(({ file }) => file);
    expect(whole).to.include(bad);
    expect((await readdir(join(output, job))).sort()).to.deep.equal(whole.sort());
  });

  it('are refused where their bytes are not what the service says, and where they are not finished or gone', async () => {
    const job = await finished();
    gateway.setFaults(({ endpoint }) => (endpoint === 'batch.file' ? { kind: 'corrupt' } : undefined));
    expect((await rejected(tickloom.batch.download({ jobId: job }))).code).to.equal('DOWNLOAD_CORRUPT');
    expect(await tickloom.archive.list()).to.deep.equal([]);
    gateway.setFaults(() => undefined);
    gateway.setJobState(job, 'expired');
    const gone = await rejected(ingest(job));
    expect([gone.code, gone.message]).to.deep.equal(['NOT_FOUND', gone.message]);
    expect(gone.message).to.match(/^the files of job .* expired on 20\d\d-\d\d-\d\d: there is nothing to download$/);
    gateway.setJobState(job, 'received');
    const early = await rejected(tickloom.batch.download({ jobId: job }));
    expect([early.code, early.action]).to.deep.equal(['BATCH_NOT_READY', 'retry']);
    for (const look of [() => ingest(job, { dryRun: true }), () => tickloom.plan({ batch: job })]) {
      gateway.setJobState(job, 'received');
      expect((await rejected(look())).message).to.equal(early.message);
    }
    gateway.setJobState(job, 'expired');
    expect((await rejected(ingest(job, { dryRun: true }))).message).to.equal(gone.message);
    expect((await rejected(ingest('../x'))).code).to.equal('USAGE');
    const unknown = await rejected(ingest('GLBX-20240101-AAAAAAAAAA'));
    expect([unknown.code, unknown.hint]).to.deep.equal([
      'REQUEST_REJECTED',
      'See "tickloom batch list" for the jobs of the account.',
    ]);
  });

  it('are planned by their files, which a plan does not download', async () => {
    const job = await finished();
    const before = await tickloom.plan({ batch: job });
    expect(before.chunks.unknown).to.equal(before.parts.length).and.greaterThan(2);
    expect(before.parts[0]?.source).to.match(new RegExp(`^${job}/glbx-mdp3-20240111.trades.dbn.zst$`));
    expect((await ingest(job, { dryRun: true })).chunks.planned).to.equal(before.parts.length);
    expect(await readdir(folder)).to.deep.equal([]);
    await ingest(job);
    const after = await tickloom.plan({ batch: job });
    expect(after.chunks.unknown).to.equal(0);
    expect(after.parts.every(({ state }) => state === 'loaded' || state === 'covered')).to.equal(true);
  });

  it('of ALL_SYMBOLS give every row the symbol of its day', async () => {
    const job = await finished({ symbols: ['ALL_SYMBOLS'], schemas: ['ohlcv-1d'], end: '2024-01-13' });
    const report = await ingest(job);
    expect(report.symbols).to.include({ mapped: report.records.loaded, fallback: 0 });
    expect(report.records.loaded).to.be.greaterThan(3);
  });

  it('split by symbols are a chunk for each file, and gaps are those of each symbol', async () => {
    const job = await finished({}, { delivery: { splitSymbols: true, splitDuration: 'month' } });
    const report = await ingest(job);
    expect(report.chunks).to.include({ planned: 2, loaded: 2 });
    expect((await tickloom.ingest({ paths: [], request: DAYS })).chunks.already_loaded).to.be.greaterThan(0);
  });

  it('of many files are read a few files at a time', async () => {
    let inWork = 0;
    let most = 0;
    const counted = (decompress: Decompress): Decompress =>
      async function* (source) {
        most = Math.max(most, ++inWork);
        try {
          yield* decompress(source);
        } finally {
          inWork--;
        }
      };
    tickloom = open({ replace: { decompress: counted } });
    const job = await finished({ start: '2024-01-08', end: '2024-01-20' }, { delivery: { splitSymbols: true } });
    const report = await ingest(job);
    expect(report.chunks.planned).to.be.greaterThan(16);
    expect(report.status).to.equal('complete');
    expect([most > 1, most <= 8, inWork]).to.deep.equal([true, true, 0]);
  });

  it('are taken instead of a purchase where they hold nothing but what is asked for', async () => {
    const job = await finished({ end: '2024-01-13' });
    const plan = await tickloom.plan({ request: DAYS });
    expect(plan.chunks).to.include({ batch: 1 });
    expect(plan.parts.find(({ state }) => state === 'batch')).to.include({
      reason: `batch job ${job} has it, for nothing`,
      cost_usd: null,
    });
    const dry = await tickloom.ingest({ paths: [], request: DAYS, dryRun: true });
    expect(dry.details.map(({ source }) => source)).to.include(
      `databento ${job} GLBX.MDP3 trades ES.c.0,NQ.c.0 2024-01-11 to 2024-01-13`,
    );
    expect(await readdir(folder)).to.deep.equal([]);
    const before = gateway.bill.bytes;
    const notes: string[] = [];
    const reporter = {
      report: (event: ProgressEvent) => void (event.type === 'note' && notes.push(event.text)),
      close: async () => undefined,
    };
    const report = await tickloom.ingest({ paths: [], request: DAYS }, { reporter });
    expect(report.status).to.equal('complete');
    expect(notes.join('\n')).to.match(/in batch jobs, for nothing: 1 chunk/);
    const bought = gateway.requests.filter(({ endpoint }) => endpoint === 'timeseries.get_range');
    expect(bought.map(({ parameters }) => BigInt(parameters['start'] ?? 0) >= 1705104000000000000n)).to.deep.equal([
      true,
    ]);
    expect(gateway.bill.bytes - before).to.be.lessThan(report.records.loaded * 48);
    const again = await tickloom.ingest({ paths: [], request: DAYS });
    expect(again.records.decoded).to.equal(0);
  });

  it('that hold more are named by a plan, and a service that does not list them stops none', async () => {
    const job = await finished({ end: '2024-01-13' });
    const asked = { ...DAYS, symbols: ['ES.c.0'], end: '2024-01-12' };
    const plan = await tickloom.plan({ request: asked });
    expect(plan.chunks).to.include({ batch: 0, buy: 1 });
    expect(plan.notes.join('\n')).to.contain(`"tickloom ingest --batch ${job}" loads all of it`);
    expect((await tickloom.plan({ request: asked, refetch: true })).notes.join('\n')).not.to.contain(job);
    gateway.setFaults(({ endpoint }) =>
      endpoint === 'batch.list_jobs' ? { kind: 'status', status: 403, body: 'string' } : undefined,
    );
    const blind = await tickloom.plan({ request: asked });
    expect(blind.chunks).to.include({ batch: 0, buy: 1 });
    expect(blind.notes.join('\n')).to.match(/the batch jobs of the account are not known: /);
  });

  it('that are not DBN are kept, and not loaded', async () => {
    const form = { dataset: 'GLBX.MDP3', schema: 'trades', symbols: 'ES.c.0', stype_in: 'continuous' };
    const body = new URLSearchParams({ ...form, start: '2024-01-08', end: '2024-01-09', encoding: 'csv' });
    const headers = { authorization: `Basic ${Buffer.from(`${STAND_IN_KEY}:`).toString('base64')}` };
    const reply = await fetch(`${gateway.url}/v0/batch.submit_job`, { method: 'POST', body, headers });
    const { id } = (await reply.json()) as { id: string };
    while ((await tickloom.batch.list({ states: ['done'] })).length === 0);
    expect((await tickloom.batch.download({ jobId: id })).archived).to.equal(true);
    expect((await rejected(ingest(id))).message).to.match(/cannot be loaded: its files are not DBN/);
    expect(await tickloom.archive.list()).to.deep.equal([]);
  });

  it('are verified in the archive, and damage is named', async () => {
    const job = await finished();
    const { folder: kept, files } = await tickloom.batch.download({ jobId: job });
    expect((await tickloom.archive.verify()).entries).to.deep.equal([
      { id: `batch/${job}`, status: 'ok', detail: null },
    ]);
    const file = join(kept, files.find(({ file: name }) => name.endsWith('.zst'))?.file ?? '');
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    const [damaged] = (await tickloom.archive.verify()).entries;
    expect(damaged).to.include({ id: `batch/${job}`, status: 'damaged' });
    await writeFile(join(kept, 'tickloom.json'), '{}');
    expect((await tickloom.archive.verify()).entries[0]?.status).to.equal('damaged');
    expect((await rejected(ingest(job))).code).to.equal('ARCHIVE_DAMAGED');
    expect(await tickloom.archive.list()).to.deep.equal([]);
  });
});
