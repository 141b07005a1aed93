import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTickloom, type RunReport, type ScaffoldRequest, type ScaffoldResult } from '../../src/index.js';
import { pluginGround } from '../support/plugin-ground.js';
import { createDatabase } from '../support/postgres-server.js';
import { PACKAGE_ROOT, type CliResult, type CliSandbox } from '../support/run-cli.js';
import { rejected } from '../support/thrown.js';

const TSC = join(PACKAGE_ROOT, 'node_modules/typescript/bin/tsc');

describe('tickloom new', function () {
  this.timeout(180_000);
  let ground: CliSandbox;
  let database: string;

  before(async () => {
    ground = await pluginGround();
    database = (await createDatabase()).url;
  });
  after(() => ground.remove());

  const inFolder = (folder: string, args: readonly string[]): Promise<CliResult> =>
    ground.exec(process.execPath, args, { cwd: join(ground.cwd, folder) });
  const ingest = async (folder: string, ...args: string[]): Promise<RunReport> => {
    const bin = join(PACKAGE_ROOT, 'bin/run.js');
    const { stdout, stderr } = await inFolder(folder, [bin, 'ingest', ...args, '--database', database, '--json']);
    expect(stdout, stderr).not.to.equal('');
    return JSON.parse(stdout) as RunReport;
  };
  const make = async (request: Omit<ScaffoldRequest, 'folder'>): Promise<ScaffoldResult> => {
    const tickloom = createTickloom();
    const made = await tickloom.scaffold({ ...request, folder: join(ground.cwd, request.name) });
    await tickloom.close();
    return made;
  };
  const rowsOf = async (table: string): Promise<number> => {
    const tickloom = createTickloom({ database });
    const { batches } = await tickloom.query(`select count(*) from ${table}`);
    let rows = -1;
    for await (const [[count] = []] of batches) rows = Number(count);
    await tickloom.close();
    return rows;
  };

  const PLUGINS = [
    { kind: 'schema', language: 'ts', name: 'spread-quotes', loads: ['--source', 'sample', 'sample.csv'], rows: 5 },
    { kind: 'schema', language: 'js', name: 'market', loads: ['--source', 'sample', 'sample.csv'], rows: 5 },
    { kind: 'source', language: 'ts', name: 'acme-ticks', loads: ['--source', 'acme-ticks', 'sample.txt'], rows: 4 },
    { kind: 'source', language: 'js', name: 'other', loads: ['--source', 'other', 'sample.txt'], rows: 4 },
  ] as const;
  for (const { kind, language, name, loads, rows } of PLUGINS) {
    it(`writes a ${kind} in ${language} that builds, passes its suite and ingests its sample at once`, async () => {
      await make({ kind, name, language });
      if (language === 'ts') {
        const built = await inFolder(name, [TSC]);
        expect(built.stdout + built.stderr).to.equal('');
      }
      const manifest = JSON.parse(await readFile(join(ground.cwd, name, 'package.json'), 'utf8')) as {
        readonly oclif: object;
        readonly tickloom: object;
        readonly scripts: { readonly test: string; readonly sample: string };
      };
      expect(manifest).to.deep.include({ oclif: {} }).and.to.have.nested.property('tickloom.plugins');
      expect(manifest.scripts.sample).to.equal(`tickloom ingest ${loads.join(' ')}`);
      const tested = await inFolder(name, manifest.scripts.test.split(' ').slice(1));
      expect(tested.code, tested.stdout).to.equal(0);
      expect(tested.stdout).to.match(/^. pass \d\d/m);
      // docs/writing-a-plugin.md, whose commands a test runs, loads the samples of the others
      if (language === 'ts') return;
      const report = await ingest(name, ...loads);
      expect(report).to.include({ status: 'complete' });
      expect(report.records.loaded).to.equal(rows);
      expect(await rowsOf(kind === 'schema' ? name.replaceAll('-', '_') : 'trades')).to.equal(rows);
    });
  }

  it('writes a sample that is known again', async () => {
    const { loads, name, rows } = PLUGINS[1];
    expect((await ingest(name, ...loads)).records).to.include({ loaded: 0, already_loaded: rows });
  });

  it('says on the command line what it wrote and what comes next', async () => {
    const { code, stdout, stderr } = await ground.run(['new', 'schema', 'pit-trades', '--output', 'below/pits']);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^below\/pits: package tickloom-plugin-pit-trades\n {2}package\.json\n/);
    expect(stdout).to.match(/Next:\n {2}cd below\/pits\n {2}npm install\n {2}npm test\n {2}npm run sample\n$/);
    expect(await readdir(join(ground.cwd, 'below/pits'))).to.include.members(['package.json', 'src', 'README.md']);
    expect(await readdir(join(ground.cwd, 'below'))).to.deep.equal(['pits']);
    const manifest = await readFile(join(ground.cwd, 'below/pits/package.json'), 'utf8');
    expect(manifest).to.match(/"tickloom": "file:\.\.\//);
    const again = await ground.run(['new', 'source', 'pit-quotes', '--output', 'below/pits', '--json']);
    expect(again.code).to.equal(2);
    expect(JSON.parse(again.stdout)).to.have.nested.property(
      'error.message',
      'cannot write "below/pits": it is there already',
    );
  });

  it('refuses names that cannot be or are taken, and writes nothing', async () => {
    const tickloom = createTickloom();
    const before = await readdir(ground.cwd);
    for (const [kind, name, code, message, hint] of [
      ['schema', 'MyTicks', 'USAGE', '"MyTicks" cannot name a schema', 'Choose a name such as my-ticks.'],
      ['source', '../etc', 'USAGE', 'cannot name a source', 'Choose a name such as etc.'],
      ['schema', '1', 'USAGE', 'a letter first', 'Choose a name such as my-ticks.'],
      ['schema', 'a'.repeat(51), 'USAGE', 'up to 50', 'Choose a name such as my-ticks.'],
      ['schema', 'trades', 'SCHEMA_CLASH', 'plugin "trades" (built in) serves "trades"', 'Choose another name.'],
      ['schema', 'runs', 'SCHEMA_CLASH', 'the table "runs" is the core\'s own', 'Choose another name.'],
      ['source', 'csv', 'SCHEMA_CLASH', 'there is a source of that name', 'Choose another name.'],
      ['source', 'databento', 'SCHEMA_CLASH', 'there is a source of that name', 'Choose another name.'],
    ] as const) {
      const folder = join(ground.cwd, 'refused');
      const error = await rejected(tickloom.scaffold({ kind, name, folder }));
      expect(error, name).to.include({ code, hint });
      expect(error).to.have.property('message').that.contains(message);
    }
    await writeFile(join(ground.cwd, 'a-file'), '');
    for (const folder of ['a-file', 'a-file/below']) {
      const error = await rejected(
        tickloom.scaffold({ kind: 'schema', name: 'new', folder: join(ground.cwd, folder) }),
      );
      expect(error).to.include({ code: 'OUTPUT_UNWRITABLE' });
    }
    await tickloom.close();
    expect(await readdir(ground.cwd)).to.have.members([...before, 'a-file']);
  });
});
