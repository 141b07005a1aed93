import { expect } from 'chai';
import pg from 'pg';
import { createTickloom, type Tickloom } from '../../../src/index.js';
import { startTestServer, type TestServer } from '../../support/postgres-server.js';
import { rejected } from '../../support/thrown.js';
import { describeOnTimescale } from '../../support/timescale-server.js';
import { trades, tradesFile } from '../../support/trade-file.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

describeOnTimescale('compressed rows that the server would not show', function () {
  this.timeout(240_000);
  const opened: Tickloom[] = [];

  const open = (database: string): Tickloom => {
    const tickloom = createTickloom({ database });
    opened.push(tickloom);
    return tickloom;
  };
  afterEach(async () => {
    for (const tickloom of opened.splice(0)) await tickloom.close();
  });

  /** Nothing is answered, and the way out is named. */
  const expectRefused = async (url: string, path: string, message: RegExp, hint: RegExp): Promise<void> => {
    const write = async (): Promise<void> => undefined;
    const tickloom = open(url);
    for (const call of [
      () => tickloom.query('select count(*) from trades'),
      () => tickloom.export({ schema: 'trades', format: 'csv', output: { write } }),
      () => tickloom.verify(),
      () => tickloom.ingest({ paths: [path] }),
      () => tickloom.database.migrate(),
    ]) {
      const error = await rejected(call());
      expect(error).to.include({ code: 'STORAGE_UNAVAILABLE', action: 'fix' });
      expect(error.message).to.match(message);
      expect(error.hint).to.match(hint);
    }
    const storage = (await tickloom.doctor()).find(({ name }) => name === 'storage');
    expect(storage).to.include({ status: 'failed', code: 'STORAGE_UNAVAILABLE' });
  };
  const expectShown = async (url: string): Promise<void> => {
    const report = await open(url).verify({ deep: true });
    expect(report).to.include({ status: 'ok', rows: 10 });
  };

  it('without its library are refused by every command that would miss them', async () => {
    const held = await VerifiedDatabase.create('timescale');
    const file = tradesFile(trades(10));
    await held.ingest('monday.dbn', file, {}, held.open({ compressAfter: '7d' }));
    const [{ name } = { name: '' }] = await held.rows<{ name: string }>('select current_database() as name');
    await held.rows(`alter database ${name} set timescaledb.disable_load = on`);
    const path = await held.file('monday.dbn', file);
    const message = /tables of "tickloom" are hypertables, and the server has not loaded TimescaleDB 2\.\S+:/;
    await expectRefused(held.url, path, message, /^Add timescaledb to shared_preload_libraries/);
    const other = createTickloom({ database: held.url, dbSchema: 'other', storage: 'plain' });
    expect((await other.ingest({ paths: [path] })).status).to.equal('complete');
    await other.close();
    await held.rows(`alter database ${name} reset timescaledb.disable_load`);
    await expectShown(held.url);
    await held.close();
  });

  describe('under the Apache licence', () => {
    let server: TestServer;
    before(async () => {
      server = await startTestServer({ version: 'timescale' });
    });
    after(() => server.kill('SIGQUIT'));

    const run = async (sql: string): Promise<void> => {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      await client.query(sql);
      await client.end();
    };
    const licence = async (name: string): Promise<void> => {
      await run(`alter system set timescaledb.license = '${name}'`);
      await server.kill('SIGINT');
      await server.restart();
    };

    it('are refused by every command', async () => {
      await run('create extension timescaledb');
      const held = await VerifiedDatabase.create(18);
      const path = await held.file('monday.dbn', tradesFile(trades(10)));
      const compressing = createTickloom({ database: server.url, compressAfter: '7d' });
      await compressing.ingest({ paths: [path] });
      await compressing.close();
      await licence('apache');
      const message = /partitions of "tickloom" are compressed, and the server has TimescaleDB 2\.\S+ under the Apache/;
      await expectRefused(server.url, path, message, /timescaledb\.license = 'timescale'/);
      await licence('timescale');
      await expectShown(server.url);
      await held.close();
    });
  });
});
