import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { PostgresBinaries } from '../../src/adapters/embedded/binaries.js';
import type { TestDatabase } from './postgres-server.js';

/** A server of the tester's with TimescaleDB on it, to make and drop databases on: no registry has the extension. */
export const TIMESCALE_URL: string | undefined = process.env.TICKLOOM_TEST_TIMESCALE_URL || undefined;

if (TIMESCALE_URL === undefined) {
  process.stderr.write('no tests on TimescaleDB: TICKLOOM_TEST_TIMESCALE_URL names no server\n');
}

/** Tests that only a server with the extension can run; skipped without one, which the line above says. */
export function describeOnTimescale(title: string, tests: (this: Mocha.Suite) => void): void {
  (TIMESCALE_URL === undefined ? describe.skip : describe)(title, tests);
}

const PREFIX = 'tickloom_test_';

let made = 0;
let sweeping: Promise<void> | undefined;
const left = new Set<string>();

/** A database of its own. Never cloned: the extension's scheduler is connected to each, and in the way of that. */
export async function createTimescaleDatabase({ extension = true } = {}): Promise<TestDatabase> {
  // beside the tests: after a run of the whole suite there may be hundreds, and minutes in them
  sweeping ??= dropThoseOfDeadProcesses().catch(noted);
  const name = `${PREFIX}${process.pid}_${++made}`;
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

/** The programs of that server, for one of the test's own, where they lie on this machine; else `undefined`. */
export async function timescalePrograms(): Promise<PostgresBinaries | undefined> {
  const [server] = await runOn(
    timescaleUrl(),
    `select current_setting('server_version_num')::int / 10000 as major,
            (select setting from pg_config where name = 'BINDIR') as folder`,
  );
  const { major, folder } = server as { major: number; folder: string };
  const programs = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres'), major };
  return existsSync(programs.initdb) && existsSync(programs.postgres) ? programs : undefined;
}

async function runOn(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Drops what tests have left behind. */
export async function dropTimescaleDatabases(): Promise<void> {
  for (const name of left) await runOn(timescaleUrl(), `drop database if exists ${name} with (force)`);
  left.clear();
}

/** A process that was killed, and one of several parallel ones, leaves its databases to the next. */
async function dropThoseOfDeadProcesses(): Promise<void> {
  const rows = await runOn(timescaleUrl(), `select datname as name from pg_database where datname like '${PREFIX}%'`);
  for (const { name } of rows as { name: string }[]) {
    const pid = Number(/^tickloom_test_(\d+)_/.exec(name)?.[1]);
    if (pid <= 0 || isAlive(pid)) continue;
    // another process may be dropping it as well
    await runOn(timescaleUrl(), `drop database if exists ${name} with (force)`).catch(noted);
  }
}

const noted = (error: Error): void => void process.stderr.write(`a test database was left: ${error.message}\n`);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
