import { createHash, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { PostgresQuarantineStore } from '../../../../src/adapters/postgres/quarantine/postgres-quarantine-store.js';
import type { ContentIdentity } from '../../../../src/core/ledger/ledger.js';
import { noRecords, noSymbols } from '../../../../src/core/report/counts.js';
import type { ChunkReport, RunReport } from '../../../../src/core/report/run-report.js';
import { claim, march, SinkHarness, type TestChunk } from '../../../support/sink-harness.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const failed: ChunkReport = {
  chunk_id: null,
  source: 'cut.dbn',
  dataset: 'TEST.SET',
  schema: 'trades',
  start: '2024-03-01T00:00:00.000000001Z',
  end: '2024-03-02T00:00:00.000000000Z',
  status: 'failed',
  records: { ...noRecords(), decoded: 7 },
  symbols: noSymbols(),
  error: { code: 'DECODE_TRUNCATED', message: 'cut', hint: null, context: { offset: 12 } },
};

function report(runId: string, details: ChunkReport[]): RunReport {
  return {
    run_id: runId,
    status: 'incomplete',
    chunks: { planned: 1, loaded: 0, already_loaded: 0, failed: 1 },
    records: noRecords(),
    symbols: noSymbols(),
    bytes: { read: 5, downloaded: 0 },
    cost_usd: { estimated: 0, spent: 0 },
    elapsed_ms: 1,
    records_per_second: 0,
    peak_rss_bytes: 1,
    details,
  };
}

describe('PostgresLedger', () => {
  let harness: SinkHarness;
  const chunk: TestChunk = {
    rows: [{ at: march(1) }, { at: march(1) + 1n, rejected: 'bad' }],
    claim: claim(march(1), march(2)),
    header: 'the header',
    content: 'the content',
  };

  beforeEach(async () => {
    harness = await SinkHarness.create();
  });

  afterEach(async () => {
    await harness.close();
  });

  it('knows a run while it goes on, with the chunks so far, and a chunk that failed', async () => {
    await harness.load(chunk);
    await harness.ledger.recordFailure(harness.runId, failed);
    await harness.ledger.recordFailure(harness.runId, { ...failed, chunk_id: 77, status: 'cancelled', start: null });
    const run = await harness.ledger.showRun(harness.runId);
    expect(run).to.include({ run_id: harness.runId, status: 'running', finished_at: null, report: null });
    expect(run?.details).to.have.length(3);
    expect(run?.details[0]).to.deep.include({ source: 'test.dbn', status: 'loaded', error: null });
    expect(run?.details[0]?.records).to.deep.equal({ ...noRecords(), decoded: 2, loaded: 1, quarantined: 1 });
    expect(run?.details[1]).to.deep.equal({ ...failed, chunk_id: run?.details[1]?.chunk_id });
    expect(run?.details[2]).to.include({ chunk_id: 77, status: 'cancelled', start: null });
  });

  it('tells a run that was killed from one that goes on, and writes it down when the next one starts', async () => {
    const url = harness.testDatabase?.url;
    const other = await SinkHarness.create(url === undefined ? {} : { url });
    const startedAt = new Date();
    const status = async (runId: string): Promise<unknown> => (await harness.ledger.showRun(runId))?.status;
    const stored = async (runId: string): Promise<unknown> =>
      (await harness.rows(`select status from tick.runs where run_id = '${runId}'`))[0]?.['status'];
    expect(await status(other.runId)).to.equal('running');
    // a killed process loses its connections, and the server finds out a moment later
    await other.database.close();
    while ((await status(other.runId)) !== 'interrupted');
    expect((await harness.ledger.listRuns(5)).map((run) => run.status)).to.include('interrupted');
    expect(await stored(other.runId)).to.equal('running');
    const next = randomUUID();
    await harness.ledger.startRun({ runId: next, command: 'ingest', tickloomVersion: '0.0.0', startedAt });
    expect(await stored(other.runId)).to.equal('interrupted');
    expect(await status(harness.runId)).to.equal('running');
    await harness.ledger.finishRun(next, report(next, []));
    expect(await status(next)).to.equal('incomplete');
  });

  it('goes on calling a run running that has lost its connections', async () => {
    const lockOfRun = `select pg_terminate_backend(pid, 60000) from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
    await harness.rows(lockOfRun);
    const status = async (): Promise<unknown> => (await harness.ledger.showRun(harness.runId))?.status;
    // the server has let go of the lock; that the run takes it again is a moment later
    while ((await status()) !== 'running');
    const other = await SinkHarness.create(harness.testDatabase === null ? {} : { url: harness.testDatabase.url });
    expect(await status()).to.equal('running');
    await other.database.close();
  });

  it('keeps the report of a run that ended', async () => {
    const done = report(harness.runId, [failed]);
    await harness.ledger.finishRun(harness.runId, done);
    const run = await harness.ledger.showRun(harness.runId);
    expect(run?.report).to.deep.equal(done);
    expect(run?.details).to.deep.equal([failed]);
    expect(run).to.include({ status: 'incomplete', tickloom_version: '0.0.0', command: 'ingest test' });
    expect(run?.finished_at).to.match(/^\d{4}-.*Z$/);
    expect(run?.chunks).to.deep.equal(done.chunks);
  });

  it('lists runs, the latest first, and knows which are not there', async () => {
    const later = randomUUID();
    const start = { command: 'later', tickloomVersion: '0.0.0', startedAt: new Date(Date.now() + 1000) };
    await harness.ledger.startRun({ runId: later, ...start });
    expect((await harness.ledger.listRuns(10)).map(({ run_id }) => run_id)).to.deep.equal([later, harness.runId]);
    expect(await harness.ledger.listRuns(1)).to.have.length(1);
    expect(await harness.ledger.showRun(randomUUID())).to.equal(undefined);
    expect(await harness.ledger.showRun('no uuid')).to.equal(undefined);
  });

  it('finds a run by the beginning of its id, and asks for more when several begin so', async () => {
    const [one, other] = ['abcdef01-0000-4000-8000-000000000001', 'abcdef01-0000-4000-8000-000000000002'];
    for (const runId of [one, other]) {
      await harness.ledger.startRun({ runId, command: 'x', tickloomVersion: '0.0.0', startedAt: new Date() });
    }
    expect(await harness.ledger.showRun(one.toUpperCase())).to.include({ run_id: one });
    expect(await harness.ledger.showRun(harness.runId.slice(0, 13))).to.include({ run_id: harness.runId });
    const thrown = await harness.ledger.showRun('abcdef01').catch((error: unknown) => error);
    expect(thrown).to.include({ code: 'NOT_FOUND' }).and.to.have.property('message').that.contains('"abcdef01"');
  });

  it('knows headers and contents of loaded chunks, and of no others', async () => {
    expect(await harness.ledger.knowsHeader(sha256('the header'))).to.equal(false);
    const load = await harness.begin(chunk);
    expect(await harness.ledger.knowsHeader(sha256('the header'))).to.equal(false);
    await load.rollback();
    const { chunkId } = await harness.load(chunk);
    expect(await harness.ledger.knowsHeader(sha256('the header'))).to.equal(true);
    const content = (text: string): ContentIdentity => ({
      contentSha256: sha256(text),
      dataset: 'TEST.SET',
      schema: 'trades',
      version: 3,
      tsOut: false,
    });
    const found = await harness.ledger.findContent(content('the content'));
    expect(found).to.deep.include({ chunkId, source: 'test.dbn', contentSha256: sha256('the content') });
    expect(found?.loadedAt).to.be.instanceOf(Date);
    for (const other of [{ dataset: 'X' }, { schema: 'tbbo' }, { schema: null }, { version: 1 }, { tsOut: true }]) {
      const readOtherwise = { ...content('the content'), ...other } as ContentIdentity;
      expect(await harness.ledger.findContent(readOtherwise)).to.equal(undefined);
    }
    expect(await harness.ledger.findContent(content('other'))).to.equal(undefined);
    await harness.load({ ...chunk, rows: [{ at: march(1) + 5n }], content: 'replacing', force: true });
    expect(await harness.ledger.findContent(content('the content'))).to.equal(undefined);
  });

  it('filters coverage', async () => {
    await harness.load(chunk);
    const keys = async (filter: object): Promise<string[]> =>
      (await harness.ledger.coverage(filter)).map(({ stype_in, symbol }) => `${stype_in} ${symbol}`);
    expect(await keys({ dataset: 'TEST.SET', schema: 'trades' })).to.deep.equal(['instrument_id 1', 'raw_symbol A1']);
    expect(await keys({ symbols: ['A1', 'B1'] })).to.deep.equal(['raw_symbol A1']);
    expect(await keys({ dataset: 'OTHER' })).to.deep.equal([]);
    expect(await keys({ schema: 'tbbo' })).to.deep.equal([]);
  });

  it('tells what is covered within a range, in ns, for everything asked for and each instrument', async () => {
    await harness.load(chunk);
    await harness.load({ rows: [], claim: claim(march(4), march(5) + 1n), content: 'a later one' });
    const within = { start: march(1) + 7n, end: march(4) + 9n };
    const ranges = [
      { start: march(1) + 7n, end: march(2) },
      { start: march(4), end: march(4) + 9n },
    ];
    expect(await harness.ledger.covered('TEST.SET', 'trades', within)).to.deep.equal([
      { stypeIn: 'instrument_id', symbol: '1', ranges },
      { stypeIn: 'raw_symbol', symbol: 'A1', ranges },
    ]);
    expect(await harness.ledger.covered('TEST.SET', 'trades', { start: march(2), end: march(4) })).to.deep.equal([]);
    expect(await harness.ledger.covered('TEST.SET', 'tbbo', within)).to.deep.equal([]);
    expect(await harness.ledger.covered('OTHER', 'trades', within)).to.deep.equal([]);
  });

  it('shows the quarantine', async () => {
    const { chunkId } = await harness.load(chunk);
    const store = new PostgresQuarantineStore(harness.database);
    const [entry, ...more] = await store.list({});
    expect(more).to.deep.equal([]);
    expect(entry).to.deep.equal({
      id: entry?.id,
      chunk_id: chunkId,
      ordinal: 1,
      dataset: 'TEST.SET',
      schema: 'trades',
      plugin: 'test',
      plugin_version: '1.0.0',
      drop_reason: null,
      state: 'open',
      reasons: [{ code: 'price-out-of-range', field: 'price', message: 'expected a price, found "x"' }],
      source: 'test.dbn',
    });
    const shown = await store.show(entry?.id ?? -1);
    expect(shown).to.deep.equal({ ...entry, record: Buffer.from('bad'), dbn_version: 3, ts_out: false });
    expect(await store.show(4711)).to.equal(undefined);
    const found = async (filter: object): Promise<number> => (await store.list(filter)).length;
    expect(await found({ dataset: 'TEST.SET', schema: 'trades', state: 'open', chunkId, limit: 5 })).to.equal(1);
    expect(await found({ dataset: 'OTHER' })).to.equal(0);
    expect(await found({ schema: 'tbbo' })).to.equal(0);
    expect(await found({ state: 'dropped' })).to.equal(0);
    expect(await found({ chunkId: chunkId + 1 })).to.equal(0);
    expect(await found({ limit: 0 })).to.equal(0);
  });
});
