import { expect } from 'chai';
import fc from 'fast-check';
import { PostgresVerifyStore } from '../../../../src/adapters/postgres/verify/postgres-verify-store.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import { LedgerCheck } from '../../../../src/core/verify/ledger-check.js';
import type { Difference } from '../../../../src/core/verify/verify-report.js';
import { SinkHarness, type TestChunk } from '../../../support/sink-harness.js';
import { type Answer, answer, lie, type Request, requests, truths } from '../../../support/vendor-model.js';

/** `npm run test:properties -- 1000` sets the first, and `PROPERTY_SEED` another beginning. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 60);
const SEED = Number(process.env.PROPERTY_SEED ?? 20_240_301);

/** What must be in the database: for continuous symbols apart from all others. */
class Model {
  readonly #rows = new Map<string, string>();
  readonly covered = new Set<string>();

  add(request: Request, { rows, covers }: Answer): void {
    for (const row of rows) {
      const { id, at, size, rejected } = row;
      const set = request.stype === 'continuous' ? request.symbol : '';
      // Records are told apart by what they are in the truth, so that equal ones count one by one.
      const name = `${set} ${nth(row)}`;
      this.#rows.set(name, rejected === undefined ? `row ${set} ${id} ${at} ${size}` : `bad ${id} ${at} ${rejected}`);
    }
    covers.forEach((each) => this.covered.add(each));
  }

  get lines(): string[] {
    return [...this.#rows.values()].sort();
  }
}

const numbers = new WeakMap<object, number>();
let counter = 0;
function nth(row: object): number {
  if (!numbers.has(row)) numbers.set(row, (counter += 1));
  return numbers.get(row) as number;
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

describe('PostgresSink under any order of requests', function () {
  this.timeout(20_000 + RUNS * 5_000);
  let harness: SinkHarness;
  let number = 0;

  before(async () => {
    harness = await SinkHarness.create();
  });
  after(async () => {
    await harness.close();
  });

  const expectHeld = async (model: Model): Promise<void> => {
    const held = await harness.rows<{ line: string }>(
      `select 'row ' || case when symbol like 'A.c.%' then symbol else '' end || ' ' || instrument_id || ' '
              || (extract(epoch from ts_recv) * 1000000)::bigint * 1000 + ts_recv_ns || ' ' || size as line from trades
       union all
       select 'bad ' || instrument_id || ' ' || index_ns || ' ' || convert_from(record, 'UTF8') from quarantine`,
    );
    expect(held.map(({ line }) => line).sort()).to.deep.equal(model.lines);
    const [sums] = await harness.rows<{ kept: string }>(
      'select coalesce(sum(loaded + quarantined), 0) as kept from chunks',
    );
    expect(sums?.kept).to.equal(String(model.lines.length));
    expect(await harness.rows('select * from claims')).to.deep.equal([]);
  };

  /** Loads, again where the chunk gave way to another that was in flight. */
  const load = async (chunk: TestChunk): Promise<void> => {
    for (;;) {
      try {
        const { records } = await harness.load(chunk);
        const { decoded, loaded, already_loaded, quarantined, control, unsupported } = records;
        expect(decoded).to.equal(loaded + already_loaded + quarantined + control + unsupported);
        return;
      } catch (error) {
        if ((error as TickloomError).code !== 'DATABASE_CONFLICT') throw error;
      }
    }
  };

  it('holds each record of what was asked for exactly once, and refuses what is not true', async () => {
    let lies = 0;
    await fc.assert(
      fc.asyncProperty(truths, fc.array(requests, { minLength: 1, maxLength: 7 }), async (truth, asked) => {
        await harness.rows('truncate trades, chunks, quarantine, coverage, symbology, claims');
        const model = new Model();
        for (const request of asked) {
          const told = answer(truth, request, `chunk ${(number += 1)}`);
          const untrue = lie(request, told, model.covered);
          if (untrue !== undefined) {
            lies += 1;
            const error = await harness.load(untrue).catch((thrown: unknown) => thrown as TickloomError);
            expect(error).to.have.property('code', 'COVERAGE_CONFLICT');
          }
          await load(told.chunk);
          model.add(request, told);
        }
        await expectHeld(model);
        expect(await differencesFrom(harness)).to.deep.equal([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(lies).to.be.greaterThan(RUNS / 20);
  });

  it('holds it exactly once when all are loaded at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(truths, fc.array(requests, { minLength: 2, maxLength: 6 }), async (truth, asked) => {
        await harness.rows('truncate trades, chunks, quarantine, coverage, symbology, claims');
        const model = new Model();
        const answers = asked.map((request) => answer(truth, request, `chunk ${(number += 1)}`));
        await Promise.all(answers.map(({ chunk }, index) => load({ ...chunk, source: `${index}.dbn` })));
        answers.forEach((told, index) => model.add(asked[index] as Request, told));
        await expectHeld(model);
      }),
      { numRuns: Math.ceil(RUNS / 2), seed: SEED },
    );
  });
});
