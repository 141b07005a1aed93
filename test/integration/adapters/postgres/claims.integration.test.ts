import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { PostgresSink } from '../../../../src/adapters/postgres/sink/postgres-sink.js';
import type { CoverageClaim } from '../../../../src/core/coverage/coverage-claim.js';
import type { ChunkLoad, ClaimHolder } from '../../../../src/core/sink/sink.js';
import { TEST_POSTGRES_VERSIONS } from '../../../support/postgres-server.js';
import { claim, DAY, march, SinkHarness, type TestChunk } from '../../../support/sink-harness.js';
import { rejected } from '../../../support/thrown.js';

const day1 = march(1);
const day2 = march(2);
const day3 = march(3);

/** Instruments, asked for by their symbols, on whole days. */
function of(ids: readonly number[], from: bigint, to: bigint, more: Partial<CoverageClaim> = {}): CoverageClaim {
  return claim(from, to, {
    asks: ids.map((id) => ({ stypeIn: 'raw_symbol', symbol: `A${id}` })),
    instruments: ids.map((instrumentId) => ({ instrumentId, ranges: [{ start: from, end: to }] })),
    ...more,
  });
}
const all = (from: bigint, to: bigint): CoverageClaim =>
  claim(from, to, { asks: [{ stypeIn: 'raw_symbol', symbol: 'ALL_SYMBOLS' }], instruments: 'all' });
const aliasOf = (symbol: string, from: bigint, to: bigint): CoverageClaim =>
  claim(from, to, { asks: [{ stypeIn: 'continuous', symbol }], alias: true });

/** A chunk with one row of each instrument at the start of its range. */
function chunk(whole: CoverageClaim | null, ids: readonly number[], more: Partial<TestChunk> = {}): TestChunk {
  const at = whole?.range.start ?? day1;
  const rows = ids.map((id) => ({ at, id, ...(whole?.alias === true ? { symbol: whole.asks[0]?.symbol ?? '' } : {}) }));
  return { rows, claim: whole, content: randomUUID(), ...more, ...(whole === null ? { header: null } : {}) };
}

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`claims on PostgreSQL ${version}`, () => {
    let harness: SinkHarness;
    let runs = 0;

    beforeEach(async () => {
      harness = await SinkHarness.create({ version });
    });
    afterEach(async () => {
      await harness.close();
    });

    const claims = (): Promise<Record<string, unknown>[]> => harness.rows('select source from claims');
    /** Loads a chunk that was begun to its end. */
    const finish = async (load: ChunkLoad, what: TestChunk): Promise<number> => {
      await harness.fill(load, what);
      const { records } = await harness.settle(load, what);
      await load.commit();
      return records.loaded;
    };
    /** Begins a chunk in another run, whose waiting has an end. */
    const beginElsewhere = (what: TestChunk, lockTimeoutMs = 0): Promise<ChunkLoad> => {
      runs += 1;
      const runId = `00000000-0000-4000-8000-${String(runs).padStart(12, '0')}`;
      return harness
        .rows(
          `insert into runs (run_id, command, tickloom_version, started_at) values ('${runId}', 'ingest', '0', now())`,
        )
        .then(() => new PostgresSink(harness.database, { lockTimeoutMs }).beginChunk({ ...harness.head(what), runId }));
    };

    describe('of chunks that do not overlap', () => {
      const pairs: Record<string, [TestChunk, TestChunk]> = {
        'other days': [chunk(of([1, 2], day1, day2), [1, 2]), chunk(of([1, 2], day2, day3), [1, 2])],
        'other instruments': [chunk(of([1], day1, day3), [1]), chunk(of([2, 3], day1, day3), [2, 3])],
        'a continuous symbol and its instrument': [
          chunk(of([1], day1, day2), [1]),
          chunk(aliasOf('A.c.0', day1, day2), [1]),
        ],
        'two continuous symbols': [chunk(aliasOf('A.c.0', day1, day2), [1]), chunk(aliasOf('A.v.0', day1, day2), [1])],
        'all symbols on other days': [chunk(all(day1, day2), [1, 9]), chunk(all(day2, day3), [1, 9])],
        // in this order: nobody knows beforehand which partitions a fragment needs, and a load that makes one holds others up
        'a continuous symbol and a fragment': [chunk(aliasOf('A.c.0', day1, day2), [1]), chunk(null, [1])],
      };
      for (const [name, [a, b]] of Object.entries(pairs)) {
        it(`let them load side by side: ${name}`, async () => {
          const first = await harness.begin(a);
          const second = await harness.begin(b);
          expect(await claims()).to.have.length.at.least(2);
          await harness.fill(first, a);
          expect(await finish(second, b)).to.equal(b.rows.length);
          await harness.settle(first, a);
          await first.commit();
          expect(await harness.held()).to.have.length(a.rows.length + b.rows.length);
          expect(await claims()).to.deep.equal([]);
        });
      }

      it('let twenty unite their coverage, their instruments in any order', async () => {
        const ids = [1, 2, 3, 4, 5];
        const chunks = Array.from({ length: 20 }, (_, day) =>
          chunk(of(day % 2 === 0 ? ids : [...ids].reverse(), march(1 + day), march(2 + day)), ids),
        );
        const loads = await Promise.all(chunks.map((each) => harness.begin(each)));
        await Promise.all(loads.map((load, index) => finish(load, chunks[index] as TestChunk)));
        const coverage = await harness.ledger.coverage({});
        expect(coverage).to.have.length(10);
        for (const { intervals } of coverage) {
          expect(intervals).to.deep.equal([
            { start: '2024-03-01T00:00:00.000000000Z', end: '2024-03-21T00:00:00.000000000Z' },
          ]);
        }
      });

      it('let forced ones amend the ledger of one chunk', async () => {
        const days = [1, 2, 3, 4, 5, 6];
        const whole = of([1, 2], march(1), march(7));
        const rows = days.flatMap((day) => [1, 2].map((id) => ({ at: march(day), id })));
        const first = await harness.load({ rows, claim: whole });
        const second = await harness.load({ rows: [{ at: march(9), id: 1 }], claim: of([1], march(9), march(10)) });
        await harness.rows(`update chunks set covered = '{(,)}' where chunk_id = ${second.chunkId}`);
        const forced = days.map((day) => chunk(of([1, 2], march(day), march(day + 1)), [1, 2], { force: true }));
        const loads = await Promise.all(forced.map((each) => harness.begin(each)));
        await Promise.all(loads.map((load, index) => finish(load, forced[index] as TestChunk)));
        expect(
          await harness.rows(`select loaded, superseded from chunks where chunk_id = ${first.chunkId}`),
        ).to.deep.equal([{ loaded: '0', superseded: '12' }]);
        expect(await harness.rows('select sum(loaded)::int as loaded, sum(replaced)::int as replaced from chunks')) //
          .to.deep.equal([{ loaded: 13, replaced: 12 }]);
        expect(await harness.held()).to.have.length(13);
      });
    });

    describe('of chunks that overlap', () => {
      const pairs: Record<string, [TestChunk, TestChunk]> = {
        'an instrument asked for in two ways': [
          chunk(of([1, 2], day1, day2), [1, 2]),
          chunk(of([1], day1, day3, { asks: [{ stypeIn: 'parent', symbol: 'A.FUT' }] }), [1]),
        ],
        'all symbols': [chunk(all(day1, day2), [1]), chunk(of([1], day1, day3), [1])],
        'a header without mappings': [
          chunk(of([], day1, day2, { asks: [{ stypeIn: 'raw_symbol', symbol: 'A1' }] }), [1]),
          chunk(of([1], day1, day2), [1]),
        ],
        'a fragment': [chunk(null, [1]), chunk(of([1], day2, day3), [1])],
        'two fragments': [chunk(null, [1]), chunk(null, [1])],
        'one continuous symbol': [chunk(aliasOf('A.c.0', day1, day3), [1]), chunk(aliasOf('A.c.0', day2, day3), [1])],
      };
      for (const [name, [a, b]] of Object.entries(pairs)) {
        it(`let the second wait: ${name}`, async () => {
          for (const [first, second] of [
            [a, b],
            [b, a],
          ] as const) {
            const load = await harness.begin(first);
            const error = await rejected(beginElsewhere(second));
            expect(error.code).to.equal('LOCKED');
            await load.rollback();
            await (await beginElsewhere(second)).rollback();
          }
        });
      }

      it('name the run and the chunk that another run waited for in vain', async () => {
        const load = await harness.begin({ ...chunk(of([1], day1, day2), [1]), source: 'first.dbn' });
        const error = await rejected(beginElsewhere(chunk(of([1], day1, day3), [1]), 20));
        expect(error.message).to.equal(
          `"test.dbn" overlaps "first.dbn", which run ${harness.runId} is loading: waited 0.02 s for it`,
        );
        expect(error.hint).to.match(/--lock-timeout/);
        expect(error.context).to.include({ run_id: harness.runId, held: 'first.dbn' });
        await load.rollback();
      });

      it('are told of once, and waited for without end inside a run', async () => {
        const sink = new PostgresSink(harness.database, { lockTimeoutMs: 1 });
        const first = await harness.begin({ ...chunk(of([1], day1, day2), [1]), source: 'first.dbn' });
        const second = await harness.begin({ ...chunk(of([1], day2, day3), [1]), source: 'second.dbn' });
        const holders: ClaimHolder[] = [];
        const both = chunk(of([1], day1, day3), [1]);
        const waiting = sink.beginChunk(harness.head(both), { onWait: (holder) => holders.push(holder) });
        while (holders.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        await first.rollback();
        await second.rollback();
        await (await waiting).rollback();
        expect(holders).to.deep.equal([{ runId: harness.runId, source: 'first.dbn' }]);
      });

      it('die with their connection', async () => {
        await harness.begin(chunk(of([1], day1, day2), [1]));
        await harness.rows(
          `select pg_terminate_backend(pid, 5000) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`,
        );
        expect(await claims()).to.have.length(1);
        const load = await beginElsewhere({ ...chunk(of([1], day1, day2), [1]), source: 'next.dbn' });
        expect(await claims()).to.deep.equal([{ source: 'next.dbn' }]);
        await load.rollback();
        expect(await claims()).to.deep.equal([]);
      });
    });

    describe('that a chunk outgrows', () => {
      const unmapped: Partial<TestChunk> = { symbols: { mapped: 1, fallback: 1 } };
      const grows = (): TestChunk => chunk(of([1], day1, day2), [1, 9], unmapped);
      const beyond = (): TestChunk => {
        const seen = { first: day1 - DAY, last: day1 };
        return { ...chunk(of([1], day1, day2), [1]), rows: [{ at: day1 - DAY }, { at: day1 }], seen };
      };

      it('grow with it, and the next chunk waits for what they grew by', async () => {
        const load = await harness.begin(grows());
        await (await beginElsewhere(chunk(of([9], day1, day2), [9]))).rollback();
        await harness.fill(load, grows());
        await harness.settle(load, grows());
        const error = await rejected(beginElsewhere(chunk(of([9], day1, day2), [9])));
        expect(error.code).to.equal('LOCKED');
        await load.commit();
        expect(await claims()).to.deep.equal([]);
        const after = chunk(of([9], day1, day2), [9]);
        expect((await harness.load(after)).records).to.include({ already_loaded: 1, loaded: 0 });
      });

      for (const [name, what, others] of [
        ['an instrument that its header does not map', grows, chunk(of([9], day1, day2), [9])],
        ['times outside its range', beyond, chunk(of([1], day1 - DAY, day1), [1])],
      ] as const) {
        it(`make it give way to one in flight, and wait for that one next time: ${name}`, async () => {
          const grown = what();
          const held = await harness.begin({ ...others, source: 'held.dbn' });
          const error = await rejected(harness.load(grown));
          expect(error.code).to.equal('DATABASE_CONFLICT');
          expect(error.action).to.equal('retry');
          expect(error.message).to.match(/"test.dbn" holds records beyond .* overlap "held.dbn"/);
          let waits = 0;
          const again = harness.begin(grown, { onWait: () => (waits += 1) });
          while (waits === 0) await new Promise((resolve) => setTimeout(resolve, 10));
          await finish(held, others);
          expect(await finish(await again, grown)).to.equal(1);
          expect(await harness.held()).to.have.length(2);
        });
      }

      it('let it find what another loaded meanwhile, a tail included', async () => {
        const cut = day1 + 5n;
        const tailOf = (ids: readonly number[]): CoverageClaim =>
          of(ids, day1, cut, { tail: cut, instruments: of(ids, day1, day2).instruments });
        const limited: TestChunk = {
          ...chunk(of([9], day1, day2), []),
          rows: [{ at: cut, id: 9 }],
          tailClaim: tailOf([9]),
        };
        const both: TestChunk = {
          ...limited,
          ...unmapped,
          claim: of([1], day1, day2),
          tailClaim: tailOf([1]),
          content: 'b',
        };
        const load = await harness.begin(both);
        await harness.load(limited);
        expect(await finish(load, both)).to.equal(0);
        expect(await harness.held()).to.have.length(1);
      });

      it('let it find what is held where a limit ends at midnight', async () => {
        await harness.load({ ...chunk(of([9], day2, day3), []), rows: [{ at: day2, id: 9 }] });
        const cut: TestChunk = {
          ...chunk(of([1], day1, day3), []),
          rows: [
            { at: day1, id: 1 },
            { at: day2, id: 9 },
          ],
          tailClaim: of([1], day1, day2, { tail: day2 }),
          ...unmapped,
        };
        expect((await harness.load(cut)).records).to.include({ loaded: 1, already_loaded: 1 });
      });

      it('grow by what control records map and the header does not', async () => {
        const mappedByRecord = chunk(of([], day1, day2, { asks: [{ stypeIn: 'raw_symbol', symbol: 'A1' }] }), [1], {
          control: 1,
        });
        await harness.load(mappedByRecord);
        const later = chunk(of([1], day1, day2), [1]);
        expect((await harness.load(later)).records).to.include({ already_loaded: 1, loaded: 0 });
      });
    });

    it('cannot overlap, whatever the code does', async () => {
      const insert = (id: number, alias: boolean, keys: string, times: string): Promise<unknown> =>
        harness.rows(
          `insert into claims (claim_id, run_id, source, dataset, schema, alias, keys, times)
           values (${id}, '${harness.runId}', 's', 'D', 'trades', ${alias}, '${keys}', '${times}')`,
        );
      await insert(1, false, '{[1,3),[7,8)}', '{[10,20)}');
      await insert(2, false, '{[3,7)}', '{[10,20)}');
      await insert(3, true, '{[1,3)}', '{[10,20)}');
      const error = await rejected(insert(4, false, '{[7,9)}', '{[0,5),[19,21)}'));
      expect(error.context).to.include({ sqlstate: '23P01', constraint: 'claims_do_not_overlap' });
    });

    it('cannot be needed for one content twice: the ledger takes it once', async () => {
      await harness.load(chunk(of([1], day1, day2), [1]));
      const twice = await rejected(
        harness.rows(
          `insert into chunks (run_id, source, status, dataset, schema, dbn_version, ts_out, content_sha256)
           select run_id, source, status, dataset, schema, dbn_version, ts_out, content_sha256 from chunks`,
        ),
      );
      expect(twice.context).to.include({ constraint: 'chunks_content_once' });
      const negative = await rejected(harness.rows('update chunks set loaded = loaded - 2, decoded = decoded - 2'));
      expect(negative.context).to.include({ constraint: 'chunks_counts' });
    });
  });
}
