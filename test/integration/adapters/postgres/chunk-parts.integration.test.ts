import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { resolveConnectionSettings } from '../../../../src/adapters/postgres/connection/connection-settings.js';
import { Database } from '../../../../src/adapters/postgres/connection/database.js';
import { PostgresSink, type PostgresSinkOptions } from '../../../../src/adapters/postgres/sink/postgres-sink.js';
import { PostgresVerifyStore } from '../../../../src/adapters/postgres/verify/postgres-verify-store.js';
import { SpareLanes } from '../../../../src/core/pipeline/spare-lanes.js';
import type { ChunkLoad } from '../../../../src/core/sink/sink.js';
import { PostgresProxy } from '../../../support/postgres-proxy.js';
import { claim, march, SinkHarness, type TestChunk, type TestRow } from '../../../support/sink-harness.js';
import { rejected } from '../../../support/thrown.js';

const BLOCKS = 12;
const BLOCK_ROWS = 500;
const ROWS = BLOCKS * BLOCK_ROWS;

const rows: TestRow[] = Array.from({ length: ROWS }, (_, index) => ({ at: march(1) + BigInt(index), size: index }));
const chunk: TestChunk = {
  rows,
  claim: claim(march(1), march(2)),
  seen: { first: march(1), last: march(1) + BigInt(ROWS - 1) },
  unnamed: [],
};

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a chunk loaded in parts', () => {
  let harness: SinkHarness;
  let spare: SpareLanes;

  beforeEach(async () => {
    harness = await SinkHarness.create();
    spare = new SpareLanes(3, 1);
  });

  afterEach(() => harness.close());

  const inParts = (database = harness.database, options: PostgresSinkOptions = {}): PostgresSink =>
    new PostgresSink(database, { partBytes: 1, ...options });

  const begin = (what = chunk, sink = inParts()): Promise<ChunkLoad> => sink.beginChunk(harness.head(what), { spare });

  /** Connections that parts of chunks are loaded over. */
  const openParts = async (): Promise<number> =>
    (
      await harness.rows(
        `select from pg_locks where locktype = 'advisory' and mode = 'ShareLock'
            and database = (select oid from pg_database where datname = current_database())`,
      )
    ).length;

  /** Writes in blocks; behind each of the first ones one more part has to be there. */
  const fill = async (load: ChunkLoad, what = chunk, parts = 2): Promise<void> => {
    let block = 0;
    for (let from = 0; from < what.rows.length; from += BLOCK_ROWS) {
      await harness.fill(load, { rows: what.rows.slice(from, from + BLOCK_ROWS) }, from);
      block += 1;
      while ((await openParts()) < Math.min(block, parts)) await delay(10);
    }
  };

  const fillAndSettle = async (load: ChunkLoad, what = chunk, parts = 2) => {
    await fill(load, what, parts);
    return harness.settle(load, what);
  };

  const transactions = async (): Promise<number> => {
    const [found] = await harness.rows<{ count: string }>('select count(distinct xmin::text) as count from trades');
    return Number(found?.count);
  };

  const unfinished = async (): Promise<number> => (await harness.rows('select from unfinished_chunks')).length;

  const isGivenBack = (): boolean => {
    const all = [spare.take(), spare.take(), spare.take()];
    return all.join() === 'true,true,false';
  };

  it('goes over the connections that are spare, and none of it is there before all of it is', async () => {
    const load = await begin();
    const { records } = await fillAndSettle(load);
    expect(records).to.include({ decoded: ROWS, loaded: ROWS, already_loaded: 0, quarantined: 0 });
    expect(await harness.held()).to.deep.equal([]);
    await load.commit();
    expect(await harness.held()).to.have.length(ROWS);
    expect(await harness.rows('select from trades group by ordinal')).to.have.length(ROWS);
    expect(await transactions()).to.equal(3);
    expect(await unfinished()).to.equal(0);
    expect(isGivenBack()).to.equal(true);
    expect(await harness.rows('select from claims')).to.deep.equal([]);
    expect(await harness.load(chunk)).to.include({ sameContent: true });
  });

  it('has the digest of the same chunk loaded over one connection', async () => {
    const digest = async (): Promise<unknown> =>
      (await harness.rows(`select row_digest, loaded from chunks where status = 'loaded'`))[0];
    const load = await begin();
    await fillAndSettle(load);
    await load.commit();
    const own = await SinkHarness.create();
    await own.load(chunk);
    const [expected] = await own.rows(`select row_digest, loaded from chunks where status = 'loaded'`);
    await own.close();
    expect(await digest()).to.deep.equal(expected);
  });

  it('takes no connection for a chunk that is not large, and none where none is spare', async () => {
    const small = await begin(chunk, inParts(harness.database, { partBytes: 10_000_000 }));
    await fillAndSettle(small, chunk, 0);
    await small.commit();
    expect(await transactions()).to.equal(1);
    await harness.rows('truncate trades, chunks, coverage cascade');
    spare = new SpareLanes(1, 1);
    const alone = await begin();
    await fillAndSettle(alone, chunk, 0);
    await alone.commit();
    expect(await transactions()).to.equal(1);
  });

  it('keeps the rejected records of the chunk with it', async () => {
    const some = rows.map((row, index) => (index % 100 === 7 ? { ...row, rejected: `bad ${index}` } : row));
    const mixed = { ...chunk, rows: some };
    const load = await begin(mixed);
    const { records } = await fillAndSettle(load, mixed);
    await load.commit();
    expect(records).to.include({ decoded: ROWS, loaded: ROWS - ROWS / 100, quarantined: ROWS / 100 });
    expect(await harness.rows('select from quarantine')).to.have.length(ROWS / 100);
    expect(await transactions()).to.equal(3);
  });

  it('leaves nothing when it is rolled back', async () => {
    const load = await begin();
    await fill(load);
    await load.rollback();
    expect(await harness.held()).to.deep.equal([]);
    expect(isGivenBack()).to.equal(true);
    expect((await harness.load(chunk)).records.loaded).to.equal(ROWS);
  });

  it('fails with the connection of a part, and leaves nothing', async () => {
    const load = await begin();
    await fill(load);
    const [part] = await harness.rows<{ pid: number }>(
      `select l.pid from pg_locks l where l.locktype = 'advisory' and l.mode = 'ShareLock'
          and l.database = (select oid from pg_database where datname = current_database()) limit 1`,
    );
    await harness.rows(`select pg_terminate_backend(${part?.pid ?? 0}, 5000)`);
    expect(await rejected(fillAndSettle(load, chunk, 0))).to.include({ code: 'DATABASE_LOST' });
    await load.rollback();
    expect(await harness.held()).to.deep.equal([]);
    expect((await harness.load(chunk)).records.loaded).to.equal(ROWS);
  });

  it('is left alone by others while a part of it may yet be committed', async () => {
    const load = await begin();
    await fillAndSettle(load);
    const [own] = await harness.rows<{ pid: number }>(
      `select l.pid from pg_locks l join claims c on (l.classid::bigint << 32 | l.objid::bigint) = c.claim_id
        where l.locktype = 'advisory' and l.mode = 'ExclusiveLock' limit 1`,
    );
    await harness.rows(`select pg_terminate_backend(${own?.pid ?? 0}, 5000)`);
    const impatient = new PostgresSink(harness.database, { lockTimeoutMs: 100 });
    const other = { ...harness.head(chunk), runId: randomUUID() };
    expect(await rejected(impatient.beginChunk(other))).to.include({ code: 'LOCKED' });
    await load.rollback();
    expect((await harness.load(chunk)).records.loaded).to.equal(ROWS);
  });

  it('fails where it has to be compared with what is there, and is then loaded over one connection', async () => {
    const other: TestRow = { at: march(1) + 5n, id: 2, size: 5, symbol: 'A2' };
    const whole = { start: march(1), end: march(2) };
    const held = {
      asks: [{ stypeIn: 'raw_symbol', symbol: 'A2' }],
      instruments: [{ instrumentId: 2, ranges: [whole] }],
    };
    await harness.load({
      rows: [other],
      claim: claim(march(1), march(2), held),
      seen: { first: other.at, last: other.at },
    });
    const mixed = { ...chunk, rows: rows.map((row, index) => (index === 5 ? other : row)), unnamed: [2] };
    const sink = inParts();
    const first = await begin(mixed, sink);
    const error = await rejected(fillAndSettle(first, mixed));
    await first.rollback();
    expect(error).to.include({ code: 'DATABASE_CONFLICT' });
    const second = await begin(mixed, sink);
    const { records } = await fillAndSettle(second, mixed, 0);
    await second.commit();
    expect(records).to.include({ decoded: ROWS, loaded: ROWS - 1, already_loaded: 1 });
    expect(await harness.held()).to.have.length(ROWS);
  });

  it('is not loaded in parts when it replaces, or may be there already', async () => {
    const load = await begin();
    await fillAndSettle(load);
    await load.commit();
    for (const again of [
      { ...chunk, force: true },
      { ...chunk, content: 'other bytes' },
    ]) {
      spare = new SpareLanes(3, 1);
      const next = await begin(again);
      await fill(next, again, 0);
      expect(await openParts()).to.equal(0);
      expect(isGivenBack()).to.equal(true);
      await harness.settle(next, again);
      await next.commit();
      expect(await harness.held()).to.have.length(ROWS);
    }
  });

  describe('interrupted between the commits of its parts', () => {
    let proxy: PostgresProxy;
    let through: Database;

    beforeEach(async () => {
      const { host, port, user, database } = harness.database.settings;
      proxy = await PostgresProxy.start(`${host}/.s.PGSQL.${port}`);
      const settings = resolveConnectionSettings(
        `postgresql://${user}@127.0.0.1:${proxy.port}/${database}?sslmode=disable`,
        {},
      );
      through = new Database(settings as NonNullable<typeof settings>, { dbSchema: 'tick' });
    });

    afterEach(async () => {
      await through.close();
      await proxy.close();
    });

    /** Loses the connection of the n-th COMMIT from here on: of three, the last one is that of the chunk. */
    const atCommit = (nth: number, verdict: 'cut' | 'cut-after-answer'): void => {
      let commits = 0;
      proxy.onRequest = (bytes) => {
        if (!bytes.includes('commit\0')) return 'pass';
        commits += 1;
        return commits === nth ? verdict : 'pass';
      };
    };

    const interruptAt = async (nth: number, verdict: 'cut' | 'cut-after-answer'): Promise<unknown> => {
      const load = await inParts(through).beginChunk(harness.head(chunk), { spare });
      await fillAndSettle(load);
      atCommit(nth, verdict);
      try {
        return await rejected(load.commit());
      } finally {
        await load.rollback();
      }
    };

    const leftOut = async (): Promise<number[]> => {
      const session = await new PostgresVerifyStore(harness.database).begin();
      try {
        return await session.unfinished({ dataset: harness.head(chunk).dataset });
      } finally {
        await session.close();
      }
    };

    it('is not there, its parts are told of, and the next attempt loads it once', async () => {
      expect(await interruptAt(3, 'cut')).to.include({ code: 'DATABASE_LOST' });
      const stranded = (await harness.held()).length;
      expect(stranded).to.be.greaterThan(0).and.below(ROWS);
      expect(await harness.rows(`select from chunks where status = 'loaded'`)).to.deep.equal([]);
      expect(await harness.rows('select from coverage')).to.deep.equal([]);
      expect(await leftOut()).to.have.length(1);
      expect((await harness.load(chunk)).records.loaded).to.equal(ROWS);
      expect(await harness.held()).to.have.length(ROWS);
      expect(await leftOut()).to.deep.equal([]);
    });

    it('leaves parts that the next run removes, whatever it loads', async () => {
      await interruptAt(3, 'cut');
      expect(await unfinished()).to.equal(1);
      const next = { runId: randomUUID(), command: 'ingest other', tickloomVersion: '0.0.0', startedAt: new Date() };
      await harness.ledger.startRun(next);
      expect(await harness.held()).to.deep.equal([]);
      expect(await unfinished()).to.equal(0);
    });

    for (const [nth, verdict] of [
      [1, 'cut'],
      [1, 'cut-after-answer'],
      [2, 'cut'],
      [2, 'cut-after-answer'],
    ] as const) {
      it(`removes its parts itself where it can (${verdict} at part ${nth})`, async () => {
        expect(await interruptAt(nth, verdict)).to.include({ code: 'DATABASE_LOST' });
        expect((await harness.load(chunk)).records.loaded).to.equal(ROWS);
        expect(await harness.held()).to.have.length(ROWS);
        expect(await unfinished()).to.equal(0);
      });
    }

    it('finds out that it was loaded though the answer was lost', async () => {
      const load = await inParts(through).beginChunk(harness.head(chunk), { spare });
      await fillAndSettle(load);
      atCommit(3, 'cut-after-answer');
      await load.commit();
      expect(await harness.held()).to.have.length(ROWS);
      expect(await unfinished()).to.equal(0);
    });
  });
});
