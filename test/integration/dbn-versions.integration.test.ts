import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import pg from 'pg';
import { compress } from '../../src/adapters/zstd/index.js';
import { encodeDbn, newMetadata, type RecordToEncode } from '../../src/core/dbn/encode/dbn-encoder.js';
import type { RecordInput } from '../../src/core/dbn/record/write-record.js';
import { createTickloom } from '../../src/index.js';
import { createDatabase, TEST_POSTGRES_VERSIONS } from '../support/postgres-server.js';
import { DAY, MONDAY, SECOND, tradesHeader, trades } from '../support/trade-file.js';

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
  });
