import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ExportResult } from '../../src/index.js';
import { exportDatabase } from '../support/export-database.js';
import { CliSandbox, type CliResult } from '../support/run-cli.js';
import { MONDAY, trade, trades, tradesFile } from '../support/trade-file.js';

describe('export', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let env: Record<string, string>;

  const run = (...args: string[]): Promise<CliResult> => sandbox.run(['export', ...args], { env });

  before(async () => {
    sandbox = await CliSandbox.create();
    env = { DATABASE_URL: await exportDatabase(18) };
    const odd = trade(9, { ts_recv: 2n ** 64n - 1n });
    await writeFile(join(sandbox.cwd, 'in.dbn'), tradesFile([...trades(5), odd]));
    const { code, stderr } = await sandbox.run(['ingest', 'in.dbn'], { env });
    expect(code, stderr).to.equal(3);
  });
  after(() => sandbox.remove());

  it('writes a chunk as it came, says so, and what it put back', async () => {
    const { code, stdout, stderr } = await run('--chunk', '1', '--output', 'out.dbn');
    expect(stdout).to.match(/^out\.dbn: 6 records of trades, \d+ bytes\n$/);
    expect(stderr).to.equal('from quarantine: 1 record, put back in place\n');
    expect(code).to.equal(0);
    const [before, after] = await Promise.all(['in.dbn', 'out.dbn'].map((name) => readFile(join(sandbox.cwd, name))));
    expect(after?.equals(before ?? new Uint8Array())).to.equal(true);
  });

  it('prints csv on stdout, and what it leaves out on stderr', async () => {
    const { code, stdout, stderr } = await run('--schema', 'trades', '--symbols', 'ESH4', '--map-symbols');
    expect(stdout.split('\n')).to.have.length(7);
    expect(stdout).to.match(/^ts_recv,.*,symbol\n/);
    expect(stderr).to.equal('left out: 1 quarantined records\n');
    expect(code).to.equal(0);
  });

  it('takes the form from the name of the file, and compresses', async () => {
    const { code, stdout } = await run('--schema', 'trades', '--output', 'x/y.jsonl.zst', '--json');
    const result = JSON.parse(stdout) as ExportResult;
    expect(result).to.deep.include({ output: 'x/y.jsonl.zst', format: 'jsonl', records: 5, dataset: 'GLBX.MDP3' });
    expect((await readFile(join(sandbox.cwd, 'x/y.jsonl.zst'))).readUInt32LE(0)).to.equal(0xfd2fb528);
    expect(code).to.equal(0);
  });

  it('puts records and account into one document with --json', async () => {
    const { stdout } = await run('--schema', 'trades', '--start', String(MONDAY), '--pretty-ts', '--json');
    const document = JSON.parse(stdout) as ExportResult & { records: unknown };
    // the time of the quarantined one is not known, so it is not of the range
    expect(document.left_out).to.include({ quarantined: 0 });
    expect(document).to.have.property('count', 5);
    expect(document.records).to.have.length(5);
    const empty = JSON.parse((await run('--schema', 'trades', '--symbols', 'NO', '--json')).stdout) as object;
    expect(empty).to.deep.include({ records: [], count: 0 });
    // the exit code is that of DBN on stdout, which no document can hold
    const dbn = await run('--schema', 'trades', '--format', 'dbn', '--json');
    expect(JSON.parse(dbn.stdout)).to.have.property('records').with.length.greaterThan(0);
    expect(dbn.code).to.equal(0);
  });

  it('writes DBN to stdout when asked for', async () => {
    const command = 'tickloom export --schema trades --format dbn --output - | tickloom decode - --limit 1';
    const { code, stdout } = await sandbox.shell(command, { env });
    expect(stdout.split('\n')).to.have.length(3);
    expect(code).to.equal(0);
  });

  it('refuses what it cannot do with 2', async () => {
    for (const args of [
      ['--schema', 'nosuch'],
      [],
      ['--schema', 'trades', '--output', 'x.txt'],
      ['--schema', 'trades', '--start', '20240304'],
      ['--chunk', '99'],
      ['--schema', 'trades', '--format', 'table'],
    ]) {
      const { code, stdout, stderr } = await run(...args);
      expect(code, args.join(' ')).to.equal(2);
      expect({ stdout, hint: stderr.includes('hint: ') }).to.deep.equal({ stdout: '', hint: true });
    }
  });
});
