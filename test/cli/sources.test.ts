import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { RunReport } from '../../src/index.js';
import { CliSandbox, PACKAGE_ROOT, type CliResult } from '../support/run-cli.js';
import { createDatabase } from '../support/postgres-server.js';

const CONFIG = `
sources:
  acme:
    source: csv
    schema: ohlcv-1m
    dataset: ACME.BARS
    columns: { symbol: ticker, ts_event: time, open: o, high: h, low: l, close: c, volume: v }
    values: { publisher_id: 1 }
`;
const BARS = 'ticker,time,o,h,l,c,v\nES,2024-01-09,10,11,9,10,1\n';

describe('ingest --source', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let database: string;
  beforeEach(async () => {
    sandbox = await CliSandbox.create();
    database = (await createDatabase()).url;
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), CONFIG);
    await mkdir(join(sandbox.cwd, 'bars'));
    await writeFile(join(sandbox.cwd, 'bars/a.csv'), BARS);
  });
  afterEach(() => sandbox.remove());

  const run = (args: readonly string[], stdin?: string): Promise<CliResult> =>
    sandbox.run([...args, '--database', database], stdin === undefined ? {} : { stdin });
  const report = ({ stdout, stderr }: CliResult): RunReport => {
    expect(stdout, stderr).to.not.equal('');
    return JSON.parse(stdout) as RunReport;
  };

  it('reads a folder with the mapping of the config file, and plans it first', async () => {
    const plan = await run(['plan', '--source', 'acme', 'bars', '--json']);
    expect(JSON.parse(plan.stdout), plan.stderr).to.have.nested.include({
      'parts[0].source': 'bars/a.csv',
      'parts[0].state': 'new',
      'parts[0].schema': 'ohlcv-1m',
    });
    const first = await run(['ingest', '--source', 'acme', 'bars', '--json']);
    expect(report(first).records).to.include({ loaded: 1 });
    expect(first.code).to.equal(0);
    expect(report(await run(['ingest', '--source', 'acme', 'bars', '--json'])).records.already_loaded).to.equal(1);
  });

  it('takes options that are typed over those of the file, from stdin too', async () => {
    const options = 'dataset=OTHER.SET,columns.volume=o';
    const loaded = await run(['ingest', '--source', 'acme', '--source-option', options, '-', '--json'], BARS);
    expect(report(loaded).details[0]).to.include({ source: 'stdin', dataset: 'OTHER.SET' });
    const rows = await run(['query', 'select volume, dataset from ohlcv_1m', '--format', 'csv']);
    expect(rows.stdout).to.equal('volume,dataset\n10,OTHER.SET\n');
  });

  it('ends with 2 for a source or an option that is not known, and with 3 for a line that is no record', async () => {
    for (const [args, message] of [
      [['--source', 'nosuch', 'bars'], 'unknown source "nosuch"; known: files, csv, jsonl'],
      [['--source', 'acme', '--source-option', 'colour=red', 'bars'], 'source option "colour" is not known'],
      [['--source', 'acme', '--source-option', 'colour', 'bars'], '--source-option has "colour", expected name=value'],
      [['--source-option', 'a=b', 'bars'], '--source-option is given, and no source'],
      [['--source', 'acme', '--api', 'databento'], '--source acme and --api databento do not go together'],
    ] as const) {
      const { code, stderr } = await run(['ingest', ...args]);
      expect(stderr).to.contain(message);
      expect(code).to.equal(2);
    }
    await writeFile(join(sandbox.cwd, 'bars/b.csv'), BARS.replace('11', 'eleven'));
    const { code, stdout } = await run(['ingest', '--source', 'acme', 'bars', '--json']);
    expect(stdout).to.contain('\\"bars/b.csv\\" line 2, column \\"h\\"').and.to.contain('found \\"eleven\\"');
    expect(code).to.equal(3);
  });

  it('refuses an entry of the config file that is none', async () => {
    for (const [config, message] of [
      ['sources: [csv]', '"sources" in config file'],
      ['sources: { acme: csv }', '"sources: acme" in config file'],
      ['sources: { acme: { source: [csv] } }', '"sources: acme: source" is not the name of a source'],
    ] as const) {
      await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), config);
      const { code, stderr } = await run(['ingest', '--source', 'acme', 'bars']);
      expect(stderr).to.contain(message);
      expect(code).to.equal(2);
    }
  });

  it('ends as without --json, and with a report, when a source without paths cannot list anything', async () => {
    const plugin = pathToFileURL(join(PACKAGE_ROOT, 'dist/src/plugin.js')).href;
    await writeFile(
      join(sandbox.cwd, 'mine.mjs'),
      `import { defineSource } from ${JSON.stringify(plugin)};
      const plan = () => { throw new Error('no answer'); };
      export default defineSource({ name: 'silent', description: 'says nothing', create: () => ({ plan }) });`,
    );
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), 'plugins: [./mine.mjs]');
    const plain = await run(['ingest', '--source', 'silent']);
    const json = await run(['ingest', '--source', 'silent', '--json']);
    expect([plain.code, json.code]).to.deep.equal([3, 3]);
    expect(report(json).chunks).to.include({ planned: 1, failed: 1 });
    expect(report(json).details[0]).to.have.nested.property('error.code', 'SOURCE_FAILED');
  });

  it('takes a source of a plugin, and an API of one', async () => {
    const plugin = pathToFileURL(join(PACKAGE_ROOT, 'dist/src/plugin.js')).href;
    const support = pathToFileURL(join(PACKAGE_ROOT, 'dist/test/support/clock-source.js')).href;
    await writeFile(
      join(sandbox.cwd, 'mine.mjs'),
      `import { defineSource } from ${JSON.stringify(plugin)};
      import { clockSource } from ${JSON.stringify(support)};
      const ticks = clockSource();
      const create = ({ query, options, schema }) =>
        ticks.create({ options: { records: query.symbols.length, ...options }, schema });
      export default [ticks, defineSource({ name: 'clock', description: 'as an API', takes: 'query', create })];`,
    );
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), 'plugins: [./mine.mjs]');
    const ticks = await run(['ingest', '--source', 'ticks', '--source-option', 'records=5', '--json']);
    expect(report(ticks).records.loaded).to.equal(5);
    const request = ['--dataset', 'D', '--schema', 'trades', '--symbols', 'A,B', '--start', '2024-01-09'];
    const asked = await run(['ingest', '--api', 'clock', ...request, '--json']);
    expect(report(asked).records.loaded).to.equal(2);
    const dry = await run(['ingest', '--api', 'clock', ...request, '--source-option', 'records=3', '--dry-run']);
    expect(dry.stdout, dry.stderr).to.contain('ticks 3').and.to.contain('trades');
  });
});
