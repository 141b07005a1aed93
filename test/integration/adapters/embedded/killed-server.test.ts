import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { findProcess } from '../../../../src/adapters/system/process-table.js';
import { DEDICATED_USER, isRoot } from '../../../../src/adapters/embedded/server-user.js';
import { EmbeddedHomes, queryValue, until } from '../../../support/embedded-homes.js';
import { skipBecause } from '../../../support/skip-because.js';
import { EmbeddedUser } from '../../../support/embedded-user.js';

describe('embedded server after something was killed', () => {
  const homes = new EmbeddedHomes();
  const bystanders: ChildProcess[] = [];

  afterEach(() => {
    for (const bystander of bystanders.splice(0)) bystander.kill('SIGKILL');
  });

  /** A process of the server's account that has nothing to do with PostgreSQL. */
  async function bystander(): Promise<number> {
    const child = spawn('sleep', ['300'], { ...(isRoot() ? DEDICATED_USER : {}), stdio: 'ignore' });
    await once(child, 'spawn');
    bystanders.push(child);
    return child.pid ?? 0;
  }

  /** Leaves a home whose server was killed while it held a committed row. */
  async function killedHome(): Promise<string> {
    const home = await homes.sharedHome();
    const user = new EmbeddedUser({ home });
    const { url, pid } = await user.said();
    await queryValue(url, 'create table if not exists t as select 42 as answer');
    await user.kill();
    process.kill(pid, 'SIGKILL');
    await until(async () => (await findProcess(pid)) === null);
    return home;
  }

  async function answerOf(home: string): Promise<unknown> {
    const lease = await homes.server(home).acquire();
    const answer = await queryValue(lease.url, 'select answer from t');
    await lease.release();
    return answer;
  }

  /** The server hears a moment later that a user was killed; until then it counts as one. */
  async function hasUsers(url: string, count: number): Promise<void> {
    const held = `select count(*)::int from pg_locks where locktype = 'advisory' and granted`;
    await until(async () => (await queryValue(url, held)) === count);
  }

  it('recovers what was committed when the server was killed', async () => {
    const home = await killedHome();
    expect(await answerOf(home)).to.equal(42);
    expect((await homes.server(home).status()).running).to.equal(false);
  });

  it('starts although the number of the killed server now belongs to another process of the account', async () => {
    const home = await killedHome();
    const file = join(home, 'postgres', 'postmaster.pid');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(await bystander())));
    expect((await homes.server(home).status()).running).to.equal(false);
    expect(await answerOf(home)).to.equal(42);
  });

  it('starts although the file of the killed server is cut or empty', async () => {
    const home = await killedHome();
    await writeFile(join(home, 'postgres', 'postmaster.pid'), '');
    expect(await answerOf(home)).to.equal(42);
  });

  it('adopts the server of a killed user, and its next user stops it', async () => {
    const home = await homes.sharedHome();
    const user = new EmbeddedUser({ home });
    const { pid } = await user.said();
    await user.kill();
    const lease = await homes.server(home).acquire();
    expect((await homes.server(home).status()).pid).to.equal(pid);
    await hasUsers(lease.url, 1);
    await lease.release();
    await until(async () => (await findProcess(pid)) === null);
  });

  it('stops the server of a killed user on "stop"', async () => {
    const home = await homes.sharedHome();
    const user = new EmbeddedUser({ home });
    const { pid, url } = await user.said();
    await user.kill();
    await hasUsers(url, 0);
    expect(await homes.server(home).stop()).to.include({ running: false });
    // It takes its leave of the data first, and of the process table a moment later.
    await until(async () => (await findProcess(pid)) === null);
  });

  it('brings the server back for users that hold a lease when it is killed', async () => {
    const home = await homes.sharedHome();
    const server = homes.server(home);
    const lease = await server.acquire();
    const { pid } = await server.status();
    process.kill(pid ?? 0, 'SIGKILL');
    await until(async () => (await server.status()).running);
    expect((await server.status()).pid).not.to.equal(pid);
    expect(await queryValue(lease.url, 'select 1')).to.equal(1);
    expect(homes.notes).to.include('the embedded server was lost, joining it again');
    await lease.release();
    expect((await server.status()).running).to.equal(false);
  });

  it('says so to users that hold a lease when the server does not come back', async () => {
    const home = await homes.readyHome();
    const lease = await homes.server(home).acquire();
    await writeFile(join(home, 'postgres', 'postgresql.conf'), 'shared_buffers = nonsense\n');
    process.kill((await homes.server(home).status()).pid ?? 0, 'SIGKILL');
    await until(() => homes.notes.some((note) => note.startsWith('the embedded server does not come back: ')));
    await lease.release();
  });

  it('keeps a lease when a backend is killed, and every connection with it', async () => {
    const home = await homes.sharedHome();
    const server = homes.server(home);
    const lease = await server.acquire();
    const { pid } = await server.status();
    const client = new pg.Client({ connectionString: lease.url });
    client.on('error', () => undefined);
    await client.connect();
    const lost = new Promise((resolve) => client.once('end', resolve));
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await lost;
    await until(() => homes.notes.includes('the embedded server was lost, joining it again'));
    await until(async () => (await server.status()).running);
    expect((await server.status()).pid).to.equal(pid);
    await lease.release();
    expect((await server.status()).running).to.equal(false);
  });

  it('does not stop the server under another user that joined again after a crash', async () => {
    const home = await homes.sharedHome();
    const server = homes.server(home);
    const [one, other] = [await server.acquire(), await homes.server(home).acquire()];
    process.kill((await server.status()).pid ?? 0, 'SIGKILL');
    const users = `select count(*)::int from pg_locks where locktype = 'advisory' and granted`;
    await until(async () => (await queryValue(other.url, users).catch(() => 0)) === 2);
    await one.release();
    expect(await queryValue(other.url, 'select 1')).to.equal(1);
    await other.release();
    expect((await server.status()).running).to.equal(false);
  });

  it('starts a server again whose socket was removed', async () => {
    const home = await homes.sharedHome();
    const server = homes.server(home);
    const { pid, url } = await server.start();
    await rm(new URL((url ?? '').replace('@/', '@localhost/')).searchParams.get('host') ?? '', { recursive: true });
    const lease = await server.acquire();
    expect((await server.status()).pid).not.to.equal(pid);
    expect(homes.notes.join()).to.match(
      /the embedded server \(process \d+\) does not answer in ".*", starting it again/,
    );
    await lease.release();
    await server.stop();
  });

  it('initialises again after a process was killed while it did, and removes the half', async () => {
    const home = await homes.home();
    const user = new EmbeddedUser({ home });
    await until(async () => (await readdir(home).catch(() => [])).some((name) => name.startsWith('postgres.partial-')));
    await user.kill();
    const lease = await homes.server(home).acquire();
    await lease.release();
    expect(await readdir(home)).to.have.members(['.gitignore', 'lock', 'postgres', 'postgres.log', 'socket']);
  });

  it('joins the server of a process that was killed while it started one', async () => {
    const home = await homes.sharedHome();
    const user = new EmbeddedUser({ home });
    await until(
      async () => (await readFile(join(home, 'postgres.log'), 'utf8')).split('starting PostgreSQL').length > 2,
    );
    await user.kill();
    const lease = await homes.server(home).acquire();
    expect(await queryValue(lease.url, 'select 1')).to.equal(1);
    await lease.release();
    expect((await homes.server(home).status()).running).to.equal(false);
  });

  it('takes a zombie for what it is: no process', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'zombies are made with the help of /proc');
    // The shell becomes a sleep that never collects the child which the shell had.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 300'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    bystanders.push(parent);
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await until(async () => / Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8')));
    expect(await findProcess(pid)).to.equal(null);
  });

  it('finds processes through ps on systems without /proc', async () => {
    const own = await findProcess(process.pid, 'darwin');
    expect(own?.command.join(' ')).to.include('mocha');
    expect(await findProcess(process.pid, 'darwin')).to.deep.equal(own);
    const pid = await bystander();
    expect(await findProcess(pid, 'darwin')).to.deep.include({ pid, command: ['sleep', '300'] });
    expect(await findProcess(2 ** 30, 'darwin')).to.equal(null);
  });
});
