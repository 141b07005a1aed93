import { spawn, spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { timed, type BenchCase, type Workload } from '../bench-case.js';
import { bareTable, emptyTable, readyRowsOf, withClient } from '../database.js';

const SCHEMA = 'bench_copy';
const READ_BYTES = 512 * 1024;

async function copyFile(client: pg.Client, table: string, path: string, format: 'binary' | 'csv'): Promise<number> {
  await client.query('BEGIN');
  const copy = client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT ${format})`));
  await pipeline(createReadStream(path, { highWaterMark: READ_BYTES }), copy);
  await client.query('COMMIT');
  return copy.rowCount;
}

/**
 * The least that loading can cost: the same rows, encoded beforehand, by COPY into a table of the same definition,
 * indexes included. Nothing is decoded, checked, or written beside the rows.
 */
export const copyReady: BenchCase = {
  name: 'copy-ready',
  title: 'ready rows by binary COPY, committed',
  needsDatabase: true,
  reference: 'copy-ready',
  run: (workload) =>
    withClient(workload, async (client) => {
      const table = await emptyTable(client, workload, SCHEMA);
      return timed(() => copyFile(client, table, readyRowsOf(workload).copy, 'binary'));
    }),
};

/** What exactness and the columns that say whose a row is cost: the same rows as whole numbers, and no index. */
export const copyBare: BenchCase = {
  name: 'copy-bare',
  title: 'bare rows by binary COPY: bigint times and prices, fields only, no index',
  needsDatabase: true,
  reference: 'copy-ready',
  run: (workload) =>
    withClient(workload, async (client) => {
      const table = await bareTable(client, workload, SCHEMA);
      return timed(() => copyFile(client, table, readyRowsOf(workload).bare.copy, 'binary'));
    }),
};

/** The same on two connections, half of the rows each. */
export const copyTwo: BenchCase = {
  name: 'copy-two',
  title: 'ready rows by binary COPY on two connections',
  needsDatabase: true,
  reference: 'copy-ready',
  run: (workload) =>
    withClient(workload, (first) =>
      withClient(workload, async (second) => {
        const table = await emptyTable(first, workload, SCHEMA);
        const [one, two] = readyRowsOf(workload).copyHalves as [string, string];
        return timed(async () => {
          const counts = await Promise.all([
            copyFile(first, table, one, 'binary'),
            copyFile(second, table, two, 'binary'),
          ]);
          return counts[0] + counts[1];
        });
      }),
    ),
};

/** By PostgreSQL's own program, its start included. */
export const copyPsql: BenchCase = {
  name: 'copy-psql',
  title: 'ready rows by psql \\copy, its start included',
  needsDatabase: true,
  reference: 'copy-ready',
  available: () => spawnSync('psql', ['--version']).status === 0,
  run: (workload) =>
    withClient(workload, async (client) => {
      const table = await emptyTable(client, workload, SCHEMA);
      return timed(() => copyByPsql(workload, table));
    }),
};

/** What people do today: the rows as csv text. Making the text is not in the time. */
export const copyCsv: BenchCase = {
  name: 'copy-csv',
  title: 'ready csv text by COPY, committed',
  needsDatabase: true,
  reference: 'copy-ready',
  run: (workload) =>
    withClient(workload, async (client) => {
      const table = await emptyTable(client, workload, SCHEMA);
      return timed(() => copyFile(client, table, readyRowsOf(workload).csv, 'csv'));
    }),
};

async function copyByPsql(workload: Workload, table: string): Promise<number> {
  const { database, copy } = readyRowsOf(workload);
  const program = spawn('psql', [
    ...['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', database],
    ...['-c', `\\copy ${table} from '${copy}' with (format binary)`],
  ]);
  let words = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => (words += text));
  const code = await new Promise((resolve, reject) => program.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`psql ended with ${String(code)}: ${words}`);
  return workload.records;
}
