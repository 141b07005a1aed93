import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { createTickloom, RecordingReporter, type RunReport, type Tickloom } from '../../../src/index.js';
import { noteFragment } from '../../support/note-plugin.js';
import { createDatabase, type TestDatabase } from '../../support/postgres-server.js';
import { countThreads, type ThreadCount } from '../../support/thread-count.js';
import { MONDAY, trades, tradesFile } from '../../support/trade-file.js';

const NOTES = { dataset: 'TEST.SET', schema: 'noted', dbnVersion: 3 } as const;

describe('threads that make rows', function () {
  this.timeout(120_000);
  let folder: string;
  let database: TestDatabase;
  let tickloom: Tickloom;
  let threads: ThreadCount;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-threads-'));
    database = await createDatabase();
    threads = countThreads();
  });

  afterEach(async () => {
    threads.stop();
    await tickloom.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function file(name: string, bytes: Uint8Array | string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }

  /** A plugin file whose mapper runs this for each note; `record` is the note. */
  async function pluginOf(statements: string, version = "'1.0.0'"): Promise<string> {
    const plugin = JSON.stringify(new URL('../../../src/plugin.js', import.meta.url).href);
    return file(
      'plugin.mjs',
      `import { isMainThread } from 'node:worker_threads';
      import { defineRecord, defineSchemaPlugin } from ${plugin};
      export default defineSchemaPlugin({
        name: 'noted', version: ${version}, apiVersion: 1,
        schemas: [{ name: 'noted', rtype: 0xe0, table: 'noted' }],
        model: defineRecord({
          name: 'Noted', indexTimestamp: 'ts_event',
          fields: { count: { type: 'uint8' }, kind: { type: 'char' } },
        }),
        mapper: { map: (record) => { ${statements}; return record; } },
      });`,
    );
  }

  const notes = (count: number): Uint8Array =>
    noteFragment(
      Array.from({ length: count }, (_, index) => index % 200),
      MONDAY,
    );

  it('are gone when a run was aborted while it waited for bytes, and nothing of it is left', async () => {
    tickloom = createTickloom({ database: database.url });
    const abort = new AbortController();
    const stdin = new PassThrough();
    const bytes = tradesFile(trades(2_000));
    stdin.write(bytes.subarray(0, bytes.length / 2));
    const reporter = {
      report: ({ type }: { readonly type: string }) => void (type === 'rows_stored' && abort.abort()),
      close: async () => undefined,
    };
    const report = await tickloom.ingest({ paths: ['-'], stdin, workers: 1 }, { signal: abort.signal, reporter });
    expect(report.status).to.equal('cancelled');
    expect(report.details[0]?.error?.code).to.equal('CANCELLED');
    expect(threads.count()).to.equal(1);
    expect(threads.running()).to.equal(0);
    expect(stdin.destroyed).to.equal(true);
    expect(await loaded('trades')).to.equal(0);
  });

  it('are gone when a run was aborted before it began', async () => {
    tickloom = createTickloom({ database: database.url });
    const paths = [await file('a.dbn', tradesFile(trades(10)))];
    const report = await tickloom.ingest({ paths, workers: 1 }, { signal: AbortSignal.abort() }).catch(codeOf);
    expect(report).to.satisfy(
      (it: RunReport | string) => it === 'CANCELLED' || (it as RunReport).status === 'cancelled',
    );
    expect(threads.running()).to.equal(0);
  });

  it('are named as lost when they die, and the next run gets another', async () => {
    const plugin = await pluginOf('if (record.count === 150) process.exit(7)');
    tickloom = createTickloom({ database: database.url, plugins: [plugin] });
    const report = await tickloom.ingest({ ...NOTES, paths: ['-'], stdin: Readable.from([notes(400)]), workers: 1 });
    const [chunk] = report.details;
    expect(chunk?.error).to.include({ code: 'THREAD_LOST' });
    expect(chunk?.error?.message).to.equal('"stdin": the thread that makes its rows is gone: it ended with code 7');
    expect(chunk?.error?.hint).to.contain('--workers 0');
    expect(threads.running()).to.equal(0);
    expect(await loaded('noted')).to.equal(0);
    const other = await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(trades(10)))], workers: 1 });
    expect(other.records.loaded).to.equal(10);
    expect(threads.count()).to.equal(2);
  });

  it('keep the words of what a plugin throws where nobody expects it', async () => {
    const plugin = await pluginOf("if (record.count === 150) queueMicrotask(() => { throw new Error('too late') })");
    tickloom = createTickloom({ database: database.url, plugins: [plugin] });
    const report = await tickloom.ingest({ ...NOTES, paths: ['-'], stdin: Readable.from([notes(400)]), workers: 1 });
    expect(report.details[0]?.error?.message).to.contain('is gone: too late');
    expect(threads.running()).to.equal(0);
  });

  it('are not used, which is said once, where they find another plugin than the run has', async () => {
    const plugin = await pluginOf('', "isMainThread ? '1.0.0' : '1.0.1'");
    tickloom = createTickloom({ database: database.url, plugins: [plugin] });
    const reporter = new RecordingReporter();
    const first = await file('notes.frag', notes(400));
    const second = await file('more.frag', noteFragment([1, 2, 3], MONDAY + 1_000_000_000_000n));
    const report = await tickloom.ingest(
      { ...NOTES, paths: [first, second], workers: 2, concurrency: 2 },
      { reporter },
    );
    expect(report.records.loaded).to.equal(403);
    const notesOf = reporter.events.filter((event) => event.type === 'note' && event.text.includes('of no use'));
    expect(notesOf).to.have.length(1);
    expect(notesOf[0]).to.have.property('text').that.contains('it finds other plugins than this one');
    expect(threads.running()).to.equal(0);
  });

  async function loaded(table: string): Promise<number> {
    const { batches } = await tickloom.query(`select count(*) from ${table}`);
    for await (const [row] of batches) return Number(row?.[0]);
    return -1;
  }
});

function codeOf(error: unknown): string {
  return (error as { code: string }).code;
}
