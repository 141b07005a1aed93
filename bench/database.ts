import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { createTickloom, type ProgressReporter, type Tickloom } from '../src/index.js';
import { bareColumns } from './bare-columns.js';
import type { ReadyRows, Workload } from './bench-case.js';
import { startBenchServer } from './bench-server.js';

/** Where the rows are that baselines load, in the table that they copy the definition of. */
const TEMPLATE = 'bench_template';

/** A server for one bench, and the rows of the sample on it. */
export interface BenchDatabase {
  readonly workload: Workload;
  /** As the server says it. */
  readonly version: string;
  stop(): Promise<void>;
}

/** Starts a server and puts the rows of the sample down as ready streams. */
export async function prepareDatabase(workload: Workload, signal: AbortSignal): Promise<BenchDatabase> {
  const { folder } = workload;
  const server = await startBenchServer(join(folder, 'home'));
  const { database, hypertables, version } = server;
  const tickloom = createTickloom({ database, dbSchema: TEMPLATE });
  const stop = async (): Promise<void> => {
    await tickloom.close();
    await server.stop();
  };
  try {
    await loadAll(tickloom, [workload.dbnZst], workload.records, { signal });
    const ready: ReadyRows = {
      database,
      hypertables,
      copy: join(folder, 'rows.copy'),
      copyHalves: [join(folder, 'rows-1.copy'), join(folder, 'rows-2.copy')],
      csv: join(folder, 'rows.csv'),
      bare: {
        columns: bareColumns(workload.schema)
          .map(({ name, type }) => `${name} ${type}`)
          .join(),
        copy: join(folder, 'rows-bare.copy'),
      },
    };
    await withClient({ ...workload, ready }, (client) => exportRows(client, workload, ready, signal));
    return { workload: { ...workload, ready }, version, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Loads files and makes sure that all of them has arrived. */
export async function loadAll(
  tickloom: Tickloom,
  paths: readonly string[],
  records: number,
  options: { readonly concurrency?: number; readonly reporter?: ProgressReporter; readonly signal?: AbortSignal } = {},
): Promise<number> {
  const { concurrency = 1, ...how } = options;
  const report = await tickloom.ingest({ paths, concurrency }, how);
  if (report.status !== 'complete' || report.records.loaded !== records) {
    throw new Error(`${report.records.loaded} of ${records} records were loaded: ${JSON.stringify(report.details)}`);
  }
  return report.records.loaded;
}

/** What a case needs a database for. */
export function readyRowsOf({ ready }: Workload): ReadyRows {
  if (ready === null) throw new Error('this case needs a database');
  return ready;
}

export async function withClient<T>(workload: Workload, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: readyRowsOf(workload).database });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Gives every run an empty schema, and a server that has nothing left to write from the one before. */
export async function clearSchema(client: pg.Client, dbSchema: string): Promise<void> {
  await client.query(`DROP SCHEMA IF EXISTS ${dbSchema} CASCADE`);
  await client.query('CHECKPOINT');
}

/** An empty table of the same definition, indexes and partitions included, in a schema of its own; its quoted name. */
export async function emptyTable(client: pg.Client, workload: Workload, dbSchema: string): Promise<string> {
  const table = tableOf(workload, dbSchema);
  await clearSchema(client, dbSchema);
  await client.query(`CREATE SCHEMA ${dbSchema}`);
  await client.query(`CREATE TABLE ${table} (LIKE ${tableOf(workload)} INCLUDING ALL)`);
  if (readyRowsOf(workload).hypertables) {
    await client.query(
      `SELECT create_hypertable($1::regclass, by_range(column_name, time_interval), create_default_indexes => false)
         FROM timescaledb_information.dimensions WHERE format('%I.%I', hypertable_schema, hypertable_name) = $2`,
      [table, tableOf(workload)],
    );
  }
  return table;
}

/** An empty table without an index that has only the fields; its quoted name. */
export async function bareTable(client: pg.Client, workload: Workload, dbSchema: string): Promise<string> {
  const table = tableOf(workload, dbSchema);
  await clearSchema(client, dbSchema);
  await client.query(`CREATE SCHEMA ${dbSchema}`);
  await client.query(`CREATE TABLE ${table} (${readyRowsOf(workload).bare.columns})`);
  return table;
}

/** The first rows, each column as text, and how many columns there are. */
export async function rowsAsText(client: pg.Client, workload: Workload, most: number): Promise<(string | null)[][]> {
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT * FROM ${tableOf(workload)} ORDER BY chunk_id, ordinal LIMIT ${most}`,
    rowMode: 'array',
    types: { getTypeParser: () => (value: string) => value },
  });
  return rows;
}

function tableOf({ schema }: Workload, dbSchema = TEMPLATE): string {
  return `${dbSchema}.${schema.replaceAll('-', '_')}`;
}

async function exportRows(client: pg.Client, workload: Workload, ready: ReadyRows, signal: AbortSignal): Promise<void> {
  const half = Math.ceil(workload.records / 2);
  const [first, second] = ready.copyHalves as [string, string];
  const bare = bareColumns(workload.schema).map(({ value }) => value);
  for (const [path, what, where, format] of [
    [ready.copy, '*', 'true', 'binary'],
    [first, '*', `ordinal < ${half}`, 'binary'],
    [second, '*', `ordinal >= ${half}`, 'binary'],
    [ready.csv, '*', 'true', 'csv'],
    [ready.bare.copy, bare.join(), 'true', 'binary'],
  ] as const) {
    const query = `SELECT ${what} FROM ${tableOf(workload)} WHERE ${where} ORDER BY chunk_id, ordinal`;
    const rows = client.query(copyTo(`COPY (${query}) TO STDOUT (FORMAT ${format})`));
    await pipeline(rows, createWriteStream(path), { signal });
  }
}
