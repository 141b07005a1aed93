import pg from 'pg';
import { createTickloom } from '../src/index.js';

/** A server for one bench. */
export interface BenchServer {
  /** URL of a database of the bench's own. */
  readonly database: string;
  /** True on TimescaleDB. */
  readonly hypertables: boolean;
  /** Of PostgreSQL, and of the extension. */
  readonly version: string;
  stop(): Promise<void>;
}

/**
 * An embedded server with its ordinary settings; with TICKLOOM_TEST_TIMESCALE_URL a database on that one, where tables
 * are hypertables.
 */
export async function startBenchServer(home: string): Promise<BenchServer> {
  const timescale = process.env.TICKLOOM_TEST_TIMESCALE_URL ?? '';
  return timescale === '' ? startEmbedded(home) : createOn(timescale);
}

async function startEmbedded(home: string): Promise<BenchServer> {
  const tickloom = createTickloom({ database: 'embedded', home });
  const stop = async (): Promise<void> => {
    await tickloom.close();
    await tickloom.database.stop();
  };
  try {
    await tickloom.database.start();
    const database = await tickloom.database.url();
    const [row] = await rowsOf(database, 'show server_version');
    return { database, hypertables: false, version: row?.['server_version'] ?? '', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createOn(url: string): Promise<BenchServer> {
  const name = `tickloom_bench_${process.pid}`;
  const database = url.replace(/^(\w+:\/\/[^/?]*)(?:\/[^?]*)?/, (_, authority: string) => `${authority}/${name}`);
  await rowsOf(url, `create database ${name} template template0`);
  const stop = async (): Promise<void> => void (await rowsOf(url, `drop database ${name} with (force)`));
  try {
    await rowsOf(database, 'create extension timescaledb');
    const [row] = await rowsOf(
      database,
      `select split_part(current_setting('server_version'), ' ', 1) as server,
              (select extversion from pg_extension where extname = 'timescaledb') as extension`,
    );
    const version = `${row?.['server'] ?? ''} with TimescaleDB ${row?.['extension'] ?? ''}`;
    return { database, hypertables: true, version, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function rowsOf(url: string, sql: string): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, string>>(sql)).rows;
  } finally {
    await client.end();
  }
}
