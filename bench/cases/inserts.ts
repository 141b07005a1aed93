import type pg from 'pg';
import { timed, type BenchCase, type Workload } from '../bench-case.js';
import { emptyTable, rowsAsText, withClient } from '../database.js';

const SCHEMA = 'bench_insert';
/** They are so slow that a part of the rows says it all. */
const MOST_AT_A_TIME = 100_000;
const MOST_ONE_BY_ONE = 10_000;
/** The protocol counts parameters in 16 bits. */
const MOST_PARAMETERS = 65_535;
const ROWS_AT_A_TIME = 1000;

/** Loads rows that are text already, in one transaction, so many a statement. */
function insertOf(workload: Workload, most: number, perStatement: number): ReturnType<BenchCase['run']> {
  return withClient(workload, async (client) => {
    const rows = await rowsAsText(client, workload, most);
    const table = await emptyTable(client, workload, SCHEMA);
    return timed(async () => {
      await client.query('BEGIN');
      await insertAll(client, table, rows, perStatement);
      await client.query('COMMIT');
      return rows.length;
    });
  });
}

async function insertAll(
  client: pg.Client,
  table: string,
  rows: readonly (string | null)[][],
  perStatement: number,
): Promise<void> {
  const columns = rows[0]?.length ?? 1;
  const size = Math.min(perStatement, Math.floor(MOST_PARAMETERS / columns));
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size);
    const tuples = part.map((_, row) => `(${placeholders(row * columns, columns)})`);
    // A statement that comes again is prepared once.
    const name = `insert ${part.length}`;
    await client.query({ name, text: `INSERT INTO ${table} VALUES ${tuples.join()}`, values: part.flat() });
  }
}

/** `$1,$2,…` behind so many others. */
function placeholders(behind: number, count: number): string {
  return Array.from({ length: count }, (_, index) => `$${behind + index + 1}`).join();
}

export const insertMany: BenchCase = {
  name: 'insert-many',
  title: `INSERT of up to ${ROWS_AT_A_TIME} rows a statement, prepared, one transaction`,
  needsDatabase: true,
  reference: 'copy-ready',
  run: (workload) => insertOf(workload, MOST_AT_A_TIME, ROWS_AT_A_TIME),
};

export const insertOne: BenchCase = {
  name: 'insert-one',
  title: 'one INSERT a row, prepared, one transaction',
  needsDatabase: true,
  reference: 'copy-ready',
  run: (workload) => insertOf(workload, MOST_ONE_BY_ONE, 1),
};
