import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../../src/testing/index.js';
import { basic, decodeBytes, GatewayClient } from '../../support/gateway-client.js';

interface Job {
  readonly id: string;
  readonly state: string;
  readonly [key: string]: unknown;
}

interface File {
  readonly filename: string;
  readonly size: number;
  readonly hash: string;
  readonly urls: { readonly https: string; readonly ftp: string };
}

const WEEK = { start: '2024-01-08', end: '2024-01-15' };
const WANTED = { symbols: 'ES.c.0,ZR.c.0', stype_in: 'continuous', schema: 'trades', ...WEEK };
const SUPPORT = ['metadata.json', 'condition.json', 'symbology.json'];

describe('batch jobs of the stand-in gateway', () => {
  let gateway: Gateway;
  let client: GatewayClient;
  const submit = async (parameters: Record<string, string> = {}): Promise<Job> => {
    const response = await client.post('batch.submit_job', {
      ...WANTED,
      encoding: 'dbn',
      compression: 'zstd',
      ...parameters,
    });
    return (await response.json()) as Job;
  };
  const finished = async (parameters: Record<string, string> = {}): Promise<Job> => {
    const { id } = await submit(parameters);
    for (;;) {
      const job = await client.json<Job>('batch.get_job_details', { job_id: id });
      if (job.state === 'done') return job;
    }
  };
  const filesOf = (job: Job): Promise<File[]> => client.json('batch.list_files', { job_id: job.id });
  const download = (file: File, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${gateway.url}${new URL(file.urls.https).pathname}`, { headers: { ...basic(STAND_IN_KEY), ...headers } });
  const bytesOf = async (file: File): Promise<Buffer> => Buffer.from(await (await download(file)).arrayBuffer());

  beforeEach(async () => {
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': sampled({ ...WEEK, recordsPerDay: 50 }) } });
    client = new GatewayClient(gateway);
  });
  afterEach(() => gateway.close());

  it('move on by one state with each look', async () => {
    const job = await submit();
    expect(job.id).to.match(/^GLBX-\d{8}-[A-Z0-9]{10}$/);
    expect(job).to.include({
      state: 'queued',
      user_id: 'STANDIN',
      symbols: 'ES.c.0,ZR.c.0',
      compression: 'zstd',
      split_duration: 'day',
      cost_usd: null,
      record_count: null,
      progress: 0,
    });
    const refused = await client.get('batch.list_files', { job_id: job.id });
    expect(refused.status).to.equal(400);
    expect(((await refused.json()) as { detail: { case: string } }).detail.case).to.equal('batch_job_not_ready');
    const states: string[] = [];
    for (let look = 0; look < 3; look += 1) {
      states.push((await client.json<Job>('batch.get_job_details', { job_id: job.id })).state);
    }
    expect(states).to.deep.equal(['processing', 'done', 'done']);
    const done = await client.json<Job>('batch.get_job_details', { job_id: job.id });
    const count = await client.json<number>('metadata.get_record_count', WANTED);
    expect(done).to.include({ record_count: count, billed_size: count * 48, progress: 100 });
    expect(gateway.bill.usd).to.equal(done['cost_usd']);
  });

  it('are split by day into files that together are the request', async () => {
    const files = await filesOf(await finished());
    const data = files.filter(({ filename }) => filename.endsWith('.dbn.zst'));
    expect(data.map(({ filename }) => filename)).to.deep.equal(
      ['08', '09', '10', '11', '12', '14'].map((day) => `glbx-mdp3-202401${day}.trades.dbn.zst`),
    );
    expect(files.map(({ filename }) => filename)).to.include.members([...SUPPORT, 'manifest.json']);
    const records: string[] = [];
    for (const file of data) {
      const bytes = await bytesOf(file);
      expect(bytes.length).to.equal(file.size);
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).to.equal(file.hash);
      records.push(...(await decodeBytes(bytes)).records);
    }
    expect(records).to.deep.equal((await client.decoded(WANTED)).records);
    const manifest = JSON.parse((await bytesOf(files.at(-1)!)).toString()) as { job_id: string; files: File[] };
    expect(manifest.files).to.deep.equal(files.slice(0, -1));
    const symbology = files.find(({ filename }) => filename === 'symbology.json')!;
    expect(JSON.parse((await bytesOf(symbology)).toString())).to.deep.include({
      symbols: ['ES.c.0', 'ZR.c.0'],
      status: 0,
    });
  });

  it('are split by other durations, by symbol, or not at all', async () => {
    const names = async (parameters: Record<string, string>): Promise<string[]> =>
      (await filesOf(await finished(parameters)))
        .map(({ filename }) => filename)
        .filter((name) => name.startsWith('glbx'));
    expect(await names({ split_duration: 'none' })).to.deep.equal(['glbx-mdp3-20240108-20240114.trades.dbn.zst']);
    expect(await names({ split_duration: 'week' })).to.deep.equal([
      'glbx-mdp3-20240108-20240113.trades.dbn.zst',
      'glbx-mdp3-20240114.trades.dbn.zst',
    ]);
    for (const split_duration of ['month', 'year']) expect(await names({ split_duration })).to.have.length(1);
    expect(
      await names({ split_duration: 'none', split_symbols: 'True', encoding: 'csv', compression: 'none' }),
    ).to.deep.equal(['ES.c.0', 'ZR.c.0'].map((symbol) => `glbx-mdp3-20240108-20240114.trades.${symbol}.csv`));
  });

  it('keep to a limit over all files', async () => {
    const files = await filesOf(await finished({ limit: '130' }));
    let count = 0;
    for (const file of files.filter(({ filename }) => filename.endsWith('.zst'))) {
      count += (await decodeBytes(await bytesOf(file))).records.length;
    }
    expect(count).to.equal(130);
  });

  it('write symbols into csv when asked to', async () => {
    const files = await filesOf(await finished({ encoding: 'csv', compression: 'none', map_symbols: '1' }));
    const [header, first] = (await bytesOf(files.find(({ filename }) => filename.endsWith('.csv'))!))
      .toString()
      .split('\n');
    expect(header).to.match(/,symbol$/);
    expect(first).to.match(/,(ES|ZR)\.c\.0$/);
  });

  it('print null for no compression and no splitting', async () => {
    const job = await submit({ compression: 'none', split_duration: 'none' });
    expect(job).to.include({ compression: null, split_duration: null, packaging: null, split_size: null });
  });

  it('are downloaded by ranges of bytes', async () => {
    const [file] = (await filesOf(await finished())).filter(({ filename }) => filename.endsWith('.zst'));
    const whole = await bytesOf(file!);
    const rest = await download(file!, { range: `bytes=100-${whole.length - 1}` });
    expect(rest.status).to.equal(206);
    expect(rest.headers.get('accept-ranges')).to.equal('bytes');
    expect(rest.headers.get('content-range')).to.equal(`bytes 100-${whole.length - 1}/${whole.length}`);
    expect(Buffer.from(await rest.arrayBuffer())).to.deep.equal(whole.subarray(100));
    const open = await download(file!, { range: 'bytes=7-' });
    expect(Buffer.from(await open.arrayBuffer())).to.deep.equal(whole.subarray(7));
    const behind = await download(file!, { range: `bytes=${whole.length}-` });
    expect([behind.status, behind.headers.get('content-range')]).to.deep.equal([416, `bytes */${whole.length}`]);
    const before = gateway.bill.usd;
    await bytesOf(file!);
    expect(gateway.bill.usd).to.equal(before);
    const path = new URL(file!.urls.https);
    expect(path.host).to.equal('api.databento.com');
    const missing = { ...file!, urls: { ...file!.urls, https: `${path.href}.gone` } };
    expect((await download(missing)).status).to.equal(404);
  });

  it('are whole again after one that was corrupted on its way', async () => {
    const files = await filesOf(await finished());
    for (const file of files) {
      const sha256 = async (): Promise<string> =>
        `sha256:${createHash('sha256')
          .update(await bytesOf(file))
          .digest('hex')}`;
      gateway.setFaults(({ endpoint }) => (endpoint === 'batch.file' ? { kind: 'corrupt' } : undefined));
      expect(await sha256(), file.filename).not.to.equal(file.hash);
      gateway.setFaults();
      expect(await sha256(), file.filename).to.equal(file.hash);
    }
  });

  it('are listed by state and time, long or short', async () => {
    const first = await submit();
    const second = await submit();
    const list = (parameters: Record<string, string>): Promise<Job[]> => client.json('batch.list_jobs', parameters);
    expect((await list({})).map(({ id, state }) => [id, state])).to.deep.equal([
      [first.id, 'processing'],
      [second.id, 'processing'],
    ]);
    expect(Object.keys((await list({ short: 'true' }))[0]!)).to.deep.equal(['id', 'state', 'ts_received']);
    gateway.setJobState(first.id, 'expired');
    expect((await list({})).map(({ id }) => id)).to.deep.equal([second.id]);
    expect((await list({ states: 'expired,purged' })).map(({ id }) => id)).to.deep.equal([first.id]);
    expect(await list({ since: '2100' })).to.deep.equal([]);
    expect((await client.get('batch.list_jobs', { states: 'lost' })).status).to.equal(400);
    expect((await client.get('batch.list_files', { job_id: first.id })).status).to.equal(410);
    expect(() => gateway.setJobState('GLBX-1', 'done')).to.throw('no batch job');
  });

  it('are listed in the short form only when that is announced', async () => {
    const other = await startGateway({
      datasets: { 'GLBX.MDP3': sampled(WEEK) },
      shortJobLists: true,
      jobStates: ['received', 'finalizing', 'done'],
    });
    try {
      const own = new GatewayClient(other);
      await own.post('batch.submit_job', { ...WANTED, encoding: 'dbn' });
      const response = await own.get('batch.list_jobs', { short: 'false' });
      expect(response.headers.get('x-warning')).to.contain('DeprecationWarning: ');
      const [job] = (await response.json()) as Job[];
      expect(job).to.have.all.keys('id', 'state', 'ts_received');
      expect(job?.state).to.equal('finalizing');
    } finally {
      await other.close();
    }
  });

  it('are two jobs when submitted twice, each billed', async () => {
    const [first, second] = [await submit(), await submit()];
    expect(first.id).not.to.equal(second.id);
    const cost = await client.json<number>('metadata.get_cost', WANTED);
    expect(gateway.bill.usd).to.be.closeTo(2 * cost, 1e-12);
  });

  it('are refused with parameters that do not go together, or of others', async () => {
    const refusal = async (parameters: Record<string, string>): Promise<number> =>
      (await client.refusal('batch.submit_job', { ...WANTED, encoding: 'dbn', ...parameters }))[0];
    expect(await refusal({ symbols: '' })).to.equal(422);
    expect(await refusal({ encoding: '' })).to.equal(422);
    expect(await refusal({ split_size: '5' })).to.equal(422);
    expect(await refusal({ split_size: '20000000000' })).to.equal(422);
    expect(await refusal({ split_duration: 'hour' })).to.equal(422);
    expect(await refusal({ symbols: 'ALL_SYMBOLS', stype_in: 'raw_symbol', split_symbols: 'true' })).to.equal(422);
    const status = async (path: string, job_id: string): Promise<number> => (await client.get(path, { job_id })).status;
    expect(await status('batch.list_files', 'GLBX-20240108-ABCDEFGHJK')).to.equal(404);
    expect(await status('batch.get_job_details', 'nonsense')).to.equal(400);
    expect(await status('batch.download', (await submit()).id)).to.equal(501);
  });
});
