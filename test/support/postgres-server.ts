import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type PostgresBinaries, prepareBinaries } from '../../src/adapters/embedded/binaries.js';
import { createCluster } from '../../src/adapters/embedded/cluster.js';
import { socketUrl, tryConnect } from '../../src/adapters/embedded/connection.js';
import { type PlatformPackage, findPlatformPackage } from '../../src/adapters/embedded/platform-package.js';
import { startServerProcess } from '../../src/adapters/embedded/server-process.js';
import { DEDICATED_USER, isRoot } from '../../src/adapters/embedded/server-user.js';
import {
  createTimescaleDatabase,
  dropTimescaleDatabases,
  TIMESCALE_URL,
  timescalePrograms,
} from './timescale-server.js';

/** The oldest PostgreSQL that Tickloom supports, and the one it brings. */
export type BundledVersion = 14 | 18;
/** One of those, or the tester's own server with TimescaleDB, where data tables are hypertables. */
export type TestPostgresVersion = BundledVersion | 'timescale';
/** Those that are there: not every platform has the older one, and few have TimescaleDB. */
export const TEST_POSTGRES_VERSIONS: readonly TestPostgresVersion[] = [
  ...([14, 18] as const).filter(isInstalled),
  ...(TIMESCALE_URL === undefined ? [] : (['timescale'] as const)),
];

export interface TestServerOptions {
  /** `timescale`: the programs of the tester's server, which must lie on this machine. */
  readonly version?: TestPostgresVersion;
  /** Settings for this server, over the fast ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Listens on 127.0.0.1 too, where `superuser` needs this password (scram-sha-256). */
  readonly password?: string;
}

/** A real server for tests; its superuser is `postgres`. */
export interface TestServer {
  readonly version: TestPostgresVersion;
  readonly pid: number;
  /** Of database `postgres`, through the unix socket. */
  readonly url: string;
  /** Of database `postgres`, over TCP with the password; `null` without one. */
  readonly tcpUrl: string | null;
  /** A database of this server through the unix socket. */
  urlOf(database: string, user?: string): string;
  /** Ends it at once; the folder goes with the last test. */
  kill(signal: 'SIGKILL' | 'SIGQUIT' | 'SIGINT'): Promise<void>;
  /** Starts it again after `kill`, on the same folder and socket. */
  restart(): Promise<void>;
}

export interface TestDatabaseOptions {
  readonly version?: TestPostgresVersion;
  /** Cloned instead of empty. Prepared once per test process and `name`, on first use. */
  readonly template?: { readonly name: string; prepare(url: string): Promise<void> };
}

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** The same for another role. */
  urlAs(user: string): string;
  /** Drops it, whoever is connected. Not needed: everything goes with the test process. */
  drop(): Promise<void>;
}

/** Gives up durability, which no test needs, and the time it costs. */
const FAST_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  max_connections: '200',
  shared_buffers: '64MB',
  autovacuum: 'off',
};

/** Without jobs, whose scheduler would be connected to each database and in the way of cloning it. */
const TIMESCALE_SETTINGS: Readonly<Record<string, string>> = {
  shared_preload_libraries: 'timescaledb',
  'timescaledb.telemetry_level': 'off',
  'timescaledb.max_background_workers': '0',
  max_locks_per_transaction: '256',
};

const SUPERUSER = 'postgres';

let root: Promise<string> | undefined;
let watcher: ChildProcess | undefined;
let folders = 0;
let databases = 0;
const running = new Set<TestServer>();
const shared = new Map<BundledVersion, Promise<TestServer>>();
const templates = new Map<string, Promise<string>>();

/** The server of a version that all tests of this process share; started on first use. */
export async function testServer(version: BundledVersion = 18): Promise<TestServer> {
  return memoise(shared, version, () => startTestServer({ version }));
}

/** A database of its own on the shared server of a version. */
export async function createDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { version, template } = options;
  if (version === 'timescale') {
    const database = await createTimescaleDatabase();
    await template?.prepare(database.url);
    return database;
  }
  const server = await testServer(version);
  const source = template === undefined ? null : await preparedTemplate(server, template);
  const name = `test_${++databases}`;
  await runSql(server.url, createStatement(name, source));
  const drop = (): Promise<void> => runSql(server.url, `drop database if exists ${name} with (force)`);
  return { name, url: server.urlOf(name), urlAs: (user) => server.urlOf(name, user), drop };
}

/** A server of the test's own, to be killed, or listening with a password. Goes with the test process. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const version = options.version ?? 18;
  const user = isRoot() ? DEDICATED_USER : null;
  const binaries = version === 'timescale' ? await timescaleBinaries() : await testBinaries(version);
  const own = version === 'timescale' ? TIMESCALE_SETTINGS : {};
  const folder = join(await testRoot(), String(++folders));
  const dataDirectory = join(folder, 'data');
  const socketDirectory = join(folder, 's');
  await mkdir(folder);
  await mkdir(socketDirectory, { mode: 0o700 });
  if (user !== null) await chown(socketDirectory, user.uid, user.gid);
  const { password } = options;
  const made = await createCluster(binaries, {
    dataDirectory,
    user,
    superuser: SUPERUSER,
    authHost: password === undefined ? 'reject' : 'scram-sha-256',
    durable: false,
    statements: password === undefined ? [] : [`alter role ${SUPERUSER} password ${pg.escapeLiteral(password)}`],
    settings: {},
  });
  if (made.code !== 0) throw new Error(`initdb of the test server failed: ${made.startError?.message ?? made.output}`);

  const port = password === undefined ? null : await freePort();
  const tcp: Record<string, string> = port === null ? {} : { listen_addresses: '127.0.0.1', port: String(port) };
  const urlOf = (database: string, role = SUPERUSER): string =>
    socketUrl(socketDirectory, role, database).replace(/port=\d+/, (own) => (port === null ? own : `port=${port}`));
  const logPath = join(folder, 'log');
  let pid = 0;
  let exited: Promise<void> = Promise.resolve();
  const start = async (): Promise<void> => {
    const log = await open(logPath, 'a');
    const started = await startServerProcess(binaries, {
      dataDirectory,
      user,
      socketDirectory,
      settings: { ...FAST_SETTINGS, ...own, ...options.settings, ...tcp },
      log: log.fd,
    });
    await log.close();
    if (started instanceof Error) throw started;
    ({ pid, exited } = started);
    running.add(server);
    for (;;) {
      const answer = await tryConnect(server.url);
      if (answer.kind === 'connected') return answer.client.end();
      if (started.hasExited() || answer.kind === 'refused') {
        throw new Error(`the test server does not start: ${answer.error.message}\n${await readFile(logPath, 'utf8')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const server: TestServer = {
    version,
    get pid() {
      return pid;
    },
    url: urlOf('postgres'),
    tcpUrl:
      password === undefined || port === null
        ? null
        : `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    urlOf,
    async kill(signal) {
      if (running.delete(server)) process.kill(pid, signal);
      await exited;
    },
    restart: start,
  };
  await start();
  return server;
}

/** The package of a version. Version 14 hangs below one of our own: npm holds two versions only in two places. */
export function testPackage(version: BundledVersion): PlatformPackage {
  const from = version === 18 ? import.meta.url : import.meta.resolve('postgres-14/package.json');
  const found = findPlatformPackage(from);
  // Without the older one, the search goes on upwards and finds the newer.
  if (found.major === version) return found;
  throw new Error(`PostgreSQL ${version} is not installed for this platform (found ${found.version})`);
}

function isInstalled(version: BundledVersion): boolean {
  try {
    return testPackage(version).major === version;
  } catch (error) {
    process.stderr.write(`no tests on PostgreSQL ${version}: ${(error as Error).message}\n`);
    return false;
  }
}

/** The programs of a version, ready to run for the account that {@link startTestServer} uses. */
export async function testBinaries(version: BundledVersion): Promise<PostgresBinaries> {
  return prepareBinaries(testPackage(version), {
    user: isRoot() ? DEDICATED_USER : null,
    cacheDirectories: ['/var/cache/tickloom', join(tmpdir(), `tickloom-test-cache-${process.geteuid?.() ?? 0}`)],
  });
}

async function timescaleBinaries(): Promise<PostgresBinaries> {
  const programs = await timescalePrograms();
  if (programs !== undefined) return programs;
  throw new Error('the server of TICKLOOM_TEST_TIMESCALE_URL does not run from programs on this machine');
}

async function preparedTemplate(server: TestServer, template: { name: string; prepare(url: string): Promise<void> }) {
  const name = `template_${template.name.toLowerCase().replace(/[^a-z0-9]+/g, '_')}`;
  return memoise(templates, `${server.version} ${name}`, async () => {
    await runSql(server.url, createStatement(name, null));
    await template.prepare(server.urlOf(name));
    return name;
  });
}

function createStatement(name: string, template: string | null): string {
  // template0 cannot be connected to, so that no session of somebody's is ever in the way.
  return `create database ${name} template ${template ?? 'template0'}`;
}

async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function memoise<K, V>(made: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
}

/** One short folder per test process, because a socket's path may have 107 bytes. */
async function testRoot(): Promise<string> {
  root ??= mkdtemp('/tmp/tickloom-test-').then(async (path) => {
    await chmod(path, 0o755);
    watcher = startWatcher(path);
    return path;
  });
  return root;
}

/**
 * Ends the servers and removes the folder when this process is killed: a shell that waits for its stdin to close.
 * The hook below does the same in peace, and leaves it nothing to do.
 */
function startWatcher(path: string): ChildProcess {
  const script = `
    cat >/dev/null
    for file in "$1"/*/data/postmaster.pid; do
      [ -f "$file" ] && kill -QUIT "$(head -n 1 "$file")"
    done
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
      rm -rf "$1" && exit
      sleep 0.3
    done`;
  const child = spawn('/bin/sh', ['-c', script, 'watcher', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  const input = child.stdin as (NodeJS.WritableStream & { unref?(): void }) | null;
  input?.unref?.();
  return child;
}

/** Ends all servers and removes their folder; mocha does it by itself. */
export async function stopTestServers(): Promise<void> {
  await Promise.allSettled([...shared.values()]);
  await Promise.all([...running].map((server) => server.kill('SIGQUIT')));
  await dropTimescaleDatabases();
  shared.clear();
  templates.clear();
  if (root === undefined) return;
  await rm(await root, { recursive: true, force: true, maxRetries: 5 });
  root = undefined;
  watcher?.stdin?.end();
}

// Loaded by mocha, this is a root hook: it runs once, after the last test of the process, also after failures. In one of
// several parallel processes it would run after the first file: there the watcher does it.
if (typeof after === 'function' && process.env.MOCHA_WORKER_ID === undefined) {
  after('stops the test servers', async function () {
    this.timeout(300_000);
    await stopTestServers();
  });
}
