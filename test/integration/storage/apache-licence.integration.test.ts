import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { createTickloom, RecordingReporter, type Tickloom, type TickloomOptions } from '../../../src/index.js';
import { startTestServer, type TestServer } from '../../support/postgres-server.js';
import { notesOf } from '../../support/notes-of.js';
import { rejected } from '../../support/thrown.js';
import { describeOnTimescale } from '../../support/timescale-server.js';
import { DAY, MONDAY, trades, tradesFile } from '../../support/trade-file.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

const WHY = /^nothing is compressed: TimescaleDB 2\.\S+ under the Apache licence, which has no compression$/;

describeOnTimescale('hypertables under the Apache licence', function () {
  this.timeout(240_000);
  let server: TestServer;
  let client: pg.Client;
  let folder: string;
  let file: string;
  const opened: Tickloom[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-apache-'));
    file = join(folder, 'monday.dbn');
    await writeFile(file, tradesFile(trades(500)));
    server = await startTestServer({ version: 'timescale', settings: { 'timescaledb.license': 'apache' } });
    client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query('create extension timescaledb');
  });
  after(async () => {
    for (const tickloom of opened) await tickloom.close();
    await client.end();
    await server.kill('SIGQUIT');
    await rm(folder, { recursive: true });
  });

  const open = (options: TickloomOptions = {}): Tickloom => {
    const tickloom = createTickloom({ database: server.url, ...options });
    opened.push(tickloom);
    return tickloom;
  };
  const names = async (sql: string): Promise<unknown[]> => (await client.query<{ name: string }>(sql)).rows;

  it('are not begun where compression is demanded of the tables, with a hint', async () => {
    for (const storage of ['auto', 'timescale'] as const) {
      const error = await rejected(open({ storage, compressAfter: '7d' }).database.migrate());
      expect(error).to.include({ code: 'STORAGE_UNAVAILABLE', action: 'fix' });
      expect(error.message).to.match(WHY);
      expect(error.hint).to.match(/timescaledb\.license = 'timescale'.* or leave out --compress-after\.$/);
    }
    expect(await names(`select nspname as name from pg_namespace where nspname = 'tickloom'`)).to.deep.equal([]);
  });

  it('take rows, with a warning where they were to be compressed, and views of bars', async () => {
    const reporter = new RecordingReporter();
    const asking = open({ compressAfter: '7d', bars: ['1m'] });
    const { status } = await asking.ingest({ paths: [file] }, { reporter });
    expect(status).to.equal('complete');
    expect(notesOf(reporter)).to.have.length(1);
    expect(notesOf(reporter)[0]).to.match(WHY);
    expect((await open({ bars: ['1h'] }).database.migrate()).bars).to.deep.equal([
      { length: '1h', name: 'bars_1h', kind: 'view' },
    ]);
    const { rows } = await client.query('select sum(volume)::int as volume from tickloom.bars_1m');
    expect(rows).to.deep.equal([{ volume: 1_500 }]);
    const tickloom = open();
    const { tables } = await tickloom.database.status();
    expect(tables.find(({ name }) => name === 'trades')?.partitions).to.deep.equal({ all: 1, compressed: 0 });
    expect((await tickloom.verify({ deep: true })).status).to.equal('ok');
  });

  it('are made of plain tables', async () => {
    const plain = open({ storage: 'plain', dbSchema: 'moved' });
    await plain.ingest({ paths: [file] });
    const { moved } = await open({ storage: 'timescale', dbSchema: 'moved' }).database.migrate();
    expect(moved.find(({ table }) => table === 'trades')).to.deep.equal({ table: 'trades', rows: 500 });
    expect((await open({ dbSchema: 'moved' }).verify({ deep: true })).status).to.equal('ok');
  });

  it('are asked for nothing that the licence forbids', async () => {
    const { rows } = await client.query<{ log: string }>(
      `select pg_read_file(current_setting('data_directory') || '/../log') as log`,
    );
    expect(rows[0]?.log).to.match(/database system is ready/);
    expect(rows[0]?.log).not.to.match(/apache/i);
  });
});

describeOnTimescale('continuous aggregates that the licence does not refresh any more', function () {
  this.timeout(240_000);
  let server: TestServer;
  let held: VerifiedDatabase;
  const opened: Tickloom[] = [];

  before(async () => {
    server = await startTestServer({ version: 'timescale' });
    held = await VerifiedDatabase.create(18);
  });
  after(async () => {
    for (const tickloom of opened) await tickloom.close();
    await held.close();
    await server.kill('SIGQUIT');
  });

  const open = (options: TickloomOptions = {}): Tickloom => {
    const tickloom = createTickloom({ database: server.url, ...options });
    opened.push(tickloom);
    return tickloom;
  };
  const run = async (sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    await client.end();
    return rows;
  };

  it('are never replaced by views', async () => {
    await run('create extension timescaledb');
    const monday = await held.file('monday.dbn', tradesFile(trades(500), { end: MONDAY + DAY / 2n }));
    await open({ bars: ['1m', '1d'] }).ingest({ paths: [monday] });
    await run(`alter system set timescaledb.license = 'apache'`);
    for (const tickloom of opened.splice(0)) await tickloom.close();
    await server.kill('SIGINT');
    await server.restart();

    const why = /TimescaleDB 2\.\S+ under the Apache licence, which does not refresh/;
    const error = await rejected(open({ bars: ['1m', '1h'] }).database.migrate());
    expect(error).to.include({ code: 'STORAGE_UNAVAILABLE', action: 'fix' });
    expect(error.message)
      .to.match(/^bars_1m is a continuous aggregate, and the server has/)
      .and.match(why);
    expect(error.hint).to.match(/timescaledb\.license = 'timescale'/);

    const evening = await held.file('evening.dbn', tradesFile(trades(500, 43_200), { start: MONDAY + DAY / 2n }));
    const refused = await rejected(open({ bars: ['1m', '1d'] }).ingest({ paths: [evening] }));
    expect(refused).to.include({ code: 'STORAGE_UNAVAILABLE', action: 'fix' });
    const reporter = new RecordingReporter();
    const { status } = await open({ bars: ['1m', '1d'] }).ingest({ paths: [monday] }, { reporter });
    expect(status).to.equal('complete');
    expect(notesOf(reporter)).to.have.length(1);
    expect(notesOf(reporter)[0])
      .to.match(/bars_1m, bars_1d are continuous aggregates/)
      .and.match(why);

    const views = await run('select view_name as name from timescaledb_information.continuous_aggregates order by 1');
    expect(views).to.deep.equal([{ name: 'bars_1d' }, { name: 'bars_1m' }]);
    expect(await run(`select to_regclass('tickloom.bars_1h')::text as name`)).to.deep.equal([{ name: null }]);
    expect(await run('select sum(volume)::int as volume from tickloom.bars_1m')).to.deep.equal([{ volume: 1_500 }]);
  });
});
