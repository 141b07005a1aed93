import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { createTickloom, type Tickloom } from '../src/index.js';
import type { Workload } from './bench-case.js';

/** Where the rows are that `copy-ready` copies, in the table that it copies the definition of. */
const TEMPLATE = 'bench_template';

/** An embedded server for one bench. */
export interface BenchDatabase {
  readonly workload: Workload;
  stop(): Promise<void>;
}

/** Starts a server with its ordinary settings and puts the rows of the sample down as one ready COPY stream. */
export async function prepareDatabase(workload: Workload, folder: string): Promise<BenchDatabase> {
  const tickloom = createTickloom({ database: 'embedded', home: join(folder, 'home'), dbSchema: TEMPLATE });
  const stop = async (): Promise<void> => {
    await tickloom.close();
    await tickloom.database.stop();
  };
  try {
    await tickloom.database.start();
    const database = await tickloom.database.url();
    await loadAll(tickloom, workload.dbnZst, workload.records);
    const copy = join(folder, 'rows.copy');
    await withClient(database, (client) => exportRows(client, tableOf(workload), copy));
    return { workload: { ...workload, copy, database }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Loads a file and makes sure that all of it has arrived. */
export async function loadAll(tickloom: Tickloom, path: string, records: number): Promise<number> {
  const report = await tickloom.ingest({ paths: [path] });
  if (report.status !== 'complete' || report.records.loaded !== records) {
    throw new Error(`${report.records.loaded} of ${records} records were loaded: ${JSON.stringify(report.details)}`);
  }
  return report.records.loaded;
}

/** The table of the sample's schema, ready to be loaded from the copy stream. */
export function tableOf({ schema }: Workload, dbSchema = TEMPLATE): string {
  return `${dbSchema}.${schema.replaceAll('-', '_')}`;
}

export async function withClient<T>(database: string | null, work: (client: pg.Client) => Promise<T>): Promise<T> {
  if (database === null) throw new Error('this case needs a database');
  const client = new pg.Client({ connectionString: database });
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

async function exportRows(client: pg.Client, table: string, path: string): Promise<void> {
  const rows = client.query(
    copyTo(`COPY (SELECT * FROM ${table} ORDER BY chunk_id, ordinal) TO STDOUT (FORMAT binary)`),
  );
  await pipeline(rows, createWriteStream(path));
}
