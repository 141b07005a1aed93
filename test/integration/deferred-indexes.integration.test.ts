import { expect } from 'chai';
import pg from 'pg';
import { RecordingReporter, type Tickloom, type TickloomOptions } from '../../src/index.js';
import { notesOf } from '../support/notes-of.js';
import { SECOND, MONDAY, trades, tradesFile, tradesHeader } from '../support/trade-file.js';
import { VerifiedDatabase } from '../support/verified-database.js';

const MADE = 'making the index trades_instrument of trades';

/** Trades from one second of a Monday to another. */
const between = (from: number, to: number): Uint8Array =>
  tradesFile(
    trades(to - from, from),
    tradesHeader({ start: MONDAY + BigInt(from) * SECOND, end: MONDAY + BigInt(to) * SECOND }),
  );

describe('an index that its table is to have after the first load', function () {
  this.timeout(120_000);
  let held: VerifiedDatabase;
  let schemas = 0;
  let dbSchema: string;

  before(async () => {
    held = await VerifiedDatabase.create(18);
  });
  after(() => held.close());
  beforeEach(() => {
    dbSchema = `indexed_${++schemas}`;
  });

  const open = (options: TickloomOptions = {}): Tickloom => held.open({ dbSchema, ...options });
  const indexes = async (): Promise<unknown[]> =>
    (
      await held.rows(`select indexname from pg_indexes where schemaname = $1 and tablename = 'trades' order by 1`, [
        dbSchema,
      ])
    ).map(({ indexname }) => indexname);
  const wanted = async (): Promise<unknown[]> =>
    (await held.rows(`select table_name from ${dbSchema}.deferred_indexes order by 1`)).map((row) => row.table_name);
  const notes = async (tickloom: Tickloom, from: number, to: number): Promise<string[]> => {
    const reporter = new RecordingReporter();
    const path = await held.file(`${from}.dbn`, between(from, to));
    const { status } = await tickloom.ingest({ paths: [path] }, { reporter });
    expect(status).to.equal('complete');
    // whatever is said is said after the load
    const types = reporter.events.map(({ type }) => type);
    if (types.includes('note')) expect(types.indexOf('note')).to.be.greaterThan(types.indexOf('chunk_finished'));
    return notesOf(reporter);
  };

  it('is made at its end, once, of that table alone', async () => {
    const tickloom = open({ index: 'btree' });
    await tickloom.database.migrate();
    expect(await indexes()).to.deep.equal(['trades_brin']);
    expect(await wanted()).to.include.members(['definition', 'trades']);
    expect(await notes(tickloom, 0, 100)).to.deep.equal([MADE]);
    expect(await indexes()).to.deep.equal(['trades_brin', 'trades_instrument']);
    expect(await wanted())
      .to.include('definition')
      .and.not.include('trades');
    expect(await notes(tickloom, 100, 200)).to.deep.equal([]);
    const report = await tickloom.verify({ deep: true });
    expect(report.status).to.equal('ok');
  });

  it('is left to the run that still writes to the table, whatever index that one asks for', async () => {
    await open({ index: 'btree' }).database.migrate();
    const writer = new pg.Client({ connectionString: held.url });
    await writer.connect();
    try {
      await writer.query(`begin; lock table ${dbSchema}.trades in row exclusive mode`);
      expect(await notes(open(), 0, 100)).to.deep.equal([
        MADE,
        'another run writes to trades: its end makes the index trades_instrument',
      ]);
    } finally {
      await writer.end();
    }
    expect(await indexes()).to.deep.equal(['trades_brin']);
    expect(await notes(open(), 100, 200)).to.deep.equal([MADE]);
    expect(await indexes()).to.deep.equal(['trades_brin', 'trades_instrument']);
  });

  it('is made by migrating, too, and not while the table is empty', async () => {
    const tickloom = open({ index: 'btree' });
    const said: string[] = [];
    const onNote = (text: string): void => void said.push(text);
    await tickloom.database.migrate({ onNote });
    await tickloom.database.migrate({ onNote });
    expect(said).to.deep.equal([]);
    await notes(tickloom, 0, 100);
    await held.rows(`drop index ${dbSchema}.trades_instrument`);
    await held.rows(`insert into ${dbSchema}.deferred_indexes values ('trades')`);
    await open().database.migrate({ onNote });
    expect(said).to.deep.equal([MADE]);
    expect(await indexes()).to.deep.equal(['trades_brin', 'trades_instrument']);
  });

  it('does not trouble a role that may only load', async () => {
    await open({ index: 'btree' }).database.migrate();
    const role = `loader_of_${dbSchema}`;
    await held.rows(`create role ${role} login`);
    await held.rows(`grant usage on schema ${dbSchema} to ${role}`);
    await held.rows(`grant all on all tables in schema ${dbSchema} to ${role}`);
    await held.rows(`grant all on all sequences in schema ${dbSchema} to ${role}`);
    await held.rows(`revoke all on ${dbSchema}.deferred_indexes from ${role}`);
    const database = held.url.replace(/\/\/[^@/]*@/, `//${role}@`);
    try {
      expect(await notes(open({ database }), 0, 100)).to.deep.equal([]);
      expect(await indexes()).to.deep.equal(['trades_brin']);
      await held.rows(`grant all on ${dbSchema}.deferred_indexes to ${role}`);
      const said = async (path: string): Promise<unknown[]> => {
        const reporter = new RecordingReporter();
        await open({ database }).ingest({ paths: [path] }, { reporter });
        return reporter.of('note');
      };
      const left = (which: string, owner: string): object => ({
        type: 'note',
        level: 'info',
        text: `${which} still to be made: by "tickloom db migrate", as the role that owns ${owner}`,
      });
      expect(await said(await held.file('later.dbn', between(100, 200)))).to.deep.equal([
        left('trades_instrument of trades is', 'its table'),
      ]);
      const output = await held.file('tbbo.dbn', new Uint8Array());
      await open().sample({ schema: 'tbbo', records: 100, instruments: 1, days: 1, seed: 1, output });
      expect(await said(output)).to.deep.equal([
        left('tbbo_instrument of tbbo, trades_instrument of trades are', 'their tables'),
      ]);
      expect(await indexes()).to.deep.equal(['trades_brin']);
      expect(await notes(open(), 300, 400)).to.have.members([MADE, 'making the index tbbo_instrument of tbbo']);
    } finally {
      await held.rows(`drop owned by ${role}; drop role ${role}`);
    }
  });
});
