import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { sampled, startGateway, type Fault, type Gateway } from '../../src/testing/index.js';
import { CliSandbox, type CliOptions, type CliResult } from '../support/run-cli.js';
import { skipBecause } from '../support/skip-because.js';

const KEY = 'db-Q7wZ4nT9xK2mV8cR5yH3jL6pS1dF0';
const BASIC = Buffer.from(`${KEY}:`).toString('base64');
/** In pieces, so that a query for it is not itself where it is found. */
const KEY_IN_SQL = `'${KEY.slice(0, 12)}' || '${KEY.slice(12)}'`;

/** The service repeats what it was sent, as careless ones do. */
const ECHO: Fault = { kind: 'headers', headers: { 'X-Warning': JSON.stringify([`Warning: ${KEY} as ${BASIC}`]) } };

describe('the key on the command line', function () {
  this.timeout(180_000);
  let sandbox: CliSandbox;
  let gateway: Gateway;
  /** All that the commands have printed. */
  const printed: string[] = [];

  before(async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES'], recordsPerDay: 100 });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': market }, accounts: { [KEY]: {} }, faults: () => ECHO });
    sandbox = await CliSandbox.create();
    expect((await run(['db', 'start'])).code).to.equal(0);
  });
  after(async () => {
    await sandbox.run(['db', 'stop']);
    await sandbox.remove();
    await gateway.close();
  });

  const run = async (args: readonly string[], options: CliOptions = {}): Promise<CliResult> => {
    const env = { DATABENTO_GATEWAY: gateway.url, DATABENTO_API_KEY: KEY, ...options.env };
    const result = await sandbox.run(args, { ...options, env });
    printed.push(result.stdout, result.stderr);
    return result;
  };
  const ingest = (day: number, ...more: string[]): string[] => [
    ...['ingest', '--api', 'databento', '--dataset', 'GLBX.MDP3', '--schema', 'trades', '--symbols', 'ES.c.0'],
    ...['--start', `2024-01-${String(day).padStart(2, '0')}`, ...more],
  ];

  it('is in no output of runs that go well, at any verbosity', async () => {
    const ran = [
      await run(ingest(8)),
      await run(ingest(8, '--force', '--verbose'), { env: { DEBUG: '*' } }),
      await run(ingest(8, '--refetch', '--yes', '--json')),
      await run(ingest(9, '--progress', 'json')),
      await run(['runs', 'list', '--json']),
    ];
    for (const { code, stderr } of ran) expect(code, stderr).to.equal(0);
    expect(ran[0]?.stderr).to.contain('Warning: ');
  });

  it('is in no output of runs that go wrong', async () => {
    const key = join(sandbox.root, 'key');
    await writeFile(key, `${KEY}\n`);
    const fromFile = { env: { DATABENTO_API_KEY: '' } };
    gateway.setFaults(() => [ECHO, { kind: 'status', status: 403, body: 'string' }]);
    const refused = await run(ingest(10, '--verbose', '--api-key-file', key), fromFile);
    expect(refused.code, refused.stderr).to.equal(4);
    gateway.setFaults(({ endpoint }) =>
      endpoint === 'timeseries.get_range' ? [ECHO, { kind: 'status', status: 422 }] : ECHO,
    );
    const rejected = await run(ingest(10, '--verbose', '--json', '--api-key-file', key), fromFile);
    expect(rejected.code, rejected.stderr).to.be.oneOf([2, 3]);
    gateway.setFaults(() => ECHO);
    for (const args of [
      ingest(10, '--api-key', KEY),
      ingest(10, '--json', `--max-cost=${KEY}`),
      ['archive', 'list', KEY],
    ]) {
      expect((await run(args)).code, args.join(' ')).to.equal(2);
    }
    const gone = await run(ingest(10), { env: { DATABENTO_GATEWAY: `https://${KEY}@localhost` } });
    expect(gone.code, gone.stderr).to.equal(2);
  });

  it('is in no command line of a process while it downloads', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'what processes were called with is read from /proc');
    gateway.setFaults(({ endpoint }) =>
      endpoint === 'timeseries.get_range' ? { kind: 'stall', fraction: 0.5 } : undefined,
    );
    let lines: string[] = [];
    let own = '';
    const { code } = await run(ingest(11), {
      onStart: (child) => {
        void (async () => {
          const asked = (): boolean => gateway.requests.some(({ bytesSent, done }) => bytesSent > 0 && !done);
          while (!asked() && child.exitCode === null) await pause(20);
          lines = await commandLines();
          own = await readFile(`/proc/${String(child.pid)}/cmdline`, 'utf8');
          child.kill('SIGINT');
        })();
      },
    });
    gateway.setFaults();
    expect(code).to.equal(130);
    expect(own).to.match(/^tickloom/);
    expect(lines).to.include(own);
    expect(lines.filter(tells)).to.deep.equal([]);
  });

  it('is in no row of the database', async () => {
    const tables = await run([
      'query',
      '--format',
      'csv',
      `select table_name from information_schema.tables where table_schema = 'tickloom' and table_type = 'BASE TABLE'`,
    ]);
    const names = tables.stdout.trim().split('\n').slice(1);
    expect(names).to.include.members(['runs', 'chunks', 'quarantine', 'symbology', 'trades']);
    const all = names.map((name) => `select to_jsonb(t)::text as line from tickloom."${name}" t`).join(' union all ');
    const sql = `select count(*), count(*) filter (where line like '%' || ${KEY_IN_SQL} || '%') from (${all}) as everything`;
    const [rows, told] =
      (await run(['query', '--format', 'csv', sql])).stdout.trim().split('\n').at(-1)?.split(',') ?? [];
    expect(Number(rows)).to.be.above(100);
    expect(told).to.equal('0');
  });

  it('is in nothing that was printed, sent beside its header, or written to the disk', async () => {
    expect(printed.filter(tells)).to.deep.equal([]);
    expect(gateway.requests.length).to.be.above(20);
    expect(gateway.requests.filter(({ keyLeaked }) => keyLeaked)).to.deep.equal([]);
    const entries = await readdir(sandbox.root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    expect(files.some((path) => path.endsWith('manifest.json'))).to.equal(true);
    const found: string[] = [];
    for (const path of files) {
      // the server's files come and go
      const bytes = await readFile(path, 'latin1').catch(() => '');
      if (tells(bytes)) found.push(path);
    }
    expect(found).to.deep.equal([join(sandbox.root, 'key')]);
  });
});

function tells(text: string): boolean {
  return text.includes(KEY) || text.includes(BASIC) || text.includes(BASIC.slice(0, -4));
}

/** Of every process that runs. */
async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}
