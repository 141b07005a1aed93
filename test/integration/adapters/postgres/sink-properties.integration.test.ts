import { expect } from 'chai';
import fc from 'fast-check';
import { PostgresVerifyStore } from '../../../../src/adapters/postgres/verify/postgres-verify-store.js';
import type { CoverageClaim } from '../../../../src/core/coverage/coverage-claim.js';
import { LedgerCheck } from '../../../../src/core/verify/ledger-check.js';
import type { Difference } from '../../../../src/core/verify/verify-report.js';
import { claim, DAY, march, SinkHarness, type TestChunk, type TestRow } from '../../../support/sink-harness.js';

const INSTRUMENTS = [1, 2, 3];
const DAYS = 4;
/** Quarters of a day: coarse enough that times and ends meet. */
const STEP = DAY / 4n;
const STEPS = DAYS * 4;

type TruthRow = TestRow & { readonly id: number; readonly size: number };

/** What the vendor has: at each step of each instrument some records, several of them equal. */
interface Truth {
  readonly rows: readonly TruthRow[];
}

interface Request {
  readonly instruments: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly all: boolean;
  readonly mapped: boolean;
  readonly limit: number | null;
  readonly force: boolean;
}

const truths: fc.Arbitrary<Truth> = fc
  .array(
    fc.record({
      id: fc.constantFrom(...INSTRUMENTS),
      step: fc.integer({ min: 0, max: STEPS - 1 }),
      size: fc.integer({ min: 1, max: 2 }),
      bad: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
    }),
    { maxLength: 30 },
  )
  .map((records) => ({
    rows: records
      .sort((a, b) => a.step - b.step)
      .map(({ id, step, size, bad }) => ({
        id,
        at: march(1) + BigInt(step) * STEP,
        size,
        ...(bad ? { rejected: `bad ${id} ${size}` } : {}),
      })),
  }));

const requests: fc.Arbitrary<Request> = fc
  .record({
    instruments: fc.subarray(INSTRUMENTS, { minLength: 1 }),
    from: fc.integer({ min: 0, max: STEPS - 1 }),
    length: fc.integer({ min: 1, max: STEPS }),
    all: fc.boolean(),
    mapped: fc.boolean(),
    limit: fc.option(fc.integer({ min: 1, max: 12 })),
    force: fc.integer({ min: 0, max: 5 }).map((die) => die === 0),
  })
  .map(({ length, ...rest }) => ({ ...rest, to: Math.min(rest.from + length, STEPS) }));

/** What the vendor answers. */
function answer(truth: Truth, request: Request, number: number): Omit<TestChunk, 'rows'> & Truth {
  const start = march(1) + BigInt(request.from) * STEP;
  const end = march(1) + BigInt(request.to) * STEP;
  const asked = truth.rows.filter(
    ({ id, at }) => (request.all || request.instruments.includes(id)) && at >= start && at < end,
  );
  const rows = request.limit === null ? asked : asked.slice(0, request.limit);
  const days = [{ start: march(1), end: march(1 + DAYS) }];
  const whole = claim(start, end, {
    asks: request.all
      ? [{ stypeIn: 'raw_symbol', symbol: 'ALL_SYMBOLS' }]
      : request.instruments.map((id) => ({ stypeIn: 'raw_symbol', symbol: `A${id}` })),
    instruments: request.all
      ? 'all'
      : request.mapped
        ? request.instruments.map((instrumentId) => ({ instrumentId, ranges: days }))
        : [],
  });
  const symbols = request.mapped || request.all ? {} : { mapped: 0, fallback: rows.length };
  const common = { rows, claim: whole, symbols, content: `chunk ${number}`, force: request.force };
  if (request.limit === null) return common;
  const last = rows.at(-1)?.at;
  const cut: CoverageClaim | null = last === undefined ? null : { ...whole, range: { start, end: last }, tail: last };
  return { ...common, tailClaim: cut };
}

/** What the ledger says of counts and digests, and the tables do not. */
async function differencesFrom({ database, table }: SinkHarness): Promise<readonly Difference[]> {
  const session = await new PostgresVerifyStore(database).begin();
  try {
    const check = new LedgerCheck(session, null);
    await check.readTable(table);
    await check.readQuarantine();
    return (await session.chunks({})).flatMap((chunk) => check.judge(chunk).differences);
  } finally {
    await session.close();
  }
}

describe('PostgresSink under any order of consistent requests', function () {
  this.timeout(120_000);
  let harness: SinkHarness;

  before(async () => {
    harness = await SinkHarness.create();
  });

  after(async () => {
    await harness.close();
  });

  it('holds each record of what was asked for exactly once', async () => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(truths, fc.array(requests, { minLength: 1, maxLength: 7 }), async (truth, asked) => {
        await harness.rows('truncate trades, chunks, quarantine, coverage, symbology');
        const expected = new Set<TruthRow>();
        for (const request of asked) {
          const chunk = answer(truth, request, ++number);
          const { records } = await harness.load(chunk);
          chunk.rows.forEach((row) => expected.add(row));
          expect(records.decoded).to.equal(
            records.loaded + records.already_loaded + records.quarantined + records.control + records.unsupported,
          );
        }
        const rows = [...expected].filter(({ rejected }) => rejected === undefined);
        const text = ({ id, at, size }: TruthRow): string => `${id} ${at} ${size}`;
        const held = await harness.rows<{ line: string }>(
          `select instrument_id || ' ' || (extract(epoch from ts_recv) * 1000000)::bigint * 1000 + ts_recv_ns || ' ' || size
             as line from trades`,
        );
        expect(held.map(({ line }) => line).sort()).to.deep.equal(rows.map(text).sort());
        const entries = await harness.rows<{ line: string }>(
          `select instrument_id || ' ' || index_ns || ' ' || convert_from(record, 'UTF8') as line from quarantine`,
        );
        const rejected = [...expected].filter((row) => row.rejected !== undefined);
        expect(entries.map(({ line }) => line).sort()).to.deep.equal(
          rejected.map(({ id, at, rejected: bytes = '' }) => `${id} ${at} ${bytes}`).sort(),
        );
        const [sums] = await harness.rows<{ loaded: string; quarantined: string }>(
          'select coalesce(sum(loaded), 0) as loaded, coalesce(sum(quarantined), 0) as quarantined from chunks',
        );
        expect(sums).to.deep.equal({ loaded: String(rows.length), quarantined: String(rejected.length) });
        expect(await differencesFrom(harness)).to.deep.equal([]);
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 40) },
    );
  });
});
