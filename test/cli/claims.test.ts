import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunReport } from '../../src/index.js';
import { createDatabase, type TestDatabase } from '../support/postgres-server.js';
import { BIN, CliSandbox, type CliResult } from '../support/run-cli.js';
import { DAY, MONDAY, tradesFile, trades } from '../support/trade-file.js';

describe('two runs at once', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let database: TestDatabase;
  let stalled: ChildProcess | undefined;

  before(async () => {
    sandbox = await CliSandbox.create({ covered: false });
    await writeFile(join(sandbox.cwd, 'monday.dbn'), tradesFile(trades(5)));
    const tuesday = { start: MONDAY + DAY, end: MONDAY + 2n * DAY };
    await writeFile(join(sandbox.cwd, 'tuesday.dbn'), tradesFile([], tuesday));
  });
  beforeEach(async () => {
    database = await createDatabase();
    expect((await sandbox.run(['db', 'migrate', '--database', database.url])).code).to.equal(0);
  });
  afterEach(async () => {
    stalled?.kill('SIGKILL');
    await database.drop();
  });
  after(() => sandbox.remove());

  const ingest = (...args: string[]): Promise<CliResult> =>
    sandbox.run(['ingest', ...args, '--database', database.url, '--json', '--progress', 'plain']);
  const query = async (sql: string): Promise<string> =>
    (await sandbox.run(['query', sql, '--format', 'csv', '--database', database.url])).stdout;

  /** Starts to load Monday from a pipe that goes on for ever, and returns when its claim is there. */
  const stall = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [BIN, 'ingest', '-', '--database', database.url, '--json'], {
      cwd: sandbox.cwd,
      env: sandbox.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    stalled = child;
    child.stdin?.write(tradesFile(trades(3)));
    while ((await query('select count(*) from tickloom.claims')) !== 'count\n1\n');
    return child;
  };

  it('load side by side what does not overlap, and end with 11 where it does', async () => {
    const child = await stall();
    expect((await ingest('tuesday.dbn')).code).to.equal(0);
    const { code, stdout, stderr } = await ingest('monday.dbn', '--lock-timeout', '1');
    expect(code, stderr).to.equal(11);
    const [chunk] = (JSON.parse(stdout) as RunReport).details;
    expect(chunk?.error).to.deep.include({ code: 'LOCKED' });
    expect(chunk?.error?.message).to.match(/^"monday.dbn" overlaps "stdin", which run [0-9a-f-]{36} is loading/);
    expect(chunk?.error?.hint).to.contain('--lock-timeout');
    expect(stderr.match(/monday\.dbn: waiting for "stdin" of run [0-9a-f-]{36}/g)).to.have.length(1);
    child.stdin?.end();
    await once(child, 'close');
    expect(await query('select count(*) from tickloom.trades')).to.equal('count\n3\n');
    expect(await query('select count(*) from tickloom.claims')).to.equal('count\n0\n');
  });

  it('free what they claim when they are killed', async () => {
    const child = await stall();
    const waiting = ingest('monday.dbn', '--lock-timeout', '1000');
    // It is in the queue behind the other's lock.
    const queued = "select count(*) from pg_locks where locktype = 'advisory' and not granted";
    while ((await query(queued)) !== 'count\n1\n');
    child.kill('SIGKILL');
    const { code, stdout, stderr } = await waiting;
    expect(code, stderr).to.equal(0);
    expect((JSON.parse(stdout) as RunReport).records).to.include({ loaded: 5, already_loaded: 0 });
    expect((await ingest('monday.dbn', '--lock-timeout', '0')).code).to.equal(0);
    expect(await query('select count(*) from tickloom.claims')).to.equal('count\n0\n');
  });

  it('refuse a timeout that is none', async () => {
    const { code } = await ingest('monday.dbn', '--lock-timeout', 'soon');
    expect(code).to.equal(2);
  });
});
