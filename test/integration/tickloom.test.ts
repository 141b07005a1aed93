import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { encodeDbn, newMetadata } from '../../src/core/dbn/encode/dbn-encoder.js';
import { createTickloom, isTickloomError, type Tickloom } from '../../src/index.js';
import { defineSchemaPlugin, type PluginMigration } from '../../src/plugin.js';
import { noteFragment, notePlugin, NOTES } from '../support/note-plugin.js';
import { createDatabase } from '../support/postgres-server.js';
import { skipBecause } from '../support/skip-because.js';
import { MONDAY, trade, trades, tradesFile } from '../support/trade-file.js';

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const line of lines) text += line;
  return text;
}

describe('createTickloom', function () {
  this.timeout(60_000);
  let folder: string;
  const opened: Tickloom[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-host-'));
  });

  afterEach(async () => {
    for (const tickloom of opened.splice(0)) await tickloom.close();
    await rm(folder, { recursive: true });
  });

  function open(...options: Parameters<typeof createTickloom>): Tickloom {
    const tickloom = createTickloom(...options);
    opened.push(tickloom);
    return tickloom;
  }

  const withDatabase = async (): Promise<Tickloom> => open({ database: (await createDatabase()).url });

  async function file(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }

  it('ends what a signal cancels with CANCELLED, whichever call it is', async () => {
    const tickloom = await withDatabase();
    const path = await file('a.dbn', tradesFile(trades(3)));
    await tickloom.ingest({ paths: [path] });
    const aborted = { signal: AbortSignal.abort() };
    const calls: Record<string, () => Promise<unknown>> = {
      plan: () => tickloom.plan({ paths: [path] }, aborted),
      decode: () => textOf(tickloom.decode({ path, format: 'csv' }, aborted)),
      metadata: () => tickloom.metadata({ path }, aborted),
      query: () => tickloom.query('select 1', aborted),
      export: () => tickloom.export({ schema: 'trades', format: 'csv', output: join(folder, 'out.csv') }, aborted),
      verify: () => tickloom.verify({}, aborted),
      'runs.list': () => tickloom.runs.list(aborted),
      'runs.show': () => tickloom.runs.show('a', aborted),
      coverage: () => tickloom.coverage({}, aborted),
      staleCoverage: () => tickloom.staleCoverage({}, aborted),
      'archive.list': () => tickloom.archive.list({}, aborted),
      'archive.verify': () => tickloom.archive.verify({}, aborted),
      'quarantine.list': () => tickloom.quarantine.list({}, aborted),
      'quarantine.show': () => tickloom.quarantine.show(1, aborted),
      'quarantine.replay': () => tickloom.quarantine.replay({}, aborted),
      'quarantine.drop': () => tickloom.quarantine.drop({ ids: [1], reason: 'a test' }, aborted),
      migrate: () => tickloom.migrate(aborted),
      doctor: () => tickloom.doctor(aborted),
    };
    const ends: Record<string, string> = {};
    for (const [name, call] of Object.entries(calls)) {
      ends[name] = await call().then(
        () => 'done',
        (error: unknown) => (isTickloomError(error) ? error.code : String(error)),
      );
    }
    expect(ends).to.deep.equal(Object.fromEntries(Object.keys(calls).map((name) => [name, 'CANCELLED'])));
  });

  describe('decode', () => {
    it('prints csv with decimal prices, ISO times and symbols', async () => {
      const path = await file('a.dbn', tradesFile(trades(2)));
      const text = await textOf(
        open().decode({ path, format: 'csv', prettyPx: true, prettyTs: true, mapSymbols: true }),
      );
      const [names, first, second, end] = text.split('\n');
      expect(names).to.match(/^ts_recv,ts_event,rtype,.*,sequence,symbol$/);
      expect(first).to.equal(
        '2024-03-04T00:00:00.123456789Z,2024-03-04T00:00:00.123455789Z,0,1,5482,T,B,0,5100.250000000,3,0,17000,0,ESH4',
      );
      expect(second).to.match(/^2024-03-04T00:00:01/);
      expect(end).to.equal('');
    });

    it('prints no symbol where the header maps none', async () => {
      const path = await file('a.dbn', tradesFile([trade(1, { instrument_id: 77 })]));
      const text = await textOf(open().decode({ path, format: 'jsonl', mapSymbols: true }));
      expect(JSON.parse(text)).to.include({ symbol: null });
    });

    it('stops after so many records', async () => {
      const path = await file('a.dbn', tradesFile(trades(10_000)));
      expect((await textOf(open().decode({ path, format: 'jsonl', limit: 7 }))).split('\n')).to.have.length(8);
      expect(await textOf(open().decode({ path, format: 'jsonl', limit: 0 }))).to.equal('');
    });

    it('prints the names alone of a stream without records', async () => {
      const path = await file('a.dbn', tradesFile([]));
      expect(await textOf(open().decode({ path, format: 'csv' }))).to.match(/^ts_recv,[^\n]*\n$/);
    });

    it('prints mixed records as json lines, and refuses them as csv', async () => {
      const metadata = newMetadata({ dataset: 'GLBX.MDP3', schema: null, stypeIn: null });
      const bar = { layout: 'ohlcv', values: { rtype: 0x21, ts_event: MONDAY } };
      const path = await file('mixed.dbn', encodeDbn(metadata, [trade(1), bar]));
      expect((await textOf(open().decode({ path, format: 'jsonl' }))).trim().split('\n')).to.have.length(2);
      expect(await thrownBy(textOf(open().decode({ path, format: 'csv' })))).to.include({ code: 'USAGE' });
    });

    it('takes one file at a time', async () => {
      await file('a.dbn', tradesFile([]));
      await file('b.dbn', tradesFile([]));
      const error = await thrownBy(textOf(open().decode({ path: folder, format: 'csv' })));
      expect(error).to.include({ code: 'USAGE' });
    });

    it('gives the header of a file, and says that a fragment has none', async () => {
      const bytes = tradesFile(trades(2));
      expect(await open().metadata({ path: await file('a.dbn', bytes) })).to.include({ schema: 'trades', version: 3 });
      const path = await file('a.dbn.frag', bytes.slice(-96));
      expect(await thrownBy(open().metadata({ path })))
        .to.have.property('code')
        .that.matches(/FRAGMENT_UNDECLARED|NOT_DBN/);
    });
  });

  describe('schemas', () => {
    it('lists the bundled schemas with their tables', async () => {
      const schemas = await open().schemas.list();
      expect(schemas.map(({ name }) => name)).to.deep.equal([
        'bbo-1m',
        'bbo-1s',
        'cbbo-1m',
        'cbbo-1s',
        'cmbp-1',
        'definition',
        'imbalance',
        'mbo',
        'mbp-1',
        'mbp-10',
        'ohlcv-1d',
        'ohlcv-1h',
        'ohlcv-1m',
        'ohlcv-1s',
        'ohlcv-eod',
        'statistics',
        'status',
        'tbbo',
        'tcbbo',
        'trades',
      ]);
      expect(schemas[12]).to.include({ plugin: 'ohlcv', table: 'ohlcv_1m', origin: 'built in' });
    });

    it('shows fields, checks and columns', async () => {
      const bar = await open().schemas.show('ohlcv-1m');
      expect(bar.index_timestamp).to.equal('ts_event');
      const high = bar.fields.find(({ name }) => name === 'high');
      expect(high?.checks.join(' ')).to.contain('low');
      expect(bar.columns.map(({ name }) => name).slice(-4)).to.deep.equal(['symbol', 'dataset', 'chunk_id', 'ordinal']);
    });

    it('names the known ones for one that is unknown', async () => {
      const error = await thrownBy(open().schemas.show('trade'));
      expect((error as Error).message).to.equal(
        'unknown schema "trade"; known: bbo-1m, bbo-1s, cbbo-1m, cbbo-1s, cmbp-1, definition, imbalance, mbo, mbp-1, mbp-10, ohlcv-1d, ohlcv-1h, ohlcv-1m, ohlcv-1s, ohlcv-eod, statistics, status, tbbo, tcbbo, trades',
      );
    });

    it('are none without the bundled ones', async () => {
      expect(await open({ builtins: false }).schemas.list()).to.deep.equal([]);
    });
  });

  describe('plugins', () => {
    const plugin = `import { defineRecord, defineSchemaPlugin } from ${JSON.stringify(import.meta.resolve('tickloom/plugin'))};
      const model = defineRecord({ name: 'Tick', indexTimestamp: 'ts_event', fields: { price: { type: 'price' } } });
      export default defineSchemaPlugin({ name: 'ticks', version: '1.0.0', apiVersion: 1, model,
        schemas: [{ name: 'ticks', rtype: 0x77, table: 'ticks' }] });`;

    it('come from a path', async () => {
      const path = await file('ticks.mjs', new TextEncoder().encode(plugin));
      const schemas = await open({ builtins: false, plugins: [path] }).schemas.list();
      expect(schemas).to.have.length(1);
      expect(schemas[0]).to.include({ name: 'ticks', origin: path });
    });

    it('come as values', async () => {
      const path = await file('ticks.mjs', new TextEncoder().encode(plugin));
      const { default: value } = (await import(path)) as { default: unknown };
      expect(await open({ builtins: false, plugins: [value] }).schemas.list()).to.have.length(1);
    });

    it('are refused when they are not there, are none, or break', async () => {
      const missing = await thrownBy(open({ plugins: ['./no-such-plugin.mjs'] }).schemas.list());
      expect(missing).to.include({ code: 'PLUGIN_NOT_FOUND' });
      expect(await thrownBy(open({ plugins: ['tickloom-plugin-nowhere'] }).schemas.list())).to.include({
        code: 'PLUGIN_NOT_FOUND',
        hint: 'Install it: npm install tickloom-plugin-nowhere',
      });
      const none = await file('none.mjs', new TextEncoder().encode('export default { name: "x" };'));
      expect(await thrownBy(open({ plugins: [none] }).schemas.list())).to.include({ code: 'PLUGIN_INVALID' });
      const broken = await file('broken.mjs', new TextEncoder().encode('throw new Error("no ink");'));
      const error = await thrownBy(open({ plugins: [broken] }).schemas.list());
      expect(error).to.include({ code: 'PLUGIN_INVALID' });
      expect((error as Error).message).to.contain('no ink');
    });
  });

  describe('plugins in packages', () => {
    const PLUGIN_MODULE = import.meta.resolve('tickloom/plugin');
    const plugin = (name: string, rtype: number): string => `
      import { defineRecord, defineSchemaPlugin } from ${JSON.stringify(PLUGIN_MODULE)};
      const model = defineRecord({ name: 'Tick', indexTimestamp: 'ts_event', fields: { price: { type: 'price' } } });
      export default defineSchemaPlugin({ name: '${name}', version: '1.0.0', apiVersion: 1, model,
        schemas: [{ name: '${name}', rtype: ${rtype}, table: '${name}' }] });`;
    let before: string;
    beforeEach(() => {
      before = process.cwd();
      process.chdir(folder);
    });
    afterEach(() => process.chdir(before));
    const write = async (path: string, content: object | string): Promise<void> => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
    };
    const schemasOf = async (...plugins: string[]): Promise<string[]> =>
      (await open({ builtins: false, plugins }).schemas.list()).map(({ name, origin }) => `${name} from ${origin}`);

    it('are the files that the package names, by its path or its name', async () => {
      for (const root of ['ticks', 'node_modules/ticks']) {
        // what it exports is something else, for programs
        await write(`${root}/package.json`, {
          type: 'module',
          exports: { '.': { import: './library.js' } },
          tickloom: { plugins: ['./plugins/bids.js', './plugins/asks.js'] },
        });
        await write(`${root}/library.js`, 'export const library = true;');
        await write(`${root}/plugins/bids.js`, plugin('bids', 0xe0));
        await write(`${root}/plugins/asks.js`, plugin('asks', 0xe1));
      }
      expect(await schemasOf('./ticks')).to.deep.equal(['asks from ./ticks', 'bids from ./ticks']);
      expect(await schemasOf('ticks')).to.deep.equal(['asks from ticks', 'bids from ticks']);
      const twice = await thrownBy(schemasOf('ticks', './ticks'));
      expect(twice).to.include({ code: 'SCHEMA_CLASH' });
      expect((twice as Error).message).to.contain('"bids" (ticks) and "bids" (./ticks)');
    });

    it('are one plugin when they are named twice', async () => {
      await write('ticks/package.json', { type: 'module', main: './plugin.js' });
      await write('ticks/plugin.js', plugin('ticks', 0xe0));
      expect(await schemasOf('./ticks', join(folder, 'ticks/plugin.js'))).to.deep.equal(['ticks from ./ticks']);
    });

    it('that are there and cannot be loaded are not said to be missing', async () => {
      await write('node_modules/ticks/package.json', { type: 'module', exports: { '.': { import: './plugin.js' } } });
      await write('node_modules/ticks/plugin.js', plugin('ticks', 0xe0));
      const unnamed = await thrownBy(schemasOf('ticks'));
      expect(unnamed).to.include({ code: 'PLUGIN_NOT_FOUND' }).and.have.property('hint').that.contains('"tickloom": {');
      await write('node_modules/ticks/package.json', { tickloom: { plugins: './dist/plugin.js' } });
      const missing = await thrownBy(schemasOf('ticks'));
      expect(missing).to.include({ code: 'PLUGIN_NOT_FOUND' });
      expect((missing as Error).message).to.match(/its package.json names ".*\/dist\/plugin.js", which is not there$/);
    });

    it('say what to install when they import what is not there', async () => {
      await write('ticks/package.json', { type: 'module', main: './plugin.js' });
      await write('ticks/plugin.js', "import 'tickloom/plugin';");
      const error = await thrownBy(schemasOf('./ticks'));
      expect(error).to.include({ code: 'PLUGIN_INVALID' });
      expect(error)
        .to.have.property('hint')
        .that.matches(/^Install what it imports: run "npm install" in .*\/ticks\.$/);
      await write('alone.js', "import 'tickloom/plugin';");
      const hint = `Install what it imports: run "npm install" in ${folder}.`;
      expect(await thrownBy(schemasOf('./alone.js'))).to.have.property('hint', hint);
    });
  });

  describe('plugins that are TypeScript alone', () => {
    const refusal = async (plugin: string): Promise<{ message: string; hint: string; code: string }> =>
      (await thrownBy(open({ plugins: [plugin] }).schemas.list())) as { message: string; hint: string; code: string };
    const write = async (path: string, content: object | string): Promise<void> => {
      await mkdir(join(folder, 'ticks/src'), { recursive: true });
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      await writeFile(join(folder, 'ticks', path), text);
    };

    it('are refused with the step that builds them', async () => {
      const root = join(folder, 'ticks');
      await write('src/index.ts', '');
      await write('package.json', { main: './dist/index.js', scripts: { build: 'tsc' } });
      const error = await refusal(root);
      expect(error).to.include({ code: 'PLUGIN_INVALID', hint: `Run "npm run build" in ${root}.` });
      expect(error.message).to.equal(`plugin "${root}" is not built: it is TypeScript, and has no "dist/index.js"`);
      await write('package.json', { tickloom: { plugins: './out/plugin.js' } });
      expect((await refusal(join(root, 'out/plugin.js'))).hint).to.equal(`Run "npx tsc" in ${root}.`);
      expect((await refusal(root)).message).to.contain('has no "out/plugin.js"');
    });

    it('are told apart from what is not there', async () => {
      const root = join(folder, 'ticks');
      await write('package.json', { main: './dist/index.js' });
      await write('src/index.d.ts', '');
      expect(await refusal(root)).to.include({ code: 'PLUGIN_NOT_FOUND', hint: 'Check the path.' });
      expect(await refusal(join(root, 'dist/other.js'))).to.include({ code: 'PLUGIN_NOT_FOUND' });
      await write('package.json', 'no JSON');
      expect(await refusal(root)).to.include({ code: 'PLUGIN_NOT_FOUND' });
    });

    it('are refused as files as well', async () => {
      await write('plugin.ts', '@Record() class Note { @Price() low!: bigint }; export default enum {};');
      const error = await refusal(join(folder, 'ticks/plugin.ts'));
      expect(error).to.include({ code: 'PLUGIN_INVALID' });
      expect(error.hint).to.contain('Build it to JavaScript');
    });
  });

  describe('sample', () => {
    const request = { schema: 'trades', records: 1_000, instruments: 2, days: 1, seed: 7 };

    it('writes the same file twice, compressed or not, and leaves nothing beside it', async () => {
      const first = await open().sample({ ...request, output: join(folder, 'a/b/one.dbn') });
      await open().sample({ ...request, output: join(folder, 'a/b/two.dbn') });
      await open().sample({ ...request, output: join(folder, 'a/b/three.dbn.zst') });
      expect(first).to.include({ schema: 'trades', records: 1_000 });
      const names = await readdir(join(folder, 'a/b'));
      expect(names.sort()).to.deep.equal(['one.dbn', 'three.dbn.zst', 'two.dbn']);
      const [one, two] = await Promise.all(['one', 'two'].map((name) => readFile(join(folder, `a/b/${name}.dbn`))));
      expect(one?.equals(two ?? new Uint8Array())).to.equal(true);
      expect(one?.byteLength).to.equal(first.bytes);
    });

    it('says where it cannot write', async () => {
      await mkdir(join(folder, 'taken.dbn'));
      const error = (await thrownBy(open().sample({ ...request, output: join(folder, 'taken.dbn') }))) as Error;
      expect(error).to.include({ code: 'OUTPUT_UNWRITABLE' });
      expect(error.message).to.match(/^cannot write ".*taken\.dbn": it is a folder$/);
      expect(await readdir(folder)).to.deep.equal(['taken.dbn']);
      await writeFile(join(folder, 'file'), '');
      const below = await thrownBy(open().sample({ ...request, output: join(folder, 'file/a.dbn') }));
      expect(below).to.include({ code: 'OUTPUT_UNWRITABLE' });
    });

    it('writes to what is no file, and does not replace it', async function () {
      if (process.platform === 'win32') skipBecause(this, 'no named pipes here');
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const [read, { bytes }] = await Promise.all([readFile(pipe), open().sample({ ...request, output: pipe })]);
      expect(read.byteLength).to.equal(bytes);
      expect((await stat(pipe)).isFIFO()).to.equal(true);
      expect(await readdir(folder)).to.deep.equal(['pipe']);
    });

    it('stops when interrupted, and leaves nothing', async () => {
      const output = join(folder, 'a.dbn');
      const error = await thrownBy(open().sample({ ...request, output }, { signal: AbortSignal.abort() }));
      expect(error).to.include({ code: 'CANCELLED' });
      expect(await readdir(folder)).to.deep.equal([]);
    });
  });

  describe('the database', () => {
    it('refuses a URL that is none, at once and without repeating it', () => {
      expect(() => createTickloom({ database: 'postgres//me:secret@host' }))
        .to.throw()
        .that.satisfies((error: { code: string; message: string }) => {
          expect(error.code).to.equal('DATABASE_URL_INVALID');
          return !error.message.includes('secret');
        });
    });

    it('shows its state without changing anything, then with its tables', async () => {
      const tickloom = await withDatabase();
      const before = await tickloom.database.status();
      expect(before).to.include({ kind: 'external', running: true, data_directory: null });
      expect(before.migrations?.applied).to.equal(0);
      expect((await tickloom.migrate()).applied.length).to.be.greaterThan(0);
      expect((await tickloom.database.migrate()).applied).to.deep.equal([]);
      const after = await tickloom.database.status();
      expect(after.migrations?.pending).to.equal(0);
      expect(after.tables.map(({ name }) => name)).to.include.members(['trades', 'runs', 'coverage']);
    });

    it('answers read-only questions', async () => {
      const tickloom = await withDatabase();
      await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(trades(3)))] });
      const { columns, batches } = await tickloom.query('select symbol, count(*) from trades group by 1');
      expect(columns.map(({ name }) => name)).to.deep.equal(['symbol', 'count']);
      const rows: unknown[] = [];
      for await (const batch of batches) rows.push(...batch);
      expect(rows).to.deep.equal([['ESH4', '3']]);
      expect(await thrownBy(tickloom.query('delete from trades'))).to.include({ code: 'QUERY_REJECTED' });
    });

    it('has what a plugin brings besides its table, in each version of the plugin, in any schema', async () => {
      const { url } = await createDatabase();
      const first = {
        name: '0001-index',
        statements: ['create index notes_kind on notes (kind)', 'create table of_notes ()'],
      };
      const second = { name: '0002-view', statements: ['create view late_notes as select later from notes'] };
      const at = async (version: number, ...migrations: PluginMigration[]): Promise<Tickloom> => {
        const { mapper: _, ...notes } = notePlugin(
          200,
          `${version}.0.0`,
          version === 1 ? {} : { later: { type: 'int32', undef: -1n } },
        );
        const plugin = defineSchemaPlugin({ ...notes, apiVersion: 1, migrations });
        return open({ database: url, dbSchema: 'Its own', builtins: false, plugins: [plugin] });
      };
      const applied = async (tickloom: Tickloom): Promise<readonly string[]> =>
        (await tickloom.migrate()).applied.filter((name) => name.startsWith('notes/'));
      const fragment = await file('a.dbn.frag', noteFragment([1, 2], MONDAY));
      expect((await applied(await at(1, first))).slice(1)).to.deep.equal(['notes/0001-index']);
      const report = await (await at(1, first)).ingest({ paths: [fragment], ...NOTES });
      expect(report.records.loaded).to.equal(2);
      const newer = await at(2, first, second);
      expect((await applied(newer)).slice(1)).to.deep.equal(['notes/0002-view']);
      const { batches } = await newer.query('select count(*), count(later) from late_notes');
      for await (const [row] of batches) expect(row).to.deep.equal(['2', '0']);
      expect(await applied(newer)).to.deep.equal([]);
      const broken = await at(2, { name: '0003', statements: ['create indexx'] });
      expect(await thrownBy(broken.migrate())).to.include({
        code: 'PLUGIN_INVALID',
        message: 'PostgreSQL refuses migration "notes/0003" of plugin "notes": syntax error at or near "indexx"',
      });
    });

    it('does not start or stop a server that is not its own', async () => {
      const tickloom = await withDatabase();
      expect(await thrownBy(tickloom.database.start())).to.include({ code: 'USAGE' });
      expect(await thrownBy(tickloom.database.stop())).to.include({ code: 'USAGE' });
    });

    it('has no run and no quarantine entry that is not there', async () => {
      const tickloom = await withDatabase();
      const run = '00000000-0000-4000-8000-000000000000';
      expect(await thrownBy(tickloom.runs.show(run))).to.include({ code: 'NOT_FOUND' });
      expect(await thrownBy(tickloom.quarantine.show(1))).to.include({ code: 'NOT_FOUND' });
    });
  });

  it('examines what it needs', async () => {
    const checks = await (await withDatabase()).doctor();
    expect(checks.map(({ name }) => name)).to.include.members(['node', 'zstd', 'plugins', 'database', 'tables']);
    expect(checks.find(({ name }) => name === 'tables')).to.include({ status: 'warning' });
    expect(checks.filter(({ status }) => status === 'failed')).to.deep.equal([]);
  });

  it('finds a database that does not answer', async () => {
    const checks = await open({ database: 'postgresql://me:secret@127.0.0.1:1/none' }).doctor();
    expect(checks.at(-1)).to.include({ name: 'database', status: 'failed' });
    expect(JSON.stringify(checks)).not.to.contain('secret');
  });

  describe('the embedded server', function () {
    this.timeout(120_000);

    it('is started when needed, kept when told to, and stopped', async () => {
      await chmod(folder, 0o755);
      const home = join(folder, 'state');
      const tickloom = open({ database: 'embedded', home });
      expect(await tickloom.database.status()).to.include({ kind: 'embedded', running: false, data_directory: null });
      expect(await tickloom.database.start()).to.include({ running: true, keeps_running: true });
      const url = await tickloom.database.url();
      expect(url).to.match(/^postgresql:\/\//);
      const checks = await tickloom.doctor();
      expect(checks.find(({ name }) => name === 'state folder')).to.include({ status: 'ok', detail: home });
      await tickloom.close();
      const other = open({ database: 'embedded', home });
      expect(await other.database.status()).to.include({ running: true });
      expect(await other.database.stop()).to.include({ keeps_running: false });
      await other.close();
      expect(await open({ database: 'embedded', home }).database.status()).to.include({ running: false });
    });
  });
});
