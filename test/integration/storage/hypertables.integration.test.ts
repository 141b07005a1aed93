import { expect } from 'chai';
import { encodeDbn } from '../../../src/core/dbn/index.js';
import { createTickloom, type DatabaseTable, RecordingReporter, type Tickloom } from '../../../src/index.js';
import { notesOf } from '../../support/notes-of.js';
import { rejected } from '../../support/thrown.js';
import { createTimescaleDatabase, describeOnTimescale } from '../../support/timescale-server.js';
import { DAY, MONDAY, trade, trades, tradesFile, tradesHeader } from '../../support/trade-file.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

const PARTITIONS = `select range_start::text as day, is_compressed as compressed
  from timescaledb_information.chunks where hypertable_name = 'trades' order by 1`;

/** Trades of ESH4 of a day of that week, from 0 for Monday. */
function dayFile(day: number, count = 500): Uint8Array {
  const start = MONDAY + BigInt(day) * DAY;
  const date = (later: number): number => 20240304 + day + later;
  const header = tradesHeader({
    start,
    end: start + DAY,
    mappings: [{ rawSymbol: 'ESH4', intervals: [{ startDate: date(0), endDate: date(1), symbol: '5482' }] }],
  });
  const records = trades(count, 0).map(({ layout, values }) => ({
    layout,
    values: { ...values, ts_recv: BigInt(values['ts_recv'] as bigint) + BigInt(day) * DAY },
  }));
  return encodeDbn(header, records);
}

describeOnTimescale('hypertables', function () {
  this.timeout(240_000);
  let held: VerifiedDatabase;
  let reporter: RecordingReporter;

  beforeEach(async () => {
    reporter = new RecordingReporter();
    held = await VerifiedDatabase.create('timescale');
  });
  afterEach(() => held.close());

  const csv = async (tickloom: Tickloom = held.tickloom): Promise<string> => {
    const pieces: Uint8Array[] = [];
    const write = async (bytes: Uint8Array): Promise<void> => void pieces.push(bytes);
    await tickloom.export({ schema: 'trades', format: 'csv', output: { write } });
    return Buffer.concat(pieces).toString();
  };

  it('are what new tables are, by the interval of the schema, with our index and no other', async () => {
    const widths = await held.rows<{ name: string; width: string }>(
      `select hypertable_name as name, time_interval::text as width from timescaledb_information.dimensions order by 1`,
    );
    expect(widths).to.have.length(20);
    const width = (table: string): string | undefined => widths.find(({ name }) => name === table)?.width;
    expect([width('trades'), width('ohlcv_1m'), width('definition')]).to.deep.equal(['1 day', '7 days', '28 days']);
    await held.ingest('monday.dbn', dayFile(0));
    const indexes = await held.rows<{ def: string }>(
      `select indexdef as def from pg_indexes where tablename like '\\_hyper%' and schemaname = '_timescaledb_internal'`,
    );
    expect(indexes).to.have.length(1);
    expect(indexes[0]?.def).to.match(/USING brin \(ts_recv, chunk_id\)$/);
  });

  it('are named by doctor and db status, with their partitions and rows', async () => {
    await held.ingest('monday.dbn', dayFile(0));
    const checks = await held.tickloom.doctor();
    const storage = checks.find(({ name }) => name === 'storage');
    expect(storage).to.include({ status: 'ok' });
    expect(storage?.detail).to.match(/^new tables are hypertables: TimescaleDB 2\.\d+/);
    const status = await held.tickloom.database.status();
    expect(status.storage?.kind).to.equal('timescale');
    const table = status.tables.find(({ name }) => name === 'trades');
    expect(table).to.deep.include({ empty: false, partitions: { all: 1, compressed: 0 } });
    expect(table?.bytes).to.be.greaterThan(50_000);
    expect(status.tables.find(({ name }) => name === 'tbbo')).to.deep.include({ empty: true, rows: 0 });
  });

  it('are not called empty by db status where nobody knows how to count them', async () => {
    await held.ingest('monday.dbn', dayFile(0));
    const [{ database } = { database: '' }] = await held.rows<{ database: string }>(
      'select current_database() as database',
    );
    const tables = async (): Promise<readonly DatabaseTable[]> => (await held.open({}).database.status()).tables;
    const expectUntold = async (): Promise<void> => {
      const found = await tables();
      expect(found.find(({ name }) => name === 'trades')).to.deep.equal({
        name: 'trades',
        rows: null,
        bytes: null,
        empty: false,
        partitions: null,
      });
      // of one without partitions it is known
      expect(found.find(({ name }) => name === 'tbbo')).to.deep.include({ empty: true, rows: 0 });
    };
    await held.rows(`alter database ${database} set timescaledb.disable_load = on`);
    await expectUntold();
    await held.rows(`update pg_extension set extversion = '3.0.0' where extname = 'timescaledb'`);
    await expectUntold();
  });

  it('have their partitions before the first row is committed, so that others can load beside', async () => {
    const path = await held.file('monday.dbn', dayFile(0));
    const seen: unknown[] = [];
    const looking = held.open({});
    const report = async (): Promise<void> => {
      seen.push(...(await held.rows(`select count(*)::int as rows from trades`)), ...(await held.rows(PARTITIONS)));
    };
    // the file is read in one piece, so that the moment between its rows and its end is the reporter's
    let looked: Promise<void> | undefined;
    await looking.ingest(
      { paths: [path] },
      {
        reporter: {
          report: (event) => void (event.type === 'rows_stored' && (looked ??= report())),
          close: async () => undefined,
        },
      },
    );
    await looked;
    expect(seen.slice(1)).to.deep.equal([{ day: '2024-03-04 00:00:00+00', compressed: false }]);
  });

  it('take each day to its partition, and give the same rows after compression', async () => {
    for (const day of [0, 1, 2]) await held.ingest(`${day}.dbn`, dayFile(day));
    const before = await csv();
    const tickloom = held.open({ compressAfter: '7d' });
    await tickloom.ingest({ paths: [await held.file('0.dbn', dayFile(0))] }, { reporter });
    expect(notesOf(reporter)).to.include('compressed 3 partitions of "trades"');
    expect((await held.rows<{ compressed: boolean }>(PARTITIONS)).every(({ compressed }) => compressed)).to.equal(true);
    expect(await csv()).to.equal(before);
    await held.expectSound();
    const settings = await held.rows<{ by: string; sorted: string }>(
      `select string_agg(attname, ',' order by segmentby_column_index) filter (where segmentby_column_index is not null) as by,
              string_agg(attname, ',' order by orderby_column_index) filter (where orderby_column_index is not null) as sorted
         from timescaledb_information.compression_settings where hypertable_name = 'trades'`,
    );
    expect(settings).to.deep.equal([{ by: 'instrument_id', sorted: 'ts_recv,chunk_id,ordinal' }]);
  });

  it('leave one policy behind, that compresses and never removes', async () => {
    await held.ingest('monday.dbn', dayFile(0));
    const jobs = `select proc_name as name, config ->> 'compress_after' as after
      from timescaledb_information.jobs where hypertable_name is not null`;
    expect(await held.rows(jobs)).to.deep.equal([]);
    const path = await held.file('monday.dbn', dayFile(0));
    for (const [compressAfter, after] of [
      ['7d', '168:00:00'],
      ['7d', '168:00:00'],
      ['12h', '12:00:00'],
    ] as const) {
      await held.open({ compressAfter }).ingest({ paths: [path] });
      expect(await held.rows(jobs)).to.deep.equal([{ name: 'policy_compression', after }]);
    }
  });

  it('take what comes later into compressed partitions, and compress it with the rest', async () => {
    const tickloom = held.open({ compressAfter: '7d' });
    const first = encodeDbn(tradesHeader({ end: MONDAY + DAY / 2n }), trades(500));
    await held.ingest('first.dbn', first, {}, tickloom);
    const after = tradesHeader({ start: MONDAY + DAY / 2n, end: MONDAY + DAY });
    const second = encodeDbn(after, trades(500, 60_000));
    await held.ingest('second.dbn', second);
    await held.expectSound();
    const exported = await csv();
    expect(exported.split('\n')).to.have.length(1_002);
    await tickloom.ingest({ paths: [await held.file('second.dbn', second)] }, { reporter });
    expect(notesOf(reporter)).to.include('compressed 1 partition of "trades"');
    expect(await csv()).to.equal(exported);
    await held.expectSound();
  });

  it('find what is in compressed partitions again, and name what differs', async () => {
    await held.ingest('monday.dbn', dayFile(0), {}, held.open({ compressAfter: '7d' }));
    // the same records under another header are compared, row by row
    const again = encodeDbn(tradesHeader({ symbols: ['ESH4', 'ESM4'] }), trades(500));
    const { report: same } = await held.ingest('again.dbn', again);
    expect(same.records).to.include({ loaded: 0, already_loaded: 500 });
    const other = encodeDbn(tradesHeader({ symbols: ['ESH4', 'ESU4'] }), [...trades(499), trade(499, { size: 9 })]);
    const path = await held.file('other.dbn', other);
    const { details } = await held.tickloom.ingest({ paths: [path] });
    expect(details[0]?.error?.code).to.equal('COVERAGE_CONFLICT');
    await held.expectSound();
  });

  it('let compressed rows be replaced with --force, more than the extension unpacks by itself', async () => {
    const count = 120_000;
    const many = (size: number): Uint8Array =>
      tradesFile(Array.from({ length: count }, (_, index) => trade(Math.floor(index / 2), { size, sequence: index })));
    await held.ingest('many.dbn', many(3), {}, held.open({ compressAfter: '7d' }));
    const { report: replaced } = await held.ingest('other.dbn', many(4), { force: true });
    expect(replaced.records).to.include({ loaded: count, replaced: count });
    expect(await held.rows('select size, count(*)::int as rows from trades group by 1')).to.deep.equal([
      { size: '4', rows: count },
    ]);
  });

  it('keep the rest of their rows where one partition cannot be compressed now', async () => {
    const tickloom = held.open({ compressAfter: '7d' });
    await held.ingest('monday.dbn', dayFile(0), {}, tickloom);
    for (const day of [1, 2]) await held.ingest(`${day}.dbn`, dayFile(day));
    await held.rows('begin');
    await held.rows(`insert into trades select * from trades where ts_recv >= '2024-03-06' limit 1`);
    const path = await held.file('monday.dbn', dayFile(0));
    await tickloom.ingest({ paths: [path] }, { reporter });
    // before the policy, which waits as long as it has to
    const states = await held.rows<{ compressed: boolean }>(PARTITIONS);
    await held.rows('rollback');
    expect(notesOf(reporter).join('\n')).to.match(
      /a partition of "trades" is in use, and is compressed by the next run/,
    );
    expect(states.map(({ compressed }) => compressed)).to.deep.equal([true, true, false]);
    await held.expectSound();
  });

  it('stay as they are where the table is in use, and the run is complete all the same', async () => {
    await held.ingest('monday.dbn', dayFile(0));
    await held.rows('begin');
    await held.rows('lock table trades in row exclusive mode');
    const path = await held.file('monday.dbn', dayFile(0));
    const { status } = await held.open({ compressAfter: '7d' }).ingest({ paths: [path] }, { reporter });
    await held.rows('rollback');
    expect(status).to.equal('complete');
    expect(notesOf(reporter).join('\n')).to.match(
      /"trades" is not compressed now, the next run goes on: .*lock timeout/,
    );
  });

  describe('made of plain tables', () => {
    it('hold the same rows, and are moved once', async () => {
      const tables = held.open({ storage: 'plain', dbSchema: 'moved' });
      for (const day of [0, 1]) await held.ingest(`${day}.dbn`, dayFile(day), {}, tables);
      expect((await tables.database.status()).tables.every(({ partitions }) => partitions === null)).to.equal(true);
      const before = await csv(tables);
      const moving = held.open({ storage: 'timescale', dbSchema: 'moved', chunkIntervals: { trades: '12h' } });
      const { moved } = await moving.database.migrate();
      expect(moved).to.have.length(20);
      expect(moved.find(({ table }) => table === 'trades')).to.deep.equal({ table: 'trades', rows: 1_000 });
      expect((await moving.database.migrate()).moved).to.deep.equal([]);
      const status = await moving.database.status();
      expect(status.tables.find(({ name }) => name === 'trades')).to.deep.include({
        partitions: { all: 2, compressed: 0 },
      });
      expect(await csv(moving)).to.equal(before);
      expect((await moving.verify({ deep: true })).status).to.equal('ok');
      const { report: again } = await held.ingest('0.dbn', dayFile(0), {}, moving);
      expect(again.records).to.include({ loaded: 0, already_loaded: 500 });
    });

    it('are compressed by the same command, which says so', async () => {
      const plain = held.open({ storage: 'plain', dbSchema: 'moved' });
      await held.ingest('0.dbn', dayFile(0), {}, plain);
      const moving = held.open({ storage: 'timescale', dbSchema: 'moved', compressAfter: '7d' });
      const notes: string[] = [];
      await moving.database.migrate({ onNote: (text) => void notes.push(text) });
      expect(notes).to.deep.equal([
        'moved 500 rows of "trades", and found every one again',
        'compressed 1 partition of "trades"',
      ]);
      expect(await held.rows(PARTITIONS)).to.deep.equal([{ day: '2024-03-04 00:00:00+00', compressed: true }]);
      expect((await moving.verify({ deep: true })).status).to.equal('ok');
    });
  });

  it('get another interval for the partitions to come, and keep those that are there', async () => {
    await held.ingest('0.dbn', dayFile(0));
    const halves = held.open({ chunkIntervals: { trades: '12h', tbbo: '1d' } });
    expect((await halves.database.migrate()).intervals).to.deep.equal([{ table: 'trades', hours: 12 }]);
    expect((await halves.database.migrate()).intervals).to.deep.equal([]);
    await held.ingest('1.dbn', dayFile(1));
    const days = ['2024-03-04 00:00:00+00', '2024-03-05 00:00:00+00', '2024-03-05 12:00:00+00'];
    expect((await held.rows<{ day: string }>(PARTITIONS)).map(({ day }) => day)).to.deep.equal(days);
    const weeks = held.open({ chunkIntervals: { trades: '1w' } });
    expect((await weeks.database.migrate()).intervals).to.deep.equal([{ table: 'trades', hours: 168 }]);
    // weeks of the extension begin on Thursdays
    for (const day of [3, 4]) await held.ingest(`${day}.dbn`, dayFile(day));
    const counts = await held.rows<{ rows: number }>('select count(*)::int as rows from trades group by tableoid');
    expect(counts.map(({ rows }) => rows).sort()).to.deep.equal([1_000, 500, 500]);
    await held.expectSound();
  });

  it('are plain tables, with a hint, where the extension was not created in the database', async () => {
    const database = await createTimescaleDatabase({ extension: false });
    const tickloom = createTickloom({ database: database.url });
    await tickloom.database.migrate();
    const status = await tickloom.database.status();
    expect(status.storage?.detail).to.match(/is on the server, and not in this database$/);
    const storage = (await tickloom.doctor()).find(({ name }) => name === 'storage');
    expect(storage).to.include({ status: 'warning', hint: 'Run "create extension timescaledb" in the database.' });
    await tickloom.close();
    const demanding = createTickloom({ database: database.url, storage: 'timescale' });
    expect(await rejected(demanding.database.migrate())).to.include({ code: 'STORAGE_UNAVAILABLE' });
    await demanding.close();
    await database.drop();
  });
});
