import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import pg from 'pg';
import type { QuarantineEntry, ReplayReport, RunReport } from '../../src/index.js';
import { exportDatabase } from '../support/export-database.js';
import { CliSandbox, PACKAGE_ROOT, type CliResult } from '../support/run-cli.js';
import { skipBecause } from '../support/skip-because.js';
import { createTimescaleDatabase, TIMESCALE_URL } from '../support/timescale-server.js';
import { trade, tradesFile } from '../support/trade-file.js';
import { IMPOSSIBLE } from '../support/trades-plugin.js';

const CONFIG = 'builtins: false\nplugins: [./trades.mjs]\n';

describe('quarantine', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let env: Record<string, string>;

  const run = (...args: string[]): Promise<CliResult> => sandbox.run(args, { env });
  const ingest = (...args: string[]): Promise<CliResult> => run('ingest', 'in.dbn', '--progress', 'none', ...args);

  beforeEach(async () => {
    sandbox = await CliSandbox.create();
    env = { DATABASE_URL: await exportDatabase(18) };
    const records = [trade(1), trade(2, { price: IMPOSSIBLE }), trade(3, { price: IMPOSSIBLE }), trade(4)];
    await writeFile(join(sandbox.cwd, 'in.dbn'), tradesFile(records));
    await usePlugin(`tradesPlugin({ version: '1.0.0', venuePrices: true })`);
  });
  afterEach(() => sandbox.remove());

  /** From now on commands use this plugin of trades. */
  async function usePlugin(made: string): Promise<void> {
    const path = join(PACKAGE_ROOT, 'dist/test/support/trades-plugin.js');
    const plugin = `import { tradesPlugin } from '${pathToFileURL(path).href}';\nexport default ${made};\n`;
    await writeFile(join(sandbox.cwd, 'trades.mjs'), plugin);
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), CONFIG);
  }

  /** From now on any price will do. */
  const changePlugin = (): Promise<void> => usePlugin('tradesPlugin()');

  it('lists why in words', async () => {
    expect((await ingest()).code).to.equal(3);
    const { stdout } = await run('quarantine', 'list');
    expect(stdout).to.match(/price must be .*2000000000/);
    expect((await run('quarantine', 'list', '--plugin', 'others')).stdout).to.equal(
      'nothing of that is in quarantine\n',
    );
  });

  it('replays what a changed plugin takes', async () => {
    await ingest();
    const before = await run('quarantine', 'replay');
    expect(before.stdout).to.match(/^chunk {2}replayed {2}already there {2}still open {2}source {2}/);
    expect(before.code).to.equal(3);
    await changePlugin();
    const one = await run('quarantine', 'replay', '1', '--json');
    expect(JSON.parse(one.stdout) as ReplayReport).to.include({ status: 'complete', replayed: 1, still_open: 0 });
    expect(one.code).to.equal(0);
    expect((await run('quarantine', 'replay', '--chunk', '1', '--schema', 'trades')).code).to.equal(0);
    expect((await run('quarantine', 'replay')).stdout).to.equal('nothing that was asked for is open in quarantine\n');
    const { stdout } = await run('query', 'select count(*) from trades', '--format', 'csv');
    expect(stdout).to.equal('count\n4\n');
    expect((await run('verify', '--deep')).code).to.equal(0);
  });

  it('says on stderr when the bars of replayed rows could not be refreshed', async function () {
    if (TIMESCALE_URL === undefined) return skipBecause(this, 'TICKLOOM_TEST_TIMESCALE_URL names no server');
    const database = await createTimescaleDatabase();
    env = { DATABASE_URL: database.url };
    await ingest();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    // fails with the first trade at that price
    await client.query(`create materialized view tickloom.bars_1m with (timescaledb.continuous) as
      select time_bucket('1 minute', ts_recv) as ts_event, max(1 / (price - 2000000000)) as x
        from tickloom.trades group by 1 with no data`);
    await client.end();
    await changePlugin();
    const { code, stdout, stderr } = await run('quarantine', 'replay', '--json');
    expect(stderr).to.match(/^warning: the bars are not up to date, the next run goes on: .*division by zero.*\n$/);
    expect(JSON.parse(stdout) as ReplayReport).to.include({ status: 'complete', replayed: 2 });
    expect(code).to.equal(0);
    await database.drop();
  });

  it('drops what is named, with the reason', async () => {
    await ingest();
    const { code, stdout } = await run('quarantine', 'drop', '1', '--reason', 'a test');
    expect(stdout).to.equal('1 dropped\n');
    expect(code).to.equal(0);
    const shown = await run('quarantine', 'show', '1', '--json');
    expect(JSON.parse(shown.stdout) as QuarantineEntry).to.include({ state: 'dropped', drop_reason: 'a test' });
    const rest = await run('quarantine', 'drop', '--schema', 'trades', '--yes', '--reason', 'the rest', '--json');
    expect(JSON.parse(rest.stdout)).to.deep.equal({ dropped: 1 });
    expect((await run('verify')).code).to.equal(0);
  });

  it('drops nothing without a reason, without saying what, and without a yes to filters', async () => {
    await ingest();
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await run('quarantine', 'drop', ...args);
      expect(code).to.equal(2);
      return stderr;
    };
    expect(await refused('1')).to.include('--reason is missing');
    expect(await refused('--reason', 'x')).to.include('nothing says which quarantined records to drop');
    expect(await refused('--reason', 'x', '--plugin', 'trades')).to.include('hint: Add --yes if that is meant');
    expect(await refused('99', '--reason', 'x')).to.include('there is no quarantine entry 99');
    expect(await refused('one', '--reason', 'x')).to.include('ID is "one"');
    expect((await run('quarantine', 'list', '--state', 'dropped')).stdout).to.equal(
      'nothing of that is in quarantine\n',
    );
  });

  describe('--max-rejected of ingest', () => {
    const errorOf = async (limit: string) => {
      const { code, stdout } = await ingest('--max-rejected', limit, '--json');
      const report = JSON.parse(stdout) as RunReport;
      return { code, error: report.details[0]?.error, records: report.records };
    };

    it('fails a file with more as a whole, and keeps nothing of it', async () => {
      for (const limit of ['1', '49%', '0.49', '0']) {
        const { code, error, records } = await errorOf(limit);
        expect(error?.code, limit).to.equal('TOO_MANY_REJECTED');
        expect(error?.message).to.match(/^"in.dbn" has 2 rejected records of 4.*: [a-z-]+ \(price\) 2 times$/);
        expect(records).to.include({ loaded: 0, quarantined: 0 });
        expect(code).to.equal(3);
      }
      expect((await run('quarantine', 'list')).stdout).to.equal('nothing is in quarantine\n');
      expect((await run('query', 'select from trades', '--format', 'csv')).stdout.trim()).to.equal('');
    });

    it('loads a file with as many', async () => {
      const { code, error, records } = await errorOf('50%');
      expect(error).to.equal(null);
      expect(records).to.include({ loaded: 2, quarantined: 2 });
      expect(code).to.equal(3);
    });

    it('can stand in the config, and is checked', async () => {
      await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), `${CONFIG}max-rejected: 0.1\n`);
      const { stdout } = await ingest('--json');
      expect((JSON.parse(stdout) as RunReport).details[0]?.error?.code).to.equal('TOO_MANY_REJECTED');
      const { code, stderr } = await ingest('--max-rejected', 'many');
      expect(stderr).to.include('a whole number, or a share such as 1% or 0.01');
      expect(code).to.equal(2);
    });
  });
});
