import { createHash } from 'node:crypto';
import { expect } from 'chai';
import pg from 'pg';
import type { DbnVersion } from '../../src/core/dbn/layout/record-layout.js';
import { layoutOf } from '../../src/core/dbn/layout/layouts.js';
import { rtypeOfSchema, SCHEMA_NAMES } from '../../src/core/dbn/schemas.js';
import { createTickloom } from '../../src/index.js';
import { createDatabase, TEST_POSTGRES_VERSIONS } from '../support/postgres-server.js';
import { expectedFiles, needRealData, realPath, type ExpectedFile } from '../support/real-data.js';

/** By schema, as Databento names them: all of them are served. */
const TABLES: Readonly<Record<string, string>> = Object.fromEntries(
  SCHEMA_NAMES.map((schema) => [schema, schema.replaceAll('-', '_')]),
);

/** SQL that turns a column back into what stood on the wire, as the expected digests print it. */
function wireText(schema: string, version: DbnVersion, field: string): string {
  const rtype = rtypeOfSchema(schema) as number;
  if (field === 'rtype') return `'${rtype}'`;
  const wire = layoutOf(rtype, version)?.fields.find(({ name }) => name === field);
  if (wire === undefined) throw new Error(`${schema} has no field ${field}`);
  const column = `"${schema === 'tbbo' ? field.replace(/_00$/, '') : field}"`;
  const undef = wire.undef === undefined ? `''` : `'${wire.undef}'`;
  switch (wire.type) {
    case 'price':
      return `coalesce(trim_scale(${column} * 1000000000)::text, ${undef})`;
    case 'timestamp':
      return `coalesce((extract(epoch from ${column}) * 1000000000 + ${column.replace(/"$/, '_ns"')})::numeric(20, 0)::text, ${undef})`;
    case 'char':
      return `coalesce(${column}::text, '')`;
    default:
      return `coalesce(${column}::text, ${undef})`;
  }
}

for (const version of TEST_POSTGRES_VERSIONS)
  describe(`real files in PostgreSQL ${version}`, function () {
    this.timeout(120_000);

    before(function () {
      needRealData(this);
    });

    const files = Object.entries(expectedFiles).filter(([, file]) => (file.metadata?.schema ?? '') in TABLES);

    for (const [name, file] of files) {
      it(`lands ${name} exactly`, async () => {
        const { url: database } = await createDatabase({ version });
        const tickloom = createTickloom({ database });
        const client = new pg.Client({ connectionString: database });
        await client.connect();
        try {
          const report = await tickloom.ingest({ paths: [realPath(name)] });
          expect(report.status).to.equal('complete');
          expect(report.records).to.include({ decoded: file.records, loaded: file.records, quarantined: 0 });
          await expectColumns(client, file);
          await expectSymbols(client, file);
        } finally {
          await client.end();
          await tickloom.close();
        }
      });
    }

    it('end in the same rows whatever their order, one by one and side by side', async () => {
      const names = files.map(([name]) => name).filter((name) => !name.includes('.frag'));
      const byName = [...names].sort();
      const mixed = [
        ...byName.filter((_, index) => index % 2),
        ...byName.filter((_, index) => index % 2 === 0).reverse(),
      ];
      const orders = [byName, [...byName].reverse(), mixed];
      const held: string[][] = [];
      for (const [index, order] of orders.entries()) {
        const { url: database } = await createDatabase({ version });
        const tickloom = createTickloom({ database });
        const client = new pg.Client({ connectionString: database });
        await client.connect();
        try {
          const paths = order.map(realPath);
          const report = await tickloom.ingest({ paths, concurrency: index === 0 ? 1 : 4 });
          expect(report.status).to.equal('complete');
          held.push(await rowsOf(client));
        } finally {
          await client.end();
          await tickloom.close();
        }
      }
      expect(held[0]).to.have.length.at.least(100);
      expect(held[1]).to.deep.equal(held[0]);
      expect(held[2]).to.deep.equal(held[0]);
    });

    /** All rows but for whose they are; definitions by what all DBN versions have of them. */
    async function rowsOf(client: pg.Client): Promise<string[]> {
      const lines: string[] = [];
      for (const table of Object.values(TABLES)) {
        const what =
          table === 'definition'
            ? `concat_ws(' ', instrument_id, ts_recv, ts_recv_ns, raw_symbol)`
            : `(to_jsonb(t) - 'chunk_id' - 'ordinal')::text`;
        const { rows } = await client.query<{ line: string }>(
          `select '${table} ' || ${what} as line from tickloom."${table}" t`,
        );
        lines.push(...rows.map(({ line }) => line));
      }
      return lines.sort();
    }

    async function expectColumns(client: pg.Client, file: ExpectedFile): Promise<void> {
      const schema = file.metadata?.schema as string;
      const version = file.version as DbnVersion;
      for (const kind of Object.values(file.kinds)) {
        for (const [field, digest] of Object.entries(kind.columns)) {
          const { rows } = await client.query<{ value: string }>(
            `select ${wireText(schema, version, field)} as value from tickloom."${TABLES[schema] ?? schema}" order by ordinal`,
          );
          const text = rows.map(({ value }) => `${value}\n`).join('');
          expect(createHash('sha256').update(text).digest('hex'), `${field}: ${text.slice(0, 200)}`).to.equal(digest);
        }
      }
    }

    async function expectSymbols(client: pg.Client, file: ExpectedFile): Promise<void> {
      const schema = file.metadata?.schema as string;
      const { rows } = await client.query<{ instrument_id: string; symbol: string; count: number }>(
        `select instrument_id::text, symbol, count(*)::int as count from tickloom."${TABLES[schema] ?? schema}" group by 1, 2`,
      );
      const found: Record<string, Record<string, number>> = {};
      for (const { instrument_id, symbol, count } of rows) {
        const mapped = symbol === `INSTRUMENT_${instrument_id}` ? '' : symbol;
        found[instrument_id] = { ...found[instrument_id], [mapped]: count };
      }
      expect(found).to.deep.equal(file.records_by_instrument_and_symbol);
    }
  });
