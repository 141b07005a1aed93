import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import pg from 'pg';
import { compress, decompress } from '../../src/adapters/zstd/index.js';
import type { DbnVersion } from '../../src/core/dbn/layout/record-layout.js';
import { layoutOf } from '../../src/core/dbn/layout/layouts.js';
import { rtypeOfSchema, SCHEMA_NAMES } from '../../src/core/dbn/schemas.js';
import { createTickloom, type Tickloom } from '../../src/index.js';
import { createDatabase, TEST_POSTGRES_VERSIONS } from '../support/postgres-server.js';
import { expectedFiles, needRealData, realPath, type ExpectedFile } from '../support/real-data.js';

const TRADE_BYTES = 48;
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

/**
 * Records by dataset, schema and instrument. Files whose headers say the same hold the same data, whatever their DBN version
 * and compression.
 */
function unionOf(names: readonly string[]): Record<string, number> {
  const byClaim = new Map<string, number>();
  for (const name of names) {
    const { metadata, records_by_instrument_and_symbol } = expectedFiles[name] as ExpectedFile;
    const { dataset, schema, start, end } = metadata as NonNullable<ExpectedFile['metadata']>;
    const claim = `${start} ${end ?? ''}`;
    for (const [id, bySymbol] of Object.entries(records_by_instrument_and_symbol)) {
      const count = Object.values(bySymbol).reduce((sum, each) => sum + each, 0);
      const key = `${dataset} ${schema ?? ''} ${id}\n${claim}`;
      byClaim.set(key, Math.max(byClaim.get(key) ?? 0, count));
    }
  }
  const union: Record<string, number> = {};
  for (const [key, count] of byClaim) {
    const [name = ''] = key.split('\n');
    union[name] = (union[name] ?? 0) + count;
  }
  return union;
}

async function gathered(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const blocks: Uint8Array[] = [];
  for await (const block of source) blocks.push(Buffer.from(block));
  return Buffer.concat(blocks);
}

/** Another order for each seed, the same everywhere. */
function shuffled(names: readonly string[], seed: number): string[] {
  const place = (name: string): string => createHash('sha256').update(`${seed} ${name}`).digest('hex');
  return [...names].sort((a, b) => (place(a) < place(b) ? -1 : 1));
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

    describe('all in one folder', () => {
      const names = files.map(([name]) => name).filter((name) => !name.includes('.frag'));
      /** What they must end in, as an independent decoder counts it. */
      const union = unionOf(names);

      const orders: [what: string, names: readonly string[], concurrency: number][] = [
        ['by name, one by one', [...names].sort(), 1],
        ...(version === TEST_POSTGRES_VERSIONS.at(-1) ? [1, 2, 3] : [4]).map((seed): [string, string[], number] => [
          `shuffled (seed ${seed}), side by side`,
          shuffled(names, seed),
          4,
        ]),
      ];
      let first: { readonly rows: string[]; readonly ledger: unknown } | undefined;

      for (const [what, order, concurrency] of orders) {
        it(`end in the union of their records: ${what}`, async () => {
          await withDatabase(async (tickloom, client) => {
            const report = await tickloom.ingest({ paths: order.map(realPath), concurrency });
            expect(report.status).to.equal('complete');
            expect(await countsOf(client)).to.deep.equal(union);
            const held = { rows: await rowsOf(client), ledger: await ledgerOf(client) };
            first ??= held;
            expect(held.rows).to.deep.equal(first.rows);
            expect(held.ledger).to.deep.equal(first.ledger);
          });
        });
      }

      // files are found in the same way whatever the server is
      if (version === TEST_POSTGRES_VERSIONS.at(-1)) {
        it('are loaded all the same beside files that cannot be, and are there already afterwards', async () => {
          await withDatabase(async (tickloom, client) => {
            for (const again of [false, true]) {
              const report = await tickloom.ingest({ paths: [realPath('')], concurrency: 2 });
              const refused = report.details.filter(({ status }) => status === 'failed').map(({ source }) => source);
              expect(refused.filter((source) => names.some((name) => source.endsWith(`/${name}`)))).to.deep.equal([]);
              if (again) expect(report.records).to.include({ loaded: 0, quarantined: 0 });
              expect(await countsOf(client)).to.deep.equal(union);
            }
          });
        });
      }
    });

    it('keep records that share their time, instrument and sequence, and those that are equal in every field', async () => {
      const name = 'nautilus__GLBX.MDP3__trades__v1__ESU4.dbn.zst';
      const count = expectedFiles[name]?.records as number;
      await withDatabase(async (tickloom, client) => {
        const real = ['mbp-1__v1__ESU4', 'mbo__v1__ESH4-20231224'].map(
          (file) => `nautilus__GLBX.MDP3__${file}.dbn.zst`,
        );
        await tickloom.ingest({ paths: real.map(realPath) });
        for (const table of ['mbo', 'mbp_1']) {
          const { rows } = await client.query<{ equal: number }>(
            `select (count(*) - count(distinct (ts_event, ts_event_ns, instrument_id, sequence)))::int as equal from tickloom.${table}`,
          );
          expect(rows[0]?.equal, table).to.be.greaterThan(0);
        }
      });
      // each fill twice, as real sessions have it of some
      const bytes = await gathered(decompress(createReadStream(realPath(name))));
      const start = bytes.length - count * TRADE_BYTES;
      const records = Array.from({ length: count }, (_, index) =>
        bytes.subarray(start + index * TRADE_BYTES, start + (index + 1) * TRADE_BYTES),
      );
      const doubled = Buffer.concat([bytes.subarray(0, start), ...records.flatMap((record) => [record, record])]);
      const folder = await mkdtemp(join(tmpdir(), 'tickloom-real-'));
      try {
        await withDatabase(async (tickloom, client) => {
          for (const [file, content] of [
            ['doubled.dbn', doubled],
            ['doubled.dbn.zst', await gathered(compress(Readable.from([doubled])))],
          ] as const) {
            const path = join(folder, file);
            await writeFile(path, content);
            const { records: counts } = await tickloom.ingest({ paths: [path] });
            expect(counts.loaded + counts.already_loaded, file).to.equal(2 * count);
          }
          const { rows } = await client.query<{ times: number; lines: number }>(
            `select times, count(*)::int as lines from (
               select count(*)::int as times from tickloom.trades t group by to_jsonb(t) - 'chunk_id' - 'ordinal') each
              group by times`,
          );
          expect(rows).to.deep.equal([{ times: 2, lines: count }]);
        });
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    async function withDatabase(work: (tickloom: Tickloom, client: pg.Client) => Promise<void>): Promise<void> {
      const { url: database } = await createDatabase({ version });
      const tickloom = createTickloom({ database });
      const client = new pg.Client({ connectionString: database });
      await client.connect();
      try {
        await work(tickloom, client);
      } finally {
        await client.end();
        await tickloom.close();
      }
    }

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

    /** What they cover, and which symbols they map. */
    async function ledgerOf(client: pg.Client): Promise<unknown> {
      const coverage = await client.query('select * from tickloom.coverage order by 1, 2, 3, 4');
      const symbology = await client.query('select * from tickloom.symbology order by 1, 2, 3, 4, 5');
      const quarantine = await client.query('select record, reasons from tickloom.quarantine order by 1');
      return [coverage.rows, symbology.rows, quarantine.rows];
    }

    async function countsOf(client: pg.Client): Promise<Record<string, number>> {
      const counts: Record<string, number> = {};
      for (const [schema, table] of Object.entries(TABLES)) {
        const { rows } = await client.query<{ dataset: string; id: string; count: number }>(
          `select dataset, instrument_id::text as id, count(*)::int as count from tickloom."${table}" group by 1, 2`,
        );
        for (const { dataset, id, count } of rows) counts[`${dataset} ${schema} ${id}`] = count;
      }
      return counts;
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
