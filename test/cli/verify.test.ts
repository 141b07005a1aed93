import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import type { VerifyReport } from '../../src/index.js';
import { exportDatabase } from '../support/export-database.js';
import { CliSandbox, type CliResult } from '../support/run-cli.js';
import { trades, tradesFile } from '../support/trade-file.js';

describe('verify', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let client: pg.Client;
  let env: Record<string, string>;

  const run = (...args: string[]): Promise<CliResult> => sandbox.run(['verify', ...args], { env });

  beforeEach(async () => {
    sandbox = await CliSandbox.create();
    env = { DATABASE_URL: await exportDatabase(18) };
    client = new pg.Client({ connectionString: env.DATABASE_URL });
    await client.connect();
    await writeFile(join(sandbox.cwd, 'in.dbn'), tradesFile(trades(5)));
    expect((await sandbox.run(['ingest', 'in.dbn'], { env })).code).to.equal(0);
  });
  afterEach(async () => {
    await client.end();
    await sandbox.remove();
  });

  it('shows each chunk and what came of it, and says on stderr what it reads', async () => {
    const { code, stdout, stderr } = await run('--deep');
    expect(stdout).to.match(/^chunk {2}status {2}rows {2}quarantined {2}original {2}schema {2}source\n/);
    expect(stdout).to.match(/\n {4}1 {2}ok {9}5 {12}0 {2}same {6}trades {2}in.dbn\n/);
    expect(stdout).to.match(
      /1 chunk verified: 1 ok, 0 differ, 0 unchecked; 5 rows, 0 quarantined; originals: 1 compared, 0 missing, 0 changed\n$/,
    );
    expect(stderr).to.include('trades: 5 rows read').and.include('comparing chunk 1 (1 of 1) with in.dbn');
    expect(code).to.equal(0);
    expect((await run('--quiet')).stdout).to.match(/^no chunk differs\n/);
  });

  it('ends with 6 when something differs, and says what', async () => {
    await client.query(`update tickloom.trades set price = 1, symbol = E'\\x1b[31m' where ordinal = 4`);
    const { code, stdout, stderr } = await run('--quiet');
    expect(stdout).to.match(/\nchunk 1 differs: as many rows are held as the ledger says, and they are not the same/);
    expect(stderr).to.include('hint: Find the first difference with --deep.');
    expect(code).to.equal(6);
    const deep = await run('--deep', '--progress', 'none');
    expect(deep.stdout).to.include('record 4, column price: held is "1", the original has "5100.25"');
    expect(deep.stdout).not.to.include('\u001b');
    expect(deep.stderr).to.equal('hint: Load what differs again with --force.\n');
    expect(deep.code).to.equal(6);
  });

  it('prints the whole report as one document with --json, with the same exit code', async () => {
    await client.query('delete from tickloom.trades where ordinal = 4');
    const { code, stdout } = await run('--json', '--deep', '--chunk', '1');
    const report = JSON.parse(stdout) as VerifyReport;
    expect(report).to.deep.include({ status: 'differs', deep: true, rows: 4 });
    expect(report.details[0]?.differences.map(({ kind }) => kind)).to.deep.equal(['row_count', 'record_missing']);
    expect(code).to.equal(6);
  });

  it('names the file that is not there any more, and what is not stored', async () => {
    await writeFile(join(sandbox.cwd, 'ts-out.dbn'), tradesFile(trades(2), { dataset: 'OTHER.SET', tsOut: true }));
    await sandbox.run(['ingest', 'ts-out.dbn'], { env });
    await writeFile(join(sandbox.cwd, 'in.dbn'), tradesFile(trades(6)));
    const { code, stdout } = await run('--deep');
    expect(stdout).to.include('source changed');
    expect(stdout).to.include('chunk 1: the original changed: its content is not what was loaded');
    expect(stdout).to.include('chunk 2: 2 records with a ts_out trailer, which no column holds');
    expect(code).to.equal(0);
  });

  it('refuses a chunk that there is not', async () => {
    const { code, stderr } = await run('--chunk', '99');
    expect(stderr).to.match(/^chunk 99 cannot be verified with these filters: there is no such chunk\nhint: /);
    expect(code).to.equal(2);
  });
});
