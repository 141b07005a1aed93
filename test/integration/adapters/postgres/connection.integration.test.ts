import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  type ConnectionSettings,
  resolveConnectionSettings,
} from '../../../../src/adapters/postgres/connection/connection-settings.js';
import { Database, type DatabaseOptions } from '../../../../src/adapters/postgres/connection/database.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import { createDatabase, startTestServer, testServer, type TestServer } from '../../../support/postgres-server.js';

const SECRET = 'hunter2-very-secret';

function database(url: string, options: Partial<DatabaseOptions> = {}): Database {
  const settings = resolveConnectionSettings(url, {});
  if (settings === undefined) throw new Error('no settings');
  return new Database(settings, { dbSchema: 'tickloom', retries: 0, ...options });
}

async function failure(db: Database, signal?: AbortSignal): Promise<TickloomError> {
  try {
    const session = await db.session({ signal });
    session.release();
  } catch (error) {
    const text = JSON.stringify([error, (error as Error).message, (error as Error).stack]);
    expect(text).not.to.include(SECRET);
    return error as TickloomError;
  } finally {
    await db.close();
  }
  throw new Error('expected an error');
}

/** Listens, and does with each connection what the test says. */
async function listen(serve: (socket: Socket) => void): Promise<{ server: Server; url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.on('close', () => sockets.forEach((socket) => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { server, url: `postgresql://me:${SECRET}@127.0.0.1:${port}/db?sslmode=disable&connect_timeout=1` };
}

function message(type: string, ...parts: (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

describe('Database', () => {
  let secured: TestServer;

  before(async () => {
    secured = await startTestServer({ password: SECRET });
  });

  after(async () => {
    await secured.kill('SIGINT');
  });

  it('speaks UTC and UTF-8, names itself, and relies on no search path', async () => {
    const db = database((await testServer()).url);
    const row = await db.withSession((session) =>
      session.row(`select current_setting('TimeZone') as zone, current_setting('search_path') as path,
        current_setting('application_name') as name, current_setting('client_encoding') as encoding`),
    );
    expect(row).to.deep.equal({ zone: 'UTC', path: '""', name: 'tickloom', encoding: 'UTF8' });
    await db.close();
  });

  it('goes on without TLS where the server has none and the mode is prefer, also many at once', async () => {
    const db = database(secured.tcpUrl as string);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => db.withSession((session) => session.row('select 1 as one'))),
    );
    expect(answers).to.deep.equal(Array.from({ length: 5 }, () => ({ one: 1 })));
    await db.close();
  });

  it('says so when the server has no TLS and the mode requires it', async () => {
    const error = await failure(database(`${secured.tcpUrl as string}?sslmode=require`));
    expect(error.code).to.equal('DATABASE_UNSUPPORTED');
    expect(error.message).to.match(/SSL/);
  });

  it('names a certificate that cannot be read', async () => {
    const error = await failure(
      database(`${secured.tcpUrl as string}?sslmode=verify-full&sslrootcert=/nowhere/root.pem`),
    );
    expect(error.code).to.equal('PATH_UNREADABLE');
    expect(error.message).to.include('/nowhere/root.pem');
  });

  it('refuses a wrong password, and a missing one', async () => {
    const url = new URL(secured.tcpUrl as string);
    url.password = `${SECRET}x`;
    const wrong = await failure(database(url.href));
    expect(wrong.code).to.equal('DATABASE_AUTH');
    expect(wrong.context).to.include({ sqlstate: '28P01' });
    url.password = '';
    const missing = await failure(database(url.href));
    expect(missing.code).to.equal('DATABASE_AUTH');
  });

  it('takes a password that is not given from the file of libpq, unless others can read it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tickloom-passwords-'));
    const file = join(folder, 'passwords');
    const url = new URL(secured.tcpUrl as string);
    const line = `${url.hostname}:${url.port}:*:${url.username}:${SECRET}`;
    await writeFile(file, `# mine\nelsewhere:5432:*:*:wrong\n${line}\n*:*:*:*:wrong\n`, { mode: 0o600 });
    url.password = '';
    const connect = (env: Readonly<Record<string, string>>, href = url.href): Database => {
      const settings = resolveConnectionSettings(href, env) as ConnectionSettings;
      return new Database(settings, { dbSchema: 'tickloom', retries: 0 });
    };
    for (const db of [connect({ PGPASSFILE: file }), connect({}, `${url.href}?passfile=${encodeURIComponent(file)}`)]) {
      expect(await db.withSession((session) => session.row('select 1 as one'))).to.deep.equal({ one: 1 });
      await db.close();
    }
    expect((await failure(connect({ PGPASSFILE: file, PGPASSWORD: 'wrong' }))).code).to.equal('DATABASE_AUTH');
    expect((await failure(connect({ PGPASSFILE: join(folder, 'none') }))).code).to.equal('DATABASE_AUTH');
    await chmod(file, 0o644);
    const open = await failure(connect({ PGPASSFILE: file }));
    expect(open.code).to.equal('PATH_UNREADABLE');
    expect(open.message).to.include('other accounts can read it');
    await rm(folder, { recursive: true });
  });

  it('names a database that is not there', async () => {
    const server = await testServer();
    const error = await failure(database(server.urlOf('no_such_database')));
    expect(error.code).to.equal('DATABASE_NOT_FOUND');
    expect(error.message).to.match(/"no_such_database" does not exist/);
  });

  it('asks a server that does not answer again, a few times', async () => {
    let attempts = 0;
    const { server, url } = await listen((socket) => {
      attempts += 1;
      socket.destroy();
    });
    const error = await failure(database(url, { retries: 2, retryDelayMs: 1 }));
    server.close();
    expect(error.code).to.equal('DATABASE_UNREACHABLE');
    expect(attempts).to.equal(3);
  });

  it('says where nothing listens', async () => {
    const { server, url } = await listen(() => undefined);
    server.close();
    await once(server, 'close');
    const error = await failure(database(url));
    expect(error.code).to.equal('DATABASE_UNREACHABLE');
    expect(error.message).to.match(/postgresql:\/\/me@127\.0\.0\.1:\d+\/db.*ECONNREFUSED/);
    const socket = await failure(database('postgresql://me@/db?host=/nowhere'));
    expect(socket.code).to.equal('DATABASE_UNREACHABLE');
  });

  it('gives up on a server that takes the connection and says nothing', async () => {
    const { server, url } = await listen(() => undefined);
    const error = await failure(database(url));
    server.close();
    expect(error.code).to.equal('DATABASE_UNREACHABLE');
  });

  it('stops asking when it is cancelled', async () => {
    const { server, url } = await listen((socket) => socket.destroy());
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const error = await failure(database(url, { retries: 50, retryDelayMs: 60_000 }), stop.signal);
    server.close();
    expect(error.code).to.equal('CANCELLED');
  });

  it('can be closed after it was cancelled while a connection was on its way', async () => {
    const { url } = await testServer();
    const db = database(url);
    const stop = new AbortController();
    const opening = db.session({ signal: stop.signal });
    stop.abort();
    const error = await opening.catch((thrown: unknown) => thrown as TickloomError);
    expect(error).to.include({ code: 'CANCELLED' });
    await db.close();
  });

  it('refuses a server older than 14', async () => {
    const old = await listen((socket) => {
      let started = false;
      socket.on('data', () => {
        if (!started) {
          started = true;
          socket.write(Buffer.concat([message('R', Buffer.from([0, 0, 0, 0])), message('Z', 'I')]));
          return;
        }
        const column = (name: string): Buffer =>
          Buffer.concat([
            Buffer.from(`${name}\0`),
            Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]),
          ]);
        const value = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
        socket.write(
          Buffer.concat([
            message('T', Buffer.from([0, 2]), column('number'), column('version')),
            message('D', Buffer.from([0, 2]), value('130004'), value('13.4')),
            message('C', 'SELECT 1\0'),
            message('Z', 'I'),
          ]),
        );
      });
    });
    const error = await failure(database(old.url));
    old.server.close();
    expect(error.code).to.equal('DATABASE_UNSUPPORTED');
    expect(error.message).to.equal('PostgreSQL 14 or newer is needed (server reports 13.4)');
  });

  it('refuses a database that cannot hold every symbol', async () => {
    const server = await testServer();
    const db = database(server.url);
    const run = async (sql: string): Promise<unknown> => db.withSession((session) => session.query(sql));
    await run("create database narrow encoding 'LATIN1' template template0 locale 'C'");
    const error = await failure(database(server.urlOf('narrow')));
    await run('drop database narrow');
    await db.close();
    expect(error.code).to.equal('DATABASE_UNSUPPORTED');
    expect(error.message).to.match(/this database is in LATIN1/);
  });

  it('survives a server that ends right behind its welcome', async () => {
    const dying = await listen((socket) => {
      socket.once('data', () => {
        const fatal = message('E', 'SFATAL\0VFATAL\0C57P01\0Munexpected postmaster exit\0\0');
        socket.end(Buffer.concat([message('R', Buffer.from([0, 0, 0, 0])), message('Z', 'I'), fatal]));
      });
    });
    const error = await failure(database(dying.url));
    dying.server.close();
    expect(error.code).to.equal('DATABASE_LOST');
  });

  it('opens a new connection when an idle one was lost', async () => {
    const db = database((await testServer()).url);
    const pid = await db.withSession((session) => Promise.resolve(session.processId));
    const other = database((await testServer()).url);
    await other.withSession((session) => session.query('select pg_terminate_backend($1, 5000)', [pid]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await db.withSession((session) => session.row('select 1 as one'))).to.deep.equal({ one: 1 });
    await Promise.all([db.close(), other.close()]);
  });

  it('says that the connection was lost under a session, and rolls a transaction back', async () => {
    const test = await createDatabase();
    const [db, other] = [database(test.url), database(test.url)];
    await db.withSession((session) => session.query('create table public.t (a int)'));
    const lost = db.transaction(async (session) => {
      await session.query('insert into public.t values (1)');
      await other.withSession((killer) => killer.query('select pg_terminate_backend($1, 5000)', [session.processId]));
      await new Promise((resolve) => setTimeout(resolve, 50));
      await session.query('insert into public.t values (2)');
    });
    const error = await lost.catch((thrown: unknown) => thrown as TickloomError);
    expect((error as TickloomError).code).to.equal('DATABASE_LOST');
    expect(await db.withSession((session) => session.rows('select * from public.t'))).to.deep.equal([]);
    await Promise.all([db.close(), other.close()]);
    await test.drop();
  });

  it('calls a statement that timed out a conflict', async () => {
    const db = database((await testServer()).url);
    const error = await db
      .withSession((session) => session.query(`set statement_timeout = 10; select pg_sleep(5)`))
      .catch((thrown: unknown) => thrown as TickloomError);
    expect((error as TickloomError).code).to.equal('DATABASE_CONFLICT');
    await db.close();
  });
});
