import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import pg from 'pg';
import { compress } from '../../src/adapters/zstd/index.js';
import { encodeDbn, newMetadata, type RecordToEncode } from '../../src/core/dbn/encode/dbn-encoder.js';
import type { RecordInput } from '../../src/core/dbn/record/write-record.js';
import { createTickloom, type ChunkReport } from '../../src/index.js';
import { createDatabase, TEST_POSTGRES_VERSIONS } from '../support/postgres-server.js';
import { DAY, MONDAY, SECOND, trade, tradesHeader, trades } from '../support/trade-file.js';

const definition = (second: number, id: number, values: RecordInput = {}): RecordToEncode => ({
  layout: 'definition',
  values: {
    publisher_id: 1,
    instrument_id: id,
    ts_event: MONDAY + BigInt(second) * SECOND,
    ts_recv: MONDAY + BigInt(second) * SECOND,
    raw_symbol: `ES${id}`,
    security_update_action: 'A',
    instrument_class: 'F',
    ...values,
  },
});
const leg = (index: number): RecordInput => ({
  instrument_class: 'S',
  leg_count: 2,
  leg_index: index,
  leg_instrument_id: 10 + index,
  leg_raw_symbol: `LEG${index}`,
  leg_side: index === 0 ? 'B' : 'A',
});

/** The same definitions as a version writes them: an outright that is repeated, and a spread of two legs. */
const definitions = (version: 1 | 2 | 3): RecordToEncode[] => {
  const outrights = [definition(1, 10), definition(1, 10), definition(1, 11)];
  const spread = definition(2, 20, { instrument_class: 'S' });
  return version === 3
    ? [...outrights, ...[0, 1].map((index) => definition(2, 20, leg(index)))]
    : [...outrights, spread];
};

/** Stands for text that is not UTF-8 and gets its record rejected; it cannot be written as a string. */
const NOT_UTF8 = 'NOTUTF8';
const rejected: RecordInput = { group: NOT_UTF8 };

function spoiled(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(NOT_UTF8); at >= 0; at = copy.indexOf(NOT_UTF8)) copy[at] = 0xff;
  return copy;
}

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, index) =>
        permutations(items.filter((_, at) => at !== index)).map((rest) => [item, ...rest]),
      );

for (const version of TEST_POSTGRES_VERSIONS)
  describe(`the same data in several DBN versions, in PostgreSQL ${version}`, function () {
    this.timeout(120_000);
    let folder: string;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tickloom-versions-'));
      for (const dbn of [1, 2, 3] as const) {
        const header = {
          version: dbn,
          dataset: 'GLBX.MDP3',
          start: MONDAY,
          end: MONDAY + DAY,
          symbols: ['ALL_SYMBOLS'],
        };
        const files = {
          definition: encodeDbn(newMetadata({ ...header, schema: 'definition' }), definitions(dbn)),
          trades: encodeDbn({ ...tradesHeader(), version: dbn, symbolCstrLen: dbn === 1 ? 22 : 71 }, trades(20)),
        };
        for (const [schema, bytes] of Object.entries(files)) {
          await writeFile(join(folder, `${schema}.v${dbn}.dbn`), bytes);
          await writeFile(join(folder, `${schema}.v${dbn}.dbn.zst`), Readable.from(compress(Readable.from([bytes]))));
        }
      }
    });
    after(() => rm(folder, { recursive: true, force: true }));

    const load = async (files: readonly string[]): Promise<pg.QueryResult['rows'][]> => {
      const database = await createDatabase({ version });
      const tickloom = createTickloom({ database: database.url });
      const client = new pg.Client({ connectionString: database.url });
      try {
        for (const file of files) {
          const report = await tickloom.ingest({ paths: [join(folder, file)] });
          expect(report.status, JSON.stringify(report.details[0]?.error)).to.equal('complete');
        }
        await client.connect();
        const held = await Promise.all(
          [
            'select instrument_id::int as id, count(*)::int as rows from tickloom.definition group by 1 order by 1',
            'select count(*)::int as rows from tickloom.trades',
          ].map(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows),
        );
        return held;
      } finally {
        await client.end();
        await tickloom.close();
        await database.drop();
      }
    };

    for (const order of permutations([1, 2, 3])) {
      it(`is held once when v${order.join(', v')} come in this order, plain and compressed`, async () => {
        const files = order.flatMap((dbn, index) =>
          ['definition', 'trades'].flatMap((schema) => {
            const name = `${schema}.v${dbn}.dbn`;
            return index === 1 ? [`${name}.zst`, name] : [name, `${name}.zst`];
          }),
        );
        // A spread keeps the form of the version that came first: two legs, or one record without.
        const spread = order[0] === 3 ? 2 : 1;
        expect(await load(files)).to.deep.equal([
          [
            { id: 10, rows: 2 },
            { id: 11, rows: 1 },
            { id: 20, rows: spread },
          ],
          [{ rows: 20 }],
        ]);
      });
    }

    describe('in files that cover nothing', () => {
      /** Equal ones among them, and one that is rejected. */
      const statistics = [3, 3, 4, 5].map((second): RecordToEncode => ({
        layout: 'statistics',
        values: {
          instrument_id: 5482,
          ts_event: MONDAY + BigInt(second) * SECOND,
          ts_recv: MONDAY + BigInt(second) * SECOND,
          ts_ref: MONDAY,
          price: 5_100_250_000_000n,
          quantity: second,
          stat_type: 1,
          update_action: 1,
        },
      }));
      const outrights = [...definitions(3).slice(0, 3), definition(3, 12, rejected)];
      /** By schema: the records, and changes that make them others. */
      const contents = {
        trades: [trades(20), trades(20).with(7, trade(7, { price: 1n }))],
        statistics: [
          statistics,
          statistics.with(2, { ...statistics[2], values: { ...statistics[2]?.values, price: 1n } } as RecordToEncode),
        ],
        definition: [outrights, outrights.with(1, definition(1, 10, { raw_symbol: 'OTHER' }))],
      } as const satisfies Record<string, readonly (readonly RecordToEncode[])[]>;

      const file = (dbn: 1 | 2 | 3, schema: keyof typeof contents, records: readonly RecordToEncode[]): Uint8Array =>
        spoiled(
          encodeDbn(
            newMetadata({ version: dbn, dataset: 'GLBX.MDP3', schema, start: MONDAY, stypeIn: 'instrument_id' }),
            records,
          ),
        );
      const held = async (
        files: readonly Uint8Array[],
      ): Promise<[statuses: string[], records: number, entries: number]> => {
        const database = await createDatabase({ version });
        const tickloom = createTickloom({ database: database.url });
        const client = new pg.Client({ connectionString: database.url });
        try {
          const statuses: string[] = [];
          for (const [index, bytes] of files.entries()) {
            const path = join(folder, `bare.${index}.dbn${index % 2 === 0 ? '' : '.zst'}`);
            await writeFile(path, index % 2 === 0 ? bytes : Readable.from(compress(Readable.from([bytes]))));
            const { details } = await tickloom.ingest({ paths: [path] });
            statuses.push(details[0]?.status ?? '');
          }
          await client.connect();
          const { rows } = await client.query<{ records: number; entries: number }>(
            `select ((select count(*) from tickloom.trades) + (select count(*) from tickloom.statistics)
               + (select count(*) from tickloom.definition))::int as records,
               (select count(*)::int from tickloom.quarantine) as entries`,
          );
          const verified = await tickloom.verify({ deep: true });
          expect(verified.status, JSON.stringify(verified.details)).to.equal('ok');
          return [statuses, rows[0]?.records as number, rows[0]?.entries as number];
        } finally {
          await client.end();
          await tickloom.close();
          await database.drop();
        }
      };

      for (const schema of ['trades', 'statistics', 'definition'] as const) {
        const [records, others] = contents[schema];
        const bad = schema === 'definition' ? 1 : 0;

        for (const order of permutations([1, 2, 3] as const)) {
          it(`holds ${schema} once when v${order.join(', v')} come in this order, and come again`, async () => {
            const files = [...order, ...order].map((dbn) => file(dbn, schema, records));
            const already = Array.from({ length: 5 }, () => 'already_loaded');
            expect(await held(files)).to.deep.equal([['loaded', ...already], records.length - bad, bad]);
          });
        }

        it(`holds ${schema} of another version as well where a record is another one`, async () => {
          const files = [file(3, schema, records), file(1, schema, others), file(2, schema, records.slice(1))];
          const all = 3 * records.length - 1;
          expect(await held(files)).to.deep.equal([['loaded', 'loaded', 'loaded'], all - 3 * bad, 3 * bad]);
        });
      }
    });

    describe('when the files are not quite alike', () => {
      let database: { readonly url: string; drop(): Promise<void> };
      beforeEach(async () => {
        database = await createDatabase({ version });
      });
      afterEach(() => database.drop());

      /** Loads definitions of one version that cover a part of the day. */
      const loadDefinitions = async (
        dbn: 1 | 2 | 3,
        records: readonly RecordToEncode[],
        [start, end]: readonly [bigint, bigint] = [MONDAY, MONDAY + DAY],
      ): Promise<ChunkReport> => {
        const path = join(folder, 'definitions.dbn');
        const header = { version: dbn, dataset: 'GLBX.MDP3', start, end, symbols: ['ALL_SYMBOLS'] };
        await writeFile(path, spoiled(encodeDbn(newMetadata({ ...header, schema: 'definition' }), records)));
        const tickloom = createTickloom({ database: database.url });
        try {
          const { details } = await tickloom.ingest({ paths: [path] });
          return details[0] as ChunkReport;
        } finally {
          await tickloom.close();
        }
      };
      const expectHeld = async (dbn: 1 | 2 | 3, records: readonly RecordToEncode[]): Promise<void> => {
        const { status, error } = await loadDefinitions(dbn, records);
        expect(status, JSON.stringify(error)).to.equal('already_loaded');
      };

      for (const [first, second] of [
        [3, 1],
        [1, 3],
        [3, 2],
        [2, 3],
      ] as const) {
        it(`refuses v${second} that lacks a spread of v${first}`, async () => {
          await loadDefinitions(first, definitions(first));
          const { status, error } = await loadDefinitions(second, definitions(second).slice(0, 3));
          expect([status, error?.code]).to.deep.equal(['failed', 'COVERAGE_CONFLICT']);
        });

        it(`refuses v${second} that has one definition more often than v${first}`, async () => {
          await loadDefinitions(first, definitions(first));
          const { status, error } = await loadDefinitions(second, [definition(1, 10), ...definitions(second)]);
          expect([status, error?.code]).to.deep.equal(['failed', 'COVERAGE_CONFLICT']);
        });

        it(`takes a rejected spread of v${first} for that of v${second}, and misses it when it is not there`, async () => {
          const spreads = (dbn: 1 | 2 | 3): RecordToEncode[] =>
            dbn === 3
              ? [0, 1].map((index) => definition(2, 20, { ...leg(index), ...rejected }))
              : [definition(2, 20, { instrument_class: 'S', ...rejected })];
          const { records } = await loadDefinitions(first, [definition(1, 10), ...spreads(first)]);
          expect(records.quarantined).to.equal(first === 3 ? 2 : 1);
          await expectHeld(second, [definition(1, 10), ...spreads(second)]);
          const { status, error } = await loadDefinitions(second, [definition(1, 10)]);
          expect([status, error?.code]).to.deep.equal(['failed', 'COVERAGE_CONFLICT']);
        });
      }

      for (const order of permutations([1, 2, 3] as const)) {
        const [morning, afternoon, day] = order as [1 | 2 | 3, 1 | 2 | 3, 1 | 2 | 3];
        it(`finds a day of v${day} in a morning of v${morning} and an afternoon of v${afternoon}`, async () => {
          const noon = MONDAY + DAY / 2n;
          const later = (records: RecordToEncode[]): RecordToEncode[] =>
            records.map((record) => ({ ...record, values: { ...record.values, ts_recv: noon, ts_event: noon } }));
          await loadDefinitions(morning, definitions(morning), [MONDAY, noon]);
          await loadDefinitions(afternoon, later(definitions(afternoon)), [noon, MONDAY + DAY]);
          await expectHeld(day, [...definitions(day), ...later(definitions(day))]);
        });
      }
    });
  });
