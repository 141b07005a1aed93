import { expect } from 'chai';
import type { BatchDownload, BatchJobSummary, BatchSubmission, PlanReport, RunReport } from '../../src/index.js';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../src/testing/index.js';
import { CliSandbox, type CliResult } from '../support/run-cli.js';

const DAYS = ['--start', '2024-01-11', '--end', '2024-01-13'];
const WANTED = ['--dataset', 'GLBX.MDP3', '--schema', 'trades', '--symbols', 'ES.c.0', ...DAYS];

describe('batch jobs on the command line', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let gateway: Gateway;
  let job: string;

  before(async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES'], recordsPerDay: 50 });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': market } });
    sandbox = await CliSandbox.create();
    const { code, stderr } = await sandbox.run(['db', 'start']);
    expect(code, stderr).to.equal(0);
  });
  after(async () => {
    await sandbox.run(['db', 'stop']);
    await sandbox.remove();
    await gateway.close();
  });

  const run = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
    sandbox.run(args, { env: { DATABENTO_GATEWAY: gateway.url, DATABENTO_API_KEY: STAND_IN_KEY, ...env } });
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await run([...args, '--json']);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as T;
  };

  it('are shown with their cost, and submitted within the cap alone', async () => {
    const dry = await run(['batch', 'submit', ...WANTED, '--dry-run']);
    expect(dry.code, dry.stderr).to.equal(0);
    expect(dry.stdout)
      .to.match(/planned/)
      .and.match(/ES\.c\.0/);
    expect(dry.stderr).to.match(/to submit: 1 job, estimated at \$0\.\d+/);
    const refused = await run(['batch', 'submit', ...WANTED, '--max-cost', '0.0000001', '--json']);
    expect(refused.code, refused.stderr).to.equal(8);
    expect(refused.stdout).to.contain('COST_CAP');
    expect(gateway.bill.usd).to.equal(0);
    const { jobs } = await json<BatchSubmission>('batch', 'submit', ...WANTED, '--max-cost', '1');
    expect(jobs.map(({ status }) => status)).to.deep.equal(['submitted']);
    job = jobs[0]?.job_id ?? '';
    const again = await run(['batch', 'submit', ...WANTED, '--yes']);
    expect(again.stdout).to.contain(job).and.contain('there');
    expect(gateway.bill.requests['batch.submit_job']).to.equal(1);
  });

  it('end with 5 while they are not finished, with a report that says so', async () => {
    for (const more of [[], ['--dry-run']]) {
      gateway.setJobState(job, 'received');
      const { code, stdout } = await run(['ingest', '--batch', job, '--json', ...more]);
      expect(code, stdout).to.equal(5);
      expect((JSON.parse(stdout) as RunReport).details.map(({ error }) => error?.code)).to.deep.equal([
        'BATCH_NOT_READY',
      ]);
    }
    const plan = await run(['plan', '--batch', job]);
    expect(plan.code, plan.stdout).to.equal(5);
    expect(plan.stderr).to.contain('is not finished: it is received');
  });

  it('that were bought are told of when a later one fails', async () => {
    gateway.setFaults(({ endpoint, parameters }) =>
      endpoint === 'batch.submit_job' && parameters['schema'] === 'statistics'
        ? { kind: 'status', status: 402, case: 'account_insufficient_funds' }
        : undefined,
    );
    const three = (day: string): string[] => [
      ...['batch', 'submit', '--dataset', 'GLBX.MDP3', '--symbols', 'ES.c.0', '--yes'],
      ...['--schema', 'ohlcv-1h,statistics,ohlcv-1d', '--start', `2024-01-${day}`],
    ];
    const program = await run([...three('16'), '--json']);
    expect(program.code, program.stderr).to.equal(4);
    const { status, jobs } = JSON.parse(program.stdout) as BatchSubmission;
    expect([status, jobs.map((one) => one.status)]).to.deep.equal(['incomplete', ['submitted', 'failed', 'planned']]);
    expect(jobs[0]?.job_id).to.match(/^GLBX-/);
    expect(jobs[1]?.error?.code).to.equal('ACCESS_DENIED');
    const person = await run(three('17'));
    expect(person.code).to.equal(4);
    expect(person.stdout)
      .to.match(/^GLBX-\S+ +submitted +ohlcv-1h/m)
      .and.match(/ failed +statistics/);
    expect(person.stderr).to.match(/not enough credit.*\nhint: Add credit/s);
    gateway.setFaults();
  });

  it('may have been submitted where ^C comes meanwhile, which is said', async () => {
    for (const [day, json] of [
      ['2024-01-16', []],
      ['2024-01-17', ['--json']],
    ] as const) {
      let stop: () => void = () => undefined;
      gateway.setFaults(({ endpoint }) => {
        if (endpoint !== 'batch.submit_job') return undefined;
        stop();
        return { kind: 'stall' };
      });
      const env = { DATABENTO_GATEWAY: gateway.url, DATABENTO_API_KEY: STAND_IN_KEY };
      const words = ['batch', 'submit', '--dataset', 'GLBX.MDP3', '--schema', 'tbbo', '--symbols', 'ES.c.0', '--yes'];
      const { code, stdout, stderr } = await sandbox.run([...words, '--start', day, ...json], {
        env,
        onStart: (child) => (stop = () => void child.kill('SIGINT')),
      });
      gateway.setFaults();
      expect(code, stderr).to.equal(130);
      const said = json.length === 0 ? stderr : stdout;
      expect(said).to.contain('the service may have done it all the same').and.contain('batch list');
    }
  });

  it('say at ^C before anything was sent that nothing was submitted', async () => {
    let stop: () => void = () => undefined;
    gateway.setFaults(({ endpoint }) => {
      if (endpoint !== 'metadata.get_cost') return undefined;
      stop();
      return { kind: 'stall' };
    });
    const { code, stderr } = await sandbox.run(['batch', 'submit', ...WANTED, '--refetch'], {
      env: { DATABENTO_GATEWAY: gateway.url, DATABENTO_API_KEY: STAND_IN_KEY },
      onStart: (child) => (stop = () => void child.kill('SIGINT')),
    });
    gateway.setFaults();
    expect(code, stderr).to.equal(130);
    expect(stderr).to.contain('metadata.get_cost was cancelled; nothing was submitted');
  });

  it('are listed, downloaded and loaded, once', async () => {
    gateway.setJobState(job, 'done');
    const [listed] = await json<BatchJobSummary[]>('batch', 'list', '--states', 'done');
    expect(listed).to.include({ job_id: job, state: 'done', archived: false });
    const planned = await run(['plan', '--batch', job]);
    expect(planned.stdout).to.contain(`${job}/glbx-mdp3-20240111.trades.dbn.zst`);
    const download = await run(['batch', 'download', job, '--output', 'data']);
    expect(download.stdout).to.contain('downloaded');
    expect(download.stdout).to.match(/tickloom ingest \S*data/);
    const first = await json<RunReport>('ingest', '--batch', job);
    expect(first.records.loaded).to.equal(first.records.decoded).and.greaterThan(0);
    const second = await json<RunReport>('ingest', '--batch', job);
    expect(second.records.loaded + second.bytes.downloaded).to.equal(0);
    expect((await run(['batch', 'list'])).stdout).to.contain('done, archived');
    expect((await run(['archive', 'list'])).stdout).to.contain('trades');
    const there = await json<BatchDownload>('batch', 'download', job);
    expect(there.bytes.downloaded).to.equal(0);
    const plan = await json<PlanReport>('plan', ...WANTED);
    expect(plan.chunks.buy).to.equal(0);
  });

  it('do not go together with paths, a request or a source', async () => {
    for (const other of [['x.dbn'], ['--api', 'databento'], ['--source', 'csv']]) {
      const { code, stderr } = await run(['ingest', '--batch', job, ...other]);
      expect(code).to.equal(2);
      expect(stderr).to.match(/--batch and \S+ do not go together/);
    }
  });
});
