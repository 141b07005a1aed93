import { expect } from 'chai';
import { resolveConnectionSettings } from '../../../../src/adapters/postgres/connection/connection-settings.js';
import { Database } from '../../../../src/adapters/postgres/connection/database.js';
import { PostgresSink } from '../../../../src/adapters/postgres/sink/postgres-sink.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import type { ChunkLoad } from '../../../../src/core/sink/sink.js';
import { tuple } from '../../../support/copy-tuples.js';
import { PostgresProxy } from '../../../support/postgres-proxy.js';
import { createDatabase, startTestServer } from '../../../support/postgres-server.js';
import { claim, march, SinkHarness, type TestChunk, type TestRow } from '../../../support/sink-harness.js';

const rows: TestRow[] = Array.from({ length: 1000 }, (_, index) => ({ at: march(1) + BigInt(index), size: index }));
const chunk: TestChunk = { rows, claim: claim(march(1), march(2)) };

async function failure(promise: Promise<unknown>): Promise<TickloomError> {
  return promise.then(
    () => {
      throw new Error('expected an error');
    },
    (error: unknown) => error as TickloomError,
  );
}

/** Writes until the server's objection comes back, which it does some buffers later. */
async function writeUntilItFails(harness: SinkHarness, load: ChunkLoad): Promise<TickloomError> {
  return failure(
    (async () => {
      for (let turn = 0; turn < 500; turn += 1) await harness.fill(load, chunk);
      await harness.settle(load, chunk);
    })(),
  );
}

describe('PostgresSink when something fails', () => {
  let harness: SinkHarness;
  const unhandled: unknown[] = [];
  const note = (error: unknown): number => unhandled.push(error);

  beforeEach(async () => {
    harness = await SinkHarness.create();
    process.on('unhandledRejection', note);
  });

  afterEach(async () => {
    process.off('unhandledRejection', note);
    await harness.close();
    expect(unhandled).to.deep.equal([]);
  });

  it('ends at once what waits in the server when it is interrupted, and loads the next chunk', async () => {
    const other = await harness.database.session({ doing: 'keeping others out' });
    await other.query('begin');
    await other.query('lock table tick.trades in access exclusive mode');
    const interrupt = new AbortController();
    const load = await harness.begin(chunk, { signal: interrupt.signal });
    const failed = failure(harness.fill(load, chunk).then(() => harness.settle(load, chunk)));
    const waiting = `select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`;
    while ((await harness.rows(waiting)).length === 0);
    interrupt.abort();
    expect(await failed).to.include({ code: 'CANCELLED', message: 'cancelled, loading "test.dbn"' });
    await load.rollback();
    // one that is about to write when it is interrupted does not begin to wait
    const late = new AbortController();
    const next = await harness.begin(chunk, { signal: late.signal });
    late.abort();
    expect(await failure(harness.fill(next, chunk))).to.include({ code: 'CANCELLED' });
    await next.rollback();
    await other.query('rollback');
    other.release();
    expect((await harness.load(chunk)).records.loaded).to.equal(1000);
  });

  it('rejects a row that the table refuses, rolls back, and loads the next chunk', async () => {
    const load = await harness.begin(chunk);
    const bad = tuple(harness.table, { instrument_id: 1, ts_recv: march(1), symbol: 'A1', dataset: 'D', chunk_id: 1 });
    await load.write(harness.table, bad, 1);
    const error = await writeUntilItFails(harness, load);
    await load.rollback();
    expect(error.code).to.equal('LOAD_REJECTED');
    expect(error.message).to.match(
      /^the database reports an error, loading "test.dbn": null value in column "ordinal"/,
    );
    expect(error.context).to.include({ sqlstate: '23502', table: 'trades', column: 'ordinal' });
    expect((await harness.load(chunk)).records.loaded).to.equal(1000);
  });

  it('rejects bytes that are no tuples', async () => {
    const load = await harness.begin(chunk);
    await load.write(harness.table, Buffer.from([0, 3, 1, 2, 3]), 1);
    const error = await failure(harness.settle(load, chunk));
    await load.rollback();
    expect(error.code).to.equal('LOAD_REJECTED');
  });

  it('does not take fewer rows than it was told for granted', async () => {
    const load = await harness.begin(chunk);
    await load.write(harness.table, Buffer.alloc(0), 1);
    expect((await failure(harness.settle(load, chunk))).code).to.equal('INVARIANT');
    await load.rollback();
  });

  it('refuses to commit what is not settled', async () => {
    const load = await harness.begin(chunk);
    expect((await failure(load.commit())).code).to.equal('INVARIANT');
    await load.rollback();
  });

  for (const when of ['before the first row', 'in the middle of a copy', 'between copy and commit'] as const) {
    it(`says that the connection was lost ${when}, and the next attempt loads everything`, async () => {
      const load = await harness.begin(chunk);
      if (when !== 'before the first row') await harness.fill(load, chunk);
      if (when === 'between copy and commit') await harness.settle(load, chunk);
      await harness.rows(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
      );
      const error =
        when === 'between copy and commit' ? await failure(load.commit()) : await writeUntilItFails(harness, load);
      await load.rollback();
      expect(error.code).to.equal('DATABASE_LOST');
      expect(await harness.held()).to.deep.equal([]);
      expect((await harness.load(chunk)).records).to.include({ loaded: 1000, already_loaded: 0 });
    });
  }

  it('survives a server that is killed in the middle of a copy', async () => {
    // Without it, what was committed a moment before the kill may be gone, as anywhere.
    const server = await startTestServer({ settings: { synchronous_commit: 'on' } });
    const own = await SinkHarness.create({ url: server.url });
    const load = await own.begin(chunk);
    await own.fill(load, chunk);
    await server.kill('SIGKILL');
    const error = await writeUntilItFails(own, load);
    await load.rollback();
    expect(['DATABASE_LOST', 'DATABASE_UNREACHABLE']).to.include(error.code);
    await server.restart();
    expect(await own.held()).to.deep.equal([]);
    expect((await own.load(chunk)).records.loaded).to.equal(1000);
    await own.close();
    await server.kill('SIGINT');
  });

  it('names the migration when the tables are not there', async () => {
    const empty = await createDatabase();
    const settings = resolveConnectionSettings(empty.url, {});
    const database = new Database(settings as NonNullable<typeof settings>, { dbSchema: 'tick' });
    const error = await failure(new PostgresSink(database).beginChunk(harness.head(chunk)));
    expect(error.code).to.equal('MIGRATION_PENDING');
    await database.close();
    await empty.drop();
  });

  describe('while it commits', () => {
    let proxy: PostgresProxy;
    let through: Database;

    beforeEach(async () => {
      const settings = harness.database.settings;
      proxy = await PostgresProxy.start(`${settings.host}/.s.PGSQL.${settings.port}`);
      const url = `postgresql://${settings.user}@127.0.0.1:${proxy.port}/${settings.database}?sslmode=disable`;
      const viaProxy = resolveConnectionSettings(url, {});
      through = new Database(viaProxy as NonNullable<typeof viaProxy>, { dbSchema: 'tick' });
    });

    afterEach(async () => {
      await through.close();
      await proxy.close();
    });

    const commitThrough = async (verdict: 'cut' | 'cut-after-answer'): Promise<void> => {
      const load = await new PostgresSink(through).beginChunk(harness.head(chunk));
      await harness.fill(load, chunk);
      await harness.settle(load, chunk);
      proxy.onRequest = (bytes) => {
        if (!bytes.includes('commit\0')) return 'pass';
        proxy.onRequest = () => 'pass';
        return verdict;
      };
      try {
        await load.commit();
      } finally {
        await load.rollback();
      }
    };

    it('finds out that the commit came through though its answer was lost', async () => {
      await commitThrough('cut-after-answer');
      expect(await harness.held()).to.have.length(1000);
      expect((await harness.load(chunk)).sameContent).to.equal(true);
    });

    it('finds out that the commit never arrived', async () => {
      expect((await failure(commitThrough('cut'))).code).to.equal('DATABASE_LOST');
      expect(await harness.held()).to.deep.equal([]);
      expect((await harness.load(chunk)).records.loaded).to.equal(1000);
    });
  });

  it('stops writing while the server takes nothing: what waits is bounded', async () => {
    const { host, port, user, database } = harness.database.settings;
    const proxy = await PostgresProxy.start(`${host}/.s.PGSQL.${port}`);
    const settings = resolveConnectionSettings(`postgresql://${user}@127.0.0.1:${proxy.port}/${database}`, {});
    const through = new Database(settings as NonNullable<typeof settings>, { dbSchema: 'tick' });
    const load = await new PostgresSink(through).beginChunk(harness.head(chunk));
    proxy.hold(true);
    const block = Buffer.concat(
      rows.map((row, ordinal) => tuple(harness.table, harness.values(row, ordinal, load.chunkId))),
    );
    let written = 0;
    const writing = (async () => {
      for (let turn = 0; turn < 500; turn += 1) {
        await load.write(harness.table, block, rows.length);
        written += rows.length;
      }
    })();
    let before = -1;
    while (before !== written || written === 0) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(written * (block.length / rows.length)).to.be.below(16 * 1024 * 1024);
    proxy.hold(false);
    await writing;
    await load.rollback();
    await through.close();
    await proxy.close();
    expect(written).to.equal(500_000);
  });
});
