import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { timed, type BenchCase } from '../bench-case.js';
import { clearSchema, tableOf, withClient } from '../database.js';

const SCHEMA = 'bench_copy';
const READ_BYTES = 512 * 1024;

/**
 * The least that loading can cost: the same rows, encoded beforehand, by COPY into a table of the same definition,
 * indexes included. Nothing is decoded, checked, or written beside the rows.
 */
export const copyReady: BenchCase = {
  name: 'copy-ready',
  title: 'ready rows by COPY, committed',
  needsDatabase: true,
  run: (workload) =>
    withClient(workload.database, async (client) => {
      const table = tableOf(workload, SCHEMA);
      await clearSchema(client, SCHEMA);
      await client.query(`CREATE SCHEMA ${SCHEMA}`);
      await client.query(`CREATE TABLE ${table} (LIKE ${tableOf(workload)} INCLUDING ALL)`);
      return timed(async () => {
        await client.query('BEGIN');
        const copy = client.query(copyFrom(`COPY ${table} FROM STDIN (FORMAT binary)`));
        await pipeline(createReadStream(workload.copy ?? '', { highWaterMark: READ_BYTES }), copy);
        await client.query('COMMIT');
        return copy.rowCount;
      });
    }),
};
