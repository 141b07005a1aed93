import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  createTickloom,
  RecordingReporter,
  type ReplaceableParts,
  type Replacements,
  type Sink,
  type Tickloom,
  type TickloomOptions,
} from '../../src/index.js';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../src/testing/index.js';
import { exportDatabase } from '../support/export-database.js';
import { memorySink } from '../support/memory-sink.js';
import { noteFragment, notePlugin, NOTES } from '../support/note-plugin.js';
import { rejected, thrown } from '../support/thrown.js';
import { MONDAY, trade, trades, tradesFile } from '../support/trade-file.js';

type Token = keyof ReplaceableParts;

/** The same part, which notes what is called on it. */
function noting<Part extends object>(part: Part, calls: string[]): Part {
  return new Proxy(part, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        calls.push(String(name));
        return Reflect.apply(value, target, args);
      };
    },
    apply: (target, _self, args) => {
      calls.push('call');
      return Reflect.apply(target as unknown as (...given: unknown[]) => unknown, undefined, args);
    },
  });
}

describe('options.replace', function () {
  this.timeout(120_000);
  const opened: Tickloom[] = [];
  let folder: string;
  let gateway: Gateway;
  let database: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-replace-'));
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': sampled({ recordsPerDay: 50 }) } });
    database = await exportDatabase();
  });
  after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });
  afterEach(async () => {
    for (const tickloom of opened.splice(0)) await tickloom.close();
  });

  const open = (replace: Replacements, more: TickloomOptions = {}): Tickloom => {
    const home = join(folder, 'home');
    const tickloom = createTickloom({ database, home, gateway: gateway.url, apiKey: STAND_IN_KEY, ...more, replace });
    opened.push(tickloom);
    return tickloom;
  };
  const file = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  const ingest = async (tickloom: Tickloom) => {
    // one of the two has no time of receipt: it is quarantined
    const impossible = trade(2, { ts_recv: (1n << 64n) - 1n });
    return tickloom.ingest({ paths: [await file('a.dbn', tradesFile([trade(1), impossible]))], force: true });
  };
  const request = { dataset: 'GLBX.MDP3', symbols: ['ES.c.0'], start: '2024-01-08', end: '2024-01-09' };

  /** What uses each part, and what is called on it then. */
  const USES: { readonly [T in Token]: [use: (tickloom: Tickloom) => Promise<unknown>, called: string] } = {
    clock: [ingest, 'uuid'],
    sink: [ingest, 'beginChunk'],
    ledger: [ingest, 'startRun'],
    quarantine: [(tickloom) => tickloom.quarantine.list(), 'list'],
    replay: [(tickloom) => tickloom.quarantine.replay(), 'chunks'],
    export: [
      (tickloom) => tickloom.export({ schema: 'trades', format: 'csv', output: { write: async () => undefined } }),
      'begin',
    ],
    verify: [(tickloom) => tickloom.verify(), 'begin'],
    http: [(tickloom) => tickloom.symbols.resolve({ ...request, stypeIn: 'continuous' }), 'send'],
    archive: [(tickloom) => tickloom.archive.list(), 'list'],
    jobs: [(tickloom) => tickloom.archive.list(), 'list'],
    originals: [(tickloom) => tickloom.verify({ deep: true }), 'find'],
    files: [ingest, 'call'],
    decompress: [ingest, 'call'],
    reporter: [ingest, 'report'],
  };
  for (const [token, [use, called]] of Object.entries(USES) as [Token, (typeof USES)[Token]][]) {
    it(`puts a part around "${token}" that is used in its place`, async () => {
      await ingest(open({}));
      const calls: string[] = [];
      await use(open({ [token]: (original: object) => noting(original, calls) }));
      expect(calls).to.include(called);
      expect(calls.length).to.be.greaterThan(0);
      // another instance beside it has its own
      const before = calls.length;
      await use(open({}));
      expect(calls.length).to.equal(before);
    });
  }

  it('knows every part by its token, and refuses others', () => {
    const unknown = thrown(() => createTickloom({ replace: { engine: () => undefined } as Replacements }));
    expect(unknown).to.include({ code: 'USAGE' });
    expect(unknown.message).to.equal(`no part "engine" can be replaced; known: ${Object.keys(USES).join(', ')}`);
    const value = thrown(() => createTickloom({ replace: { clock: {} } as unknown as Replacements }));
    expect(value).to.include({ code: 'USAGE', message: 'the replacement of "clock" is no function' });
  });

  it('runs without any database where sink and ledger are others, and keeps nothing itself', async () => {
    const memory = memorySink();
    const nowhere = { database: 'postgresql://nobody@127.0.0.1:1/none' };
    const tickloom = open({ sink: () => memory.sink, ledger: () => memory.ledger }, nowhere);
    const report = await ingest(tickloom);
    expect(report.status).to.equal('incomplete');
    expect(report.records).to.include({ decoded: 2, loaded: 1, quarantined: 1 });
    expect(memory.rows).to.deep.equal({ trades: 1 });
    expect(memory.runs).to.deep.equal([report.run_id]);
    expect((await tickloom.ingest({ paths: [join(folder, 'a.dbn')], dryRun: true })).details[0]).to.include({
      state: 'new',
    });
    expect(await rejected(tickloom.quarantine.list())).to.include({ code: 'DATABASE_UNREACHABLE' });
  });

  it('reports what was committed, though the run was interrupted meanwhile', async () => {
    const memory = memorySink();
    const abort = new AbortController();
    const sink: Sink = {
      beginChunk: async (...args) => {
        const load = await memory.sink.beginChunk(...args);
        return {
          ...load,
          commit: async () => {
            await load.commit();
            abort.abort();
          },
        };
      },
    };
    const nowhere = { database: 'postgresql://nobody@127.0.0.1:1/none' };
    const tickloom = open({ sink: () => sink, ledger: () => memory.ledger }, nowhere);
    const report = await tickloom.ingest({ paths: [join(folder, 'a.dbn')] }, { signal: abort.signal });
    expect(memory.rows).to.deep.equal({ trades: 1 });
    expect(report.records).to.include({ decoded: 2, loaded: 1, quarantined: 1 });
    expect(report.details[0]).to.include({ status: 'loaded' });
  });

  it('takes the time and the run ids from a clock of the host', async () => {
    const uuid = '11111111-2222-4333-8444-555555555555';
    const now = new Date('2020-02-02T02:02:02Z');
    const tickloom = open(
      { clock: (original) => ({ ...original, now: () => now, uuid: () => uuid }) },
      { dbSchema: 'of_another_time' },
    );
    expect((await ingest(tickloom)).run_id).to.equal(uuid);
    expect((await tickloom.runs.show(uuid)).started_at).to.contain('2020-02-02');
  });

  it('reads from anywhere that files are found in, and decompresses as the host says', async () => {
    const tickloom = open(
      {
        files: () => (options) => ({
          plan: async () =>
            options.paths.map((source) => ({
              source,
              sizeBytes: null,
              fragment: null,
              repeatable: true,
              open: async function* () {
                yield Uint8Array.from(tradesFile(trades(4, 600)), (byte) => byte ^ 0x5a);
              },
            })),
        }),
        decompress: () =>
          async function* (source) {
            for await (const piece of source) yield piece.map((byte) => byte ^ 0x5a);
          },
      },
      { dbSchema: 'of_a_bucket' },
    );
    const report = await tickloom.ingest({ paths: ['s3://bucket/a.dbn'] });
    expect(report.details[0]).to.include({ source: 's3://bucket/a.dbn', status: 'loaded' });
    expect(report.records.loaded).to.equal(4);
  });

  it('tells its reporter what a call names none for, and nothing of a call that names one', async () => {
    const [shared, own] = [new RecordingReporter(), new RecordingReporter()];
    const tickloom = open({ reporter: () => shared });
    await ingest(tickloom);
    const before = shared.events.length;
    expect(shared.of('run_finished')).to.have.length(1);
    await tickloom.ingest({ paths: [join(folder, 'a.dbn')] }, { reporter: own });
    expect(own.of('run_finished')).to.have.length(1);
    expect(shared.events).to.have.length(before);
  });
});

describe('two instances in one process', function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-two-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('load side by side into two databases, with plugins of their own, and know nothing of each other', async () => {
    const seen = { listeners: listenerCounts(), env: { ...process.env }, cwd: process.cwd() };
    const written = await outputOf(async () => {
      const urls = await Promise.all([exportDatabase(), exportDatabase()]);
      const [first, second] = [2, 200].map((most, index) =>
        createTickloom({ database: urls[index] ?? '', builtins: index === 0, plugins: [notePlugin(most)] }),
      ) as [Tickloom, Tickloom];
      const notes = join(folder, 'notes.dbn.frag');
      await writeFile(notes, noteFragment([1, 2, 3], MONDAY));
      await writeFile(join(folder, 'trades.dbn'), tradesFile(trades(500)));
      const [one, two] = await Promise.all([
        first.ingest({ paths: [notes], ...NOTES }),
        second.ingest({ paths: [notes], ...NOTES }),
      ]);
      // the same plugin, which takes counts up to 2 here and up to 200 there
      expect(one.records).to.include({ loaded: 2, quarantined: 1 });
      expect(two.records).to.include({ loaded: 3, quarantined: 0 });
      await first.ingest({ paths: [join(folder, 'trades.dbn')] });
      const error = await rejected(second.ingest({ paths: [join(folder, 'trades.dbn')] }));
      expect(error).to.include({ code: 'SCHEMA_UNKNOWN' });
      await first.close();
      expect(await second.runs.list()).to.have.length(2);
      expect((await second.schemas.list()).map(({ name }) => name)).to.deep.equal(['notes']);
      // the sources hold no schema: they are for those of plugins as well
      expect((await second.sources.list()).map(({ name }) => name)).to.deep.equal(['csv', 'jsonl']);
      await second.close();
      // an instance opens again what it needs
      expect(await first.runs.list()).to.have.length(2);
      await first.close();
    });
    expect(written).to.equal('');
    expect(listenerCounts()).to.deep.equal(seen.listeners);
    expect({ ...process.env }).to.deep.equal(seen.env);
    expect(process.cwd()).to.equal(seen.cwd);
  });
});

function listenerCounts(): Record<string, number> {
  const names = [
    'SIGINT',
    'SIGTERM',
    'SIGHUP',
    'uncaughtException',
    'unhandledRejection',
    'exit',
    'beforeExit',
    'warning',
  ];
  return Object.fromEntries(names.map((name) => [name, process.listenerCount(name)]));
}

/** Everything that is written to stdout and stderr meanwhile. */
async function outputOf(work: () => Promise<void>): Promise<string> {
  const streams = [process.stdout, process.stderr] as const;
  const writes = streams.map((stream) => stream.write.bind(stream));
  let written = '';
  for (const stream of streams) {
    stream.write = (text: string | Uint8Array): boolean => {
      written += String(text);
      return true;
    };
  }
  try {
    await work();
  } finally {
    streams.forEach((stream, index) => (stream.write = writes[index] as typeof stream.write));
  }
  return written;
}
