import { expect } from 'chai';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { finished } from 'node:stream/promises';
import { createRowTransform } from '../../../src/core/compile/create-row-transform.js';
import { encodeRecord } from '../../../src/core/dbn/index.js';
import type { ColumnSpec, ModelBinding } from '../../../src/core/model/model-spec.js';
import { SymbolResolver } from '../../../src/core/symbology/symbol-resolver.js';
import { batchOf, readTuples, type CellValue } from '../../../src/testing/index.js';
import { edgeRecords, plausibleValues, seededRandom } from '../../../src/testing/sample-records.js';
import { builtinRegistry } from '../../support/plugin-rows.js';
import { createDatabase, TEST_POSTGRES_VERSIONS } from '../../support/postgres-server.js';

const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const COPY_TRAILER = Buffer.from([0xff, 0xff]);

/** Text of a column that says all that is in the cell. */
function shown({ name, type }: ColumnSpec): string {
  if (type === 'timestamptz') return `(extract(epoch from "${name}") * 1000000)::bigint::text as "${name}"`;
  if (type === '"char"') return `("${name}"::integer & 255)::text as "${name}"`;
  return `"${name}"::text as "${name}"`;
}

function asShown({ type }: ColumnSpec, value: CellValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  return type === '"char"' && typeof value === 'string' ? String(value.charCodeAt(0)) : String(value);
}

function recordsOf(binding: ModelBinding, rtype: number): Uint8Array[] {
  const plausible = (seed: number): Record<string, string | number | bigint> => {
    const values = plausibleValues(binding, rtype, seededRandom(seed));
    delete values.length;
    return values;
  };
  const random = Array.from({ length: 100 }, (_, index) => encodeRecord(binding.layout, plausible(index + 1)));
  return [...random, ...edgeRecords(binding, plausible(5)).map(({ bytes }) => bytes)];
}

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`rows in PostgreSQL ${version}`, () => {
    let client: pg.Client;
    let drop: () => Promise<void>;

    before(async () => {
      const database = await createDatabase({ version });
      drop = () => database.drop();
      client = new pg.Client({ connectionString: database.url });
      await client.connect();
    });

    after(async () => {
      await client.end();
      await drop();
    });

    for (const schema of builtinRegistry.list()) {
      it(`of ${schema.name} are the very values, at the edges too`, async () => {
        const { columns } = schema.table;
        const declared = columns.map(({ name, type, nullable }) => `"${name}" ${type}${nullable ? '' : ' not null'}`);
        for (const [dbnVersion, binding] of schema.model.bindings) {
          await client.query('drop table if exists rows_read');
          await client.query(`create temporary table rows_read (${declared.join(', ')})`);
          const transform = createRowTransform({
            schema,
            version: dbnVersion,
            dataset: 'TEST.DATASET',
            chunkId: 2 ** 40,
            symbols: new SymbolResolver('TEST.DATASET', null),
          });
          const records = recordsOf(binding, schema.rtype);
          const { tuples, rows } = transform.transform(
            batchOf(records, { layout: binding.layout, version: dbnVersion, rtype: schema.rtype }),
          );
          const copy = client.query(copyFrom('copy rows_read from stdin (format binary)'));
          for (const bytes of [COPY_HEADER, tuples, COPY_TRAILER]) copy.write(bytes);
          copy.end();
          await finished(copy);

          const found = await client.query<Record<string, string | null>>(
            `select ${columns.map(shown).join(', ')} from rows_read order by rows_read.ordinal`,
          );
          const expected = readTuples(tuples, columns).map((row) =>
            Object.fromEntries(columns.map((column) => [column.name, asShown(column, row[column.name])])),
          );
          expect([expected.length, found.rows.length]).to.deep.equal([rows, rows]);
          for (const [index, row] of found.rows.entries()) {
            for (const { name } of columns)
              expect(row[name], `row ${index}, ${name}`).to.equal(expected[index]?.[name]);
          }
        }
      });
    }
  });
}
