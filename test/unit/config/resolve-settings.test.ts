import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { isTickloomError, type TickloomError } from '../../../src/config/errors.js';
import { resolveSettings, type ResolvedSettings, type SettingsRequest } from '../../../src/config/resolve-settings.js';

const TAKES: SettingsRequest['takes'] = new Map<string, readonly string[] | undefined>([
  ['database', undefined],
  ['db-schema', undefined],
  ['concurrency', undefined],
  ['workers', undefined],
  ['index', ['brin', 'btree', 'none']],
  ['format', ['csv', 'jsonl']],
  ['symbols', undefined],
  ['force', undefined],
  ['start', undefined],
  ['schema', undefined],
  ['job', undefined],
  ['gateway', undefined],
  ['max-cost', undefined],
]);

describe('resolveSettings', () => {
  let root: string;
  let project: string;
  let user: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tickloom-config-'));
    project = join(root, 'project');
    user = join(root, 'user');
    await Promise.all([mkdir(project), mkdir(user)]);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const resolve = (request: Partial<SettingsRequest> = {}): Promise<ResolvedSettings> =>
    resolveSettings({
      command: 'ingest',
      commands: ['ingest', 'decode', 'runs list'],
      takes: TAKES,
      flags: {},
      env: {},
      workingFolder: project,
      userFolder: user,
      ...request,
    });
  const refusal = async (request: Partial<SettingsRequest> = {}): Promise<TickloomError> => {
    try {
      await resolve(request);
    } catch (error) {
      if (isTickloomError(error)) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };
  const file = (folder: string, name: string, content: unknown): Promise<void> =>
    writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

  it('leaves unset what nobody sets', async () => {
    const { settings, files } = await resolve();
    expect(Object.values(settings).filter((value) => value !== undefined)).to.deep.equal([]);
    expect(files).to.deep.equal([]);
  });

  it('prefers flag to environment to project file to user file', async () => {
    await file(user, 'tickloom.config.json', { index: 'none', concurrency: 2, 'db-schema': 'of_user', schema: 'tbbo' });
    await file(project, 'tickloom.config.yaml', 'index: btree\nconcurrency: 3\ndb-schema: of_project\n');
    const { settings, files } = await resolve({
      flags: { index: 'brin' },
      env: { TICKLOOM_INDEX: 'none', TICKLOOM_CONCURRENCY: '4' },
    });
    expect(settings).to.include({ index: 'brin', concurrency: 4, dbSchema: 'of_project', schema: 'tbbo' });
    expect(files).to.deep.equal([join(project, 'tickloom.config.yaml'), join(user, 'tickloom.config.json')]);
  });

  it('names a flag to give only where there is one', async () => {
    const few = await refusal({ env: { TICKLOOM_CONCURRENCY: 'few' } });
    expect(few.hint).to.equal('Change it, or give --concurrency on the command line.');
    await file(project, 'tickloom.config.yaml', 'plugins: [5]\n');
    expect((await refusal()).hint).to.equal('Change it.');
  });

  it('takes a list of schemas for the same as commas, and dollars as they are written', async () => {
    await file(project, 'tickloom.config.yaml', 'schema: [trades, tbbo]\nmax-cost: 12.50\n');
    expect((await resolve()).settings).to.include({ schema: 'trades,tbbo', maxCost: '12.5' });
    expect((await resolve({ env: { TICKLOOM_MAX_COST: '0.10' } })).settings.maxCost).to.equal('0.10');
  });

  it("knows the vendor's names for the ends of a range, and its variable for the gateway", async () => {
    await file(project, 'tickloom.config.yaml', 'start_date: 2024-01-02\n');
    const env = { DATABENTO_GATEWAY: 'http://127.0.0.1:1' };
    expect((await resolve({ env })).settings).to.include({ start: '2024-01-02', gateway: 'http://127.0.0.1:1' });
    expect((await resolve({ env: { TICKLOOM_START_DATE: '2024-01-03' } })).settings.start).to.equal('2024-01-03');
  });

  it('keeps the id of a chunk apart from how large chunks are to be', async () => {
    await file(project, 'tickloom.config.yaml', 'chunk: day\n');
    const sizes = new Map([...TAKES, ['chunk', ['auto', 'day', 'week', 'month', 'none']] as const]);
    const ids = new Map([...TAKES, ['chunk', undefined] as const]);
    expect((await resolve({ takes: sizes })).settings).to.include({ chunkSize: 'day', chunkId: undefined });
    expect((await resolve({ takes: ids })).settings).to.include({ chunkSize: undefined, chunkId: undefined });
    expect((await resolve({ takes: ids, flags: { chunk: '7' } })).settings.chunkId).to.equal(7);
    const error = await refusal({ takes: ids, flags: { chunk: 'day' } });
    expect(error.message).to.equal('--chunk is "day", expected the number of a chunk');
  });

  describe('jobs', () => {
    const YAML = [
      'concurrency: 2',
      'jobs:',
      '  es-trades: { dataset: GLBX.MDP3, schema: trades, symbols: ES.c.0, start: 2024-01-02, concurrency: 3 }',
      '  bars: { schema: ohlcv-1d }',
    ].join('\n');

    it('give what neither a flag nor the environment gives', async () => {
      await file(project, 'tickloom.config.yaml', YAML);
      const { settings } = await resolve({ flags: { job: 'es-trades', schema: 'tbbo' } });
      expect(settings).to.include({ schema: 'tbbo', start: '2024-01-02', concurrency: 3 });
      expect(settings.symbols).to.deep.equal(['ES.c.0']);
      expect({ ...(await resolve()).settings }).to.deep.equal({ concurrency: 2 });
    });

    it('are found by their names, the nearest one suggested', async () => {
      await file(project, 'tickloom.config.yaml', YAML);
      const error = await refusal({ flags: { job: 'es-trade' } });
      expect(error).to.include({ code: 'USAGE', hint: 'Write --job es-trades.' });
      expect(error.message).to.equal('there is no job "es-trade"; known: es-trades, bars');
      await rm(join(project, 'tickloom.config.yaml'));
      const none = await refusal({ env: { TICKLOOM_JOB: 'nightly' } });
      expect(none.code).to.equal('CONFIG_INVALID');
      expect(none.message).to.equal('there is no job "nightly"; known: none');
    });

    it('are refused with a wrong key, a wrong value or no settings at all', async () => {
      await file(project, 'tickloom.config.yaml', 'jobs: { a: { symbol: ESH4 } }');
      const key = await refusal();
      expect(key.message).to.contain('unknown setting "jobs: a: symbol"');
      expect(key.hint).to.contain('"symbols"');
      await file(project, 'tickloom.config.yaml', 'jobs: { a: { start: soon } }');
      expect((await refusal({ flags: { job: 'a' } })).message).to.contain('"jobs: a: start" in config file');
      await file(project, 'tickloom.config.yaml', 'jobs: [a]');
      expect((await refusal()).message)
        .to.contain('"jobs" in config file')
        .and.to.contain('is a list');
      await file(project, 'tickloom.config.yaml', 'jobs: { a: 1 }');
      expect((await refusal()).message)
        .to.contain('"jobs: a" in config file')
        .and.to.contain('is a number');
    });
  });

  for (const [name, content] of [
    ['tickloom.config.yaml', 'concurrency: 5'],
    ['tickloom.config.yml', 'concurrency: 5'],
    ['tickloom.config.json', '{ "concurrency": 5 }'],
    ['tickloom.config.js', 'module.exports = { concurrency: 5 }'],
    ['package.json', '{ "name": "x", "tickloom": { "concurrency": 5 } }'],
  ] as const) {
    it(`reads ${name}`, async () => {
      await file(project, name, content);
      expect((await resolve()).settings.concurrency).to.equal(5);
    });
  }

  it('reads an ES module', async () => {
    await file(project, 'package.json', { type: 'module' });
    await file(project, 'tickloom.config.js', 'export default { concurrency: 5 };');
    expect((await resolve()).settings.concurrency).to.equal(5);
  });

  it('reads named exports', async () => {
    await file(project, 'tickloom.config.js', 'export const concurrency = 5;');
    expect((await resolve()).settings.concurrency).to.equal(5);
  });

  it('never looks into folders above', async () => {
    await file(root, 'tickloom.config.yaml', 'concurrency: 5');
    expect((await resolve()).settings.concurrency).to.equal(undefined);
  });

  it('takes an empty file and an empty variable for nothing', async () => {
    await file(project, 'tickloom.config.yaml', '# nothing yet\n');
    expect((await resolve({ env: { TICKLOOM_CONCURRENCY: '' } })).settings.concurrency).to.equal(undefined);
  });

  it('accepts the three spellings of a name', async () => {
    for (const key of ['db-schema', 'db_schema', 'dbSchema']) {
      await file(project, 'tickloom.config.json', { [key]: 'loom' });
      expect((await resolve()).settings.dbSchema, key).to.equal('loom');
    }
  });

  it('gives a command’s own section precedence over the rest of its file', async () => {
    await file(
      project,
      'tickloom.config.yaml',
      'concurrency: 2\ningest:\n  concurrency: 6\ndecode:\n  concurrency: 7\n',
    );
    expect((await resolve()).settings.concurrency).to.equal(6);
    expect((await resolve({ command: 'runs list' })).settings.concurrency).to.equal(2);
  });

  it('reads numbers, yes and no, lists and days from text', async () => {
    const { settings } = await resolve({
      env: {
        TICKLOOM_CONCURRENCY: ' 8 ',
        TICKLOOM_FORCE: 'Yes',
        TICKLOOM_SYMBOLS: 'ESH1, ESM1,',
        TICKLOOM_VERBOSE: '0',
      },
    });
    expect(settings).to.deep.include({ concurrency: 8, force: true, symbols: ['ESH1', 'ESM1'], verbose: false });
  });

  it('reads a day that YAML has made a date', async () => {
    await file(project, 'tickloom.config.yaml', 'start: 2024-02-29\n');
    expect((await resolve()).settings.start).to.equal('2024-02-29');
  });

  it('means folders and plugins from the file’s own folder', async () => {
    await file(user, 'tickloom.config.yaml', 'home: state\nplugins: ["./mine", "tickloom-plugin-x"]\n');
    const { settings } = await resolve();
    expect(settings.home).to.equal(join(user, 'state'));
    expect(settings.plugins).to.deep.equal([join(user, 'mine'), 'tickloom-plugin-x']);
  });

  it('takes plugins of a package.json that names one', async () => {
    await file(project, 'package.json', { tickloom: { plugins: './dist/index.js' } });
    expect((await resolve()).settings.plugins).to.deep.equal([join(project, 'dist/index.js')]);
  });

  describe('the storage of tables', () => {
    it('holds for commands without a flag for it, because the first one makes the tables', async () => {
      await file(project, 'tickloom.config.yaml', 'storage: plain\nchunk-interval: [trades=12h, ohlcv-1m=4w]\n');
      const { settings } = await resolve({ command: 'runs list', takes: new Map() });
      expect(settings).to.deep.include({ storage: 'plain', chunkInterval: ['trades=12h', 'ohlcv-1m=4w'] });
    });

    it('takes lengths of bars from text, and from a list', async () => {
      const takes = new Map([['bars', undefined]]);
      expect((await resolve({ takes, flags: { bars: '1m, 1d' } })).settings.bars).to.deep.equal(['1m', '1d']);
      await file(project, 'tickloom.config.yaml', 'bars: [1s, 1h]\n');
      expect((await resolve({ takes })).settings.bars).to.deep.equal(['1s', '1h']);
      for (const bars of ['5m', '']) {
        const error = await refusal({ takes, flags: { bars } });
        expect(error.message).to.contain('expected one or more of 1s, 1m, 1h, 1d');
      }
    });

    it('takes intervals from text, and ages as hours, days or weeks', async () => {
      const takes = new Map([['compress-after', undefined]]);
      const env = { TICKLOOM_CHUNK_INTERVAL: 'trades=1d, tbbo=2d', TICKLOOM_COMPRESS_AFTER: '7d' };
      const { settings } = await resolve({ takes, env });
      expect(settings).to.deep.include({ chunkInterval: ['trades=1d', 'tbbo=2d'], compressAfter: '7d' });
      for (const [flags, expected] of [
        [{ 'chunk-interval': 'trades=1s' }, 'schemas with hours, days or weeks each'],
        [{ 'chunk-interval': '' }, 'schemas with hours, days or weeks each'],
        [{ 'compress-after': '7' }, 'a number of hours, days or weeks'],
        [{ storage: 'cloud' }, 'auto, plain or timescale'],
      ] as const) {
        const error = await refusal({ takes, flags });
        expect(error.code).to.equal('USAGE');
        expect(error.message).to.contain(`expected ${expected}`);
      }
    });
  });

  describe('the database', () => {
    beforeEach(() => file(project, 'tickloom.config.yaml', 'database: postgresql://file/db'));

    it('comes from the flag, then TICKLOOM_DATABASE_URL, then the file', async () => {
      const env = { TICKLOOM_DATABASE_URL: 'postgresql://env/db', TICKLOOM_DATABASE: 'postgresql://other/db' };
      expect((await resolve({ flags: { database: 'embedded' }, env })).settings.database).to.equal('embedded');
      expect((await resolve({ env })).settings.database).to.equal('postgresql://env/db');
      expect((await resolve()).settings.database).to.equal('postgresql://file/db');
    });

    for (const variable of ['DATABASE_URL', 'PGHOST', 'PGPORT', 'PGDATABASE']) {
      it(`is left to the environment when ${variable} is set`, async () => {
        expect((await resolve({ env: { [variable]: 'x' } })).settings.database).to.equal(undefined);
      });
    }
  });

  describe('refuses', () => {
    it('a key that every object has, as it refuses any other that it does not know', async () => {
      await file(project, 'tickloom.config.yaml', 'constructor: 2\n');
      const error = await refusal();
      expect(error.code).to.equal('CONFIG_INVALID');
      expect(error.message).to.contain('unknown setting "constructor"');
    });

    it('an unknown key, and names the nearest', async () => {
      await file(project, 'tickloom.config.yaml', 'concurency: 2\n');
      const error = await refusal();
      expect(error.code).to.equal('CONFIG_INVALID');
      expect(error.message).to.equal(
        `unknown setting "concurency" in config file "${join(project, 'tickloom.config.yaml')}"`,
      );
      expect(error.hint).to.contain('"concurrency"');
    });

    it('an unknown key in a section', async () => {
      await file(project, 'tickloom.config.yaml', 'ingest:\n  frobnicate: 2\n');
      const error = await refusal();
      expect(error.message).to.contain('"ingest: frobnicate"');
      expect(error.hint).to.contain('Remove it');
    });

    it('a key that stands twice in two spellings', async () => {
      await file(project, 'tickloom.config.json', { 'db-schema': 'a', dbSchema: 'b' });
      expect((await refusal()).message).to.contain('"db-schema" stands twice');
    });

    it('a bad value in a file, with file, key, expected and found', async () => {
      await file(project, 'tickloom.config.yaml', 'concurrency: many\n');
      const error = await refusal();
      expect(error.code).to.equal('CONFIG_INVALID');
      const path = join(project, 'tickloom.config.yaml');
      expect(error.message).to.equal(
        `"concurrency" in config file "${path}" is "many", expected a whole number from 1 to 64`,
      );
      expect(error.context).to.deep.equal({
        setting: 'concurrency',
        expected: 'a whole number from 1 to 64',
        found: 'many',
        file: path,
      });
    });

    it('a bad value in a section, a list where text belongs, a number out of range', async () => {
      await file(project, 'tickloom.config.json', { ingest: { concurrency: 65 } });
      expect((await refusal()).message)
        .to.contain('"ingest: concurrency"')
        .and.to.contain('"65"');
      await file(project, 'tickloom.config.json', { 'max-cost': [5] });
      expect((await refusal()).message).to.contain('is "[5]", expected US dollars');
      await file(project, 'tickloom.config.json', { symbols: [1] });
      expect((await refusal()).message).to.contain('expected one or more values');
    });

    it('a bad variable by its own name', async () => {
      const error = await refusal({ env: { TICKLOOM_FORCE: 'perhaps' } });
      expect(error).to.include({
        code: 'CONFIG_INVALID',
        message: 'TICKLOOM_FORCE is "perhaps", expected true or false',
      });
    });

    it('a bad flag as usage', async () => {
      const error = await refusal({ flags: { concurrency: '0' } });
      expect(error).to.include({
        code: 'USAGE',
        message: '--concurrency is "0", expected a whole number from 1 to 64',
      });
    });

    it('the name of a Postgres schema that PostgreSQL would cut off, by bytes', async () => {
      expect((await resolve({ flags: { 'db-schema': 'é'.repeat(31) } })).settings.dbSchema).to.have.length(31);
      const error = await refusal({ flags: { 'db-schema': 'é'.repeat(32) } });
      expect(error.message).to.contain('expected the name of a Postgres schema, 1 to 63 bytes');
      expect((await refusal({ env: { TICKLOOM_DB_SCHEMA: 'a\0b' } })).code).to.equal('CONFIG_INVALID');
    });

    it('a number of workers that is none, and takes the word as well', async () => {
      expect((await resolve({ flags: { workers: 'auto' } })).settings.workers).to.equal('auto');
      expect((await resolve({ env: { TICKLOOM_WORKERS: '0' } })).settings.workers).to.equal(0);
      const error = await refusal({ flags: { workers: 'all' } });
      expect(error.message).to.equal('--workers is "all", expected a whole number from 0 to 64, or auto');
    });

    it('a word that this command does not take, wherever it comes from', async () => {
      const error = await refusal({ env: { TICKLOOM_FORMAT: 'table' } });
      expect(error.message).to.equal('TICKLOOM_FORMAT is "table", expected csv or jsonl');
    });

    it('a file that holds no settings by name', async () => {
      await file(project, 'tickloom.config.json', '[1]');
      expect((await refusal()).message).to.contain('holds a list, expected settings by name');
      await file(project, 'tickloom.config.json', '"x"');
      expect((await refusal()).message).to.contain('holds a string');
    });

    it('YAML and JSON that cannot be parsed, with the line and without what stands there', async () => {
      await file(project, 'tickloom.config.yaml', 'database: postgresql://u:Hunter2@h\n  bad: [\n');
      const yaml = await refusal();
      expect(yaml.code).to.equal('CONFIG_INVALID');
      expect(yaml.message)
        .to.contain('tickloom.config.yaml')
        .and.to.match(/at line \d/)
        .and.not.to.contain('Hunter2');
      await rm(join(project, 'tickloom.config.yaml'));
      await file(project, 'tickloom.config.json', '{ "database": "postgresql://u:Hunter2@h", }');
      const json = await refusal();
      expect(json.message)
        .to.contain('tickloom.config.json" cannot be read')
        .and.to.contain('not JSON')
        .and.not.to.contain('Hunter2');
    });

    it('a script that throws, with what it says', async () => {
      await file(project, 'tickloom.config.js', 'throw new Error("out of coffee");');
      const error = await refusal();
      expect(error.code).to.equal('CONFIG_INVALID');
      expect(error.message).to.contain('tickloom.config.js').and.to.contain('at line 1: out of coffee');
    });

    it('a script that cannot be parsed, with the reason', async () => {
      await file(project, 'tickloom.config.js', 'export default {\n  force: true,,\n};\n');
      const error = await refusal();
      expect(error.code).to.equal('CONFIG_INVALID');
      expect(error.message).to.contain('tickloom.config.js" cannot be read: Unexpected token');
    });

    it('a password-bearing URL in the wrong place without repeating the password', async () => {
      const error = await refusal({ flags: { index: 'postgresql://u:Hunter2@h/db' } });
      expect(JSON.stringify([error.message, error.hint, error.context])).not.to.contain('Hunter2');
    });
  });

  it('refuses a value that is nested, also in itself, without walking through it', async () => {
    for (const yaml of ['plugins: &loop [*loop]', 'database: &loop { url: *loop }', 'dbSchema: [[1]]']) {
      await file(project, 'tickloom.config.yaml', yaml);
      const error = await refusal();
      expect(error.code).to.equal('CONFIG_INVALID');
      expect(error.message).to.include('is "a nested value", expected');
    }
  });

  it('refuses a value that YAML multiplies by references before it takes any memory', async () => {
    const levels = Array.from({ length: 40 }, (_, level) => `- &l${level + 1} [${`*l${level},`.repeat(9)} *l${level}]`);
    const yaml = ['plugins:', '- &l0 [x]', ...levels].join('\n');
    await file(project, 'tickloom.config.yaml', yaml);
    expect((await refusal()).message).to.include('is "a nested value", expected');
  });
});
