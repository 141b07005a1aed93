import pg from 'pg';
import type { TestDatabase } from './postgres-server.js';

/** A server of the tester's with TimescaleDB on it, to make and drop databases on: no registry has the extension. */
export const TIMESCALE_URL: string | undefined = process.env.TICKLOOM_TEST_TIMESCALE_URL || undefined;

if (TIMESCALE_URL === undefined) {
  process.stderr.write('no tests on TimescaleDB: TICKLOOM_TEST_TIMESCALE_URL names no server\n');
}

let made = 0;
const left = new Set<string>();

/** A database of its own. Never cloned: the extension's scheduler is connected to each, and in the way of that. */
export async function createTimescaleDatabase({ extension = true } = {}): Promise<TestDatabase> {
  const name = `tickloom_test_${process.pid}_${++made}`;
  await runOn(timescaleUrl(), `create database ${name} template template0`);
  left.add(name);
  const url = urlOf(name);
  if (extension) await runOn(url, 'create extension timescaledb');
  const drop = async (): Promise<void> => {
    left.delete(name);
    await runOn(timescaleUrl(), `drop database if exists ${name} with (force)`);
  };
  const urlAs = (user: string): string => url.replace(/:\/\/[^@/]*@/, `://${user}@`);
  return { name, url, urlAs, drop };
}

export function timescaleUrl(): string {
  if (TIMESCALE_URL === undefined) throw new Error('TICKLOOM_TEST_TIMESCALE_URL names no server');
  return TIMESCALE_URL;
}

/** The same server and user, another database. */
function urlOf(database: string): string {
  return timescaleUrl().replace(/^(\w+:\/\/[^/?]*)(?:\/[^?]*)?/, (_, authority: string) => `${authority}/${database}`);
}

async function runOn(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Drops what tests have left behind. */
export async function dropTimescaleDatabases(): Promise<void> {
  for (const name of left) await runOn(timescaleUrl(), `drop database if exists ${name} with (force)`);
  left.clear();
}
