import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import pg from 'pg';
import { compress } from '../../src/adapters/zstd/index.js';
import { encodeDbn, newMetadata } from '../../src/core/dbn/encode/dbn-encoder.js';
import { generateSample } from '../../src/core/sample/index.js';
import { createTickloom, RecordingReporter, type RunReport, type Tickloom } from '../../src/index.js';
import { builtinPlugins } from '../../plugins/index.js';
import { notesOf } from '../support/notes-of.js';
import { createDatabase, TEST_POSTGRES_VERSIONS } from '../support/postgres-server.js';
import { DAY, MONDAY, trade, trades, tradesFile, tradesHeader, unservedBar } from '../support/trade-file.js';

const UNDEFINED_TIME = 2n ** 64n - 1n;

for (const version of TEST_POSTGRES_VERSIONS)
  describe(`ingest into PostgreSQL ${version}`, function () {
    this.timeout(60_000);
    let folder: string;
    let tickloom: Tickloom;
    let client: pg.Client;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tickloom-ingest-'));
      const { url } = await createDatabase({ version });
      tickloom = createTickloom({ database: url });
      client = new pg.Client({ connectionString: url });
      await client.connect();
    });

    afterEach(async () => {
      await client.end();
      await tickloom.close();
      await rm(folder, { recursive: true });
    });

    async function file(name: string, bytes: Uint8Array): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return path;
    }

    async function zstd(bytes: Uint8Array): Promise<Uint8Array> {
      return Buffer.concat((await Readable.from(compress(Readable.from([bytes]))).toArray()) as Uint8Array[]);
    }

    async function rows<R extends pg.QueryResultRow>(sql: string): Promise<R[]> {
      return (await client.query<R>(sql)).rows;
    }

    const count = async (table: string): Promise<number> =>
      (await rows<{ count: number }>(`select count(*)::int as count from tickloom.${table}`))[0]?.count ?? -1;

    it('loads a file, balances, and says where each row came from', async () => {
      const report = await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(trades(5)))] });
      expect(report.status).to.equal('complete');
      expect(report.chunks).to.deep.equal({ planned: 1, loaded: 1, already_loaded: 0, failed: 0 });
      expect(report.records).to.include({ decoded: 5, loaded: 5 });
      expect(report.symbols.mapped).to.equal(5);
      const found = await rows(
        `select symbol, dataset, chunk_id::int, ordinal::int, price::text, ts_recv_ns from tickloom.trades order by ordinal`,
      );
      expect(found).to.have.length(5);
      expect(found[4]).to.deep.equal({
        symbol: 'ESH4',
        dataset: 'GLBX.MDP3',
        chunk_id: report.details[0]?.chunk_id,
        ordinal: 4,
        price: '5100.25',
        ts_recv_ns: 789,
      });
    });

    it('says how many rows have one of several symbols that are mapped to them', async () => {
      const mapped = (rawSymbol: string) => ({
        rawSymbol,
        intervals: [{ startDate: 20240304, endDate: 20240305, symbol: '5482' }],
      });
      const header = { symbols: ['ES.FUT'], stypeIn: 'parent', mappings: [mapped('OLD'), mapped('NEW')] } as const;
      const request = { paths: [await file('two.dbn', tradesFile(trades(3), header))] };
      const said = async (): Promise<string[]> => {
        const reporter = new RecordingReporter();
        await tickloom.ingest(request, { reporter });
        return notesOf(reporter).filter((text) => text.includes('several symbols'));
      };
      expect((await said()).join()).to.contain('two.dbn: 3 rows have one of several symbols that are mapped');
      expect(await said()).to.deep.equal([]);
      expect(await rows('select distinct symbol from tickloom.trades')).to.deep.equal([{ symbol: 'NEW' }]);
    });

    it('covers continuous symbols, and what came beside them on the days on which it came', async () => {
      const sample = generateSample({
        schema: 'trades',
        records: 2_000,
        days: 3,
        instruments: 2,
        seed: 1,
        stypeIn: 'continuous',
      });
      const report = await tickloom.ingest({ paths: [await file('c.dbn', Buffer.concat([...sample.bytes()]))] });
      expect(report.symbols.fallback).to.be.above(0);
      const covered = await rows<{ symbol: string; days: string[] }>(
        `select symbol, array(select to_timestamp(lower(i) / 1e9)::date::text from unnest(intervals) i) as days
           from tickloom.coverage where stype_in = 'continuous' and symbol like 'INSTRUMENT%' order by symbol`,
      );
      const seen = await rows<{ symbol: string; days: string[] }>(
        `select symbol, array_agg(distinct (ts_recv at time zone 'UTC')::date::text) as days
           from tickloom.trades where symbol like 'INSTRUMENT%' group by symbol order by symbol`,
      );
      expect(covered.map(({ symbol }) => symbol)).to.deep.equal(seen.map(({ symbol }) => symbol));
      // Days that touch are one interval.
      expect(covered.map(({ days }) => days[0])).to.deep.equal(seen.map(({ days }) => days[0]));
      expect(covered).to.not.deep.equal([]);
    });

    it('replaces by a file without records only what is confirmed, and says so', async () => {
      const paths = [await file('a.dbn', tradesFile(trades(5)))];
      await tickloom.ingest({ paths });
      const empty = { paths: [await file('empty.dbn', tradesFile([]))], force: true };
      const reporter = new RecordingReporter();
      const kept = await tickloom.ingest(empty, { reporter });
      expect(kept.records).to.include({ decoded: 0, loaded: 0, replaced: 0 });
      const notes = reporter.events.filter((event) => event.type === 'note');
      expect(notes.map(({ text }) => text).join()).to.match(/empty\.dbn: without records it replaces nothing.*--yes/);
      expect(await count('trades')).to.equal(5);
      const replaced = await tickloom.ingest({ ...empty, confirmEmpty: true });
      expect(replaced.records).to.include({ decoded: 0, loaded: 0, replaced: 5 });
      expect(await count('trades')).to.equal(0);
    });

    it('loads the same content once, whatever its name and compression', async () => {
      const bytes = tradesFile(trades(5));
      await tickloom.ingest({ paths: [await file('a.dbn', bytes)] });
      const again = await tickloom.ingest({
        paths: [await file('b.dbn', bytes), await file('c.dbn.zst', await zstd(bytes))],
      });
      expect(again.status).to.equal('complete');
      expect(again.chunks).to.deep.equal({ planned: 2, loaded: 0, already_loaded: 2, failed: 0 });
      expect(again.records).to.include({ decoded: 10, loaded: 0, already_loaded: 10 });
      expect(await count('trades')).to.equal(5);
    });

    it('loads the same content once through a pipe, which can be read only once', async () => {
      const bytes = tradesFile(trades(5));
      const ingest = (): Promise<RunReport> =>
        tickloom.ingest({ paths: ['-'], stdin: Readable.from([bytes.slice(0, 77), bytes.slice(77)]) });
      expect((await ingest()).records.loaded).to.equal(5);
      expect((await ingest()).records).to.include({ loaded: 0, already_loaded: 5 });
      expect(await count('trades')).to.equal(5);
    });

    it('keeps trades that are equal in every field', async () => {
      const report = await tickloom.ingest({
        paths: [await file('a.dbn', tradesFile([trade(1), trade(1), trade(1)]))],
      });
      expect(report.records.loaded).to.equal(3);
      expect(await count('trades')).to.equal(3);
    });

    it('loads only what is new of a file that overlaps, once the overlap is shown to be there', async () => {
      await tickloom.ingest({ paths: [await file('half.dbn', tradesFile(trades(3), { end: MONDAY + DAY / 2n }))] });
      const whole = [...trades(3), trade(50_000), trade(50_001)];
      const report = await tickloom.ingest({ paths: [await file('whole.dbn', tradesFile(whole))] });
      expect(report.records).to.include({ decoded: 5, loaded: 2, already_loaded: 3 });
      expect(await count('trades')).to.equal(5);
    });

    it('refuses a file that says something else about a time that is covered', async () => {
      await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(trades(3)))] });
      const revised = [trade(0), trade(1, { size: 4 }), trade(2)];
      const report = await tickloom.ingest({ paths: [await file('revised.dbn', tradesFile(revised))] });
      expect(report.status).to.equal('failed');
      expect(report.details[0]?.error?.code).to.equal('COVERAGE_CONFLICT');
      expect(await count('trades')).to.equal(3);
    });

    it('replaces what a file covers when told to', async () => {
      await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(trades(3)))] });
      const revised = [trade(0), trade(1, { size: 4 })];
      const report = await tickloom.ingest({ paths: [await file('revised.dbn', tradesFile(revised))], force: true });
      expect(report.records).to.include({ decoded: 2, loaded: 2, replaced: 3 });
      expect(await rows('select size::int from tickloom.trades order by ordinal')).to.deep.equal([
        { size: 3 },
        { size: 4 },
      ]);
    });

    it('sets aside what cannot be a row, with its bytes and its reasons', async () => {
      const timeless = { ts_recv: UNDEFINED_TIME };
      const records = [trade(1), trade(2, { ...timeless, size: 9 }), trade(3, timeless), trade(4)];
      const report = await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(records))] });
      expect(report.status).to.equal('incomplete');
      expect(report.records).to.include({ decoded: 4, loaded: 2, quarantined: 2 });
      expect(await rows('select ordinal::int from tickloom.trades order by ordinal')).to.deep.equal([
        { ordinal: 0 },
        { ordinal: 3 },
      ]);
      const entries = await tickloom.quarantine.list();
      expect(entries.map(({ ordinal }) => ordinal)).to.have.members([1, 2]);
      const first = entries.find(({ ordinal }) => ordinal === 1);
      const shown = await tickloom.quarantine.show(first?.id ?? -1);
      expect(shown.record).to.include({ ts_recv: null, size: '9', sequence: '2' });
      expect(shown.bytes_hex).to.have.length(96);
      expect(shown.reasons[0]?.field).to.equal('ts_recv');
    });

    it('accepts what is odd but real', async () => {
      const odd = [
        trade(1, { price: -37_630_000_000n }),
        trade(2, { price: 2n ** 63n - 1n }),
        trade(3, { ts_event: UNDEFINED_TIME }),
        trade(4, { size: 0, side: '\0', action: '?' }),
      ];
      const report = await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(odd))] });
      expect(report.records).to.include({ loaded: 4, quarantined: 0 });
      const found = await rows(
        'select price::text, ts_event is null as timeless, side::text from tickloom.trades order by ordinal',
      );
      expect(found).to.deep.equal([
        { price: '-37.63', timeless: false, side: 'B' },
        { price: null, timeless: false, side: 'B' },
        { price: '5100.25', timeless: true, side: 'B' },
        { price: '5100.25', timeless: false, side: null },
      ]);
    });

    it('sends each record of a mixed file to the plugin of its kind, and learns symbols on the way', async () => {
      const metadata = newMetadata({ dataset: 'GLBX.MDP3', schema: null, stypeIn: null, start: MONDAY });
      const bytes = encodeDbn(metadata, [
        trade(1),
        {
          layout: 'symbol-mapping',
          values: { instrument_id: 5482, stype_in_symbol: 'ES.c.0', stype_out_symbol: 'ESH4', ts_event: MONDAY },
        },
        trade(2),
        {
          layout: 'ohlcv',
          values: {
            rtype: 0x21,
            instrument_id: 5482,
            ts_event: MONDAY,
            open: 5n,
            high: 9n,
            low: 1n,
            close: 4n,
            volume: 7n,
          },
        },
        { layout: 'system', values: { msg: 'Heartbeat', ts_event: MONDAY } },
        unservedBar,
        { layout: 'mbp-1', values: { instrument_id: 5482, ts_event: MONDAY, ts_recv: MONDAY, bid_px_00: 7n } },
      ]);
      const report = await tickloom.ingest({ paths: [await file('mixed.dbn', bytes)] });
      expect(report.records).to.include({ decoded: 7, loaded: 4, control: 2, unsupported: 1 });
      expect(report.symbols).to.include({ mapped: 3, fallback: 1 });
      expect(await rows('select symbol, ordinal::int from tickloom.trades order by ordinal')).to.deep.equal([
        { symbol: 'INSTRUMENT_5482', ordinal: 0 },
        { symbol: 'ESH4', ordinal: 2 },
      ]);
      expect(await rows('select open::text, volume::int from tickloom.ohlcv_1m')).to.deep.equal([
        { open: '0.000000005', volume: 7 },
      ]);
      // only the header of its file could say that it is tbbo
      expect(await rows('select symbol, bid_px_00::text as bid, ordinal::int from tickloom.mbp_1')).to.deep.equal([
        { symbol: 'ESH4', bid: '0.000000007', ordinal: 6 },
      ]);
      expect(await rows('select from tickloom.tbbo')).to.deep.equal([]);
    });

    it('loads of a mixed file what a plugin serves that came later, once, whatever was there before', async () => {
      const bar = { rtype: 0x21, instrument_id: 5482, ts_event: MONDAY, open: 5n, high: 9n, low: 1n, close: 4n };
      const metadata = newMetadata({ dataset: 'GLBX.MDP3', schema: null, stypeIn: null, start: MONDAY });
      const bytes = encodeDbn(metadata, [
        trade(1),
        trade(1),
        { layout: 'ohlcv', values: { ...bar, volume: 7n } },
        trade(2, { ts_recv: 18_446_744_073_709_551_615n }),
        { layout: 'ohlcv', values: { ...bar, high: 0n, volume: 8n } },
        { layout: 'ohlcv', values: { ...bar, rtype: 0x22, volume: 9n } },
        unservedBar,
      ]);
      const paths = [await file('mixed.dbn', bytes)];
      const { url } = await createDatabase({ version });
      const held = async (): Promise<unknown> => {
        const there = new pg.Client({ connectionString: url });
        await there.connect();
        const { rows: found } = await there.query(
          `select ordinal::int, 'trade' as what from tickloom.trades
            union all select ordinal::int, 'bar' from tickloom.ohlcv_1m
            union all select ordinal::int, 'bar' from tickloom.ohlcv_1h
            union all select ordinal::int, 'rejected' from tickloom.quarantine order by ordinal`,
        );
        await there.end();
        return found.map(({ ordinal, what }: { ordinal: number; what: string }) => `${ordinal} ${what}`);
      };
      const ingest = async (plugins: readonly unknown[], force: boolean): Promise<RunReport> => {
        const some = createTickloom({ database: url, builtins: false, plugins });
        const report = await some.ingest({ paths, force });
        await some.close();
        return report;
      };
      const named = (...names: string[]) => builtinPlugins.filter(({ name }) => names.includes(name));
      const before = await ingest(named('trades'), false);
      expect(before.records).to.include({ decoded: 7, loaded: 2, quarantined: 1, unsupported: 4 });
      expect((await ingest(named('trades'), false)).chunks).to.include({ already_loaded: 1, loaded: 0 });
      const later = await ingest(named('trades', 'ohlcv'), false);
      expect(later.chunks).to.include({ loaded: 1, already_loaded: 0 });
      expect(later.records).to.include({ decoded: 7, loaded: 2, already_loaded: 3, quarantined: 1, unsupported: 1 });
      const whole = ['0 trade', '1 trade', '2 bar', '3 rejected', '4 rejected', '5 bar'];
      expect(await held()).to.deep.equal(whole);
      // fewer plugins, the same, or force: there is nothing more to load
      for (const force of [false, true]) {
        for (const plugins of [named('trades'), named('ohlcv'), named('trades', 'ohlcv')]) {
          expect((await ingest(plugins, force)).chunks).to.include({ already_loaded: 1, loaded: 0 });
        }
      }
      expect(await held()).to.deep.equal(whole);
    });

    it('looks at a mixed file again when another plugin takes the place of the one that was there', async () => {
      const bar = { rtype: 0x21, instrument_id: 5482, ts_event: MONDAY, open: 5n, high: 9n, low: 1n, close: 4n };
      const metadata = newMetadata({ dataset: 'GLBX.MDP3', schema: null, stypeIn: null, start: MONDAY });
      const bytes = encodeDbn(metadata, [trade(1), { layout: 'ohlcv', values: { ...bar, volume: 7n } }]);
      const paths = [await file('swapped.dbn', bytes)];
      const { url } = await createDatabase({ version });
      const ingest = async (name: string): Promise<RunReport> => {
        const plugins = builtinPlugins.filter((plugin) => plugin.name === name);
        const some = createTickloom({ database: url, builtins: false, plugins });
        const report = await some.ingest({ paths });
        await some.close();
        return report;
      };
      expect((await ingest('trades')).records).to.include({ decoded: 2, loaded: 1, unsupported: 1 });
      // as many records are left over as before, but others
      expect((await ingest('ohlcv')).records).to.include({ decoded: 2, loaded: 1, unsupported: 1 });
      for (const name of ['ohlcv', 'trades']) {
        expect((await ingest(name)).records, name).to.include({ loaded: 0, already_loaded: 1, unsupported: 1 });
      }
    });

    it('reads a fragment as it is told to', async () => {
      const whole = tradesFile(trades(3));
      const fragment = whole.slice(whole.length - 3 * 48);
      const path = await file('piece.dbn.frag', fragment);
      const declared = { dataset: 'GLBX.MDP3', schema: 'trades', dbnVersion: 3 } as const;
      const report = await tickloom.ingest({ paths: [path], ...declared });
      expect(report.records.loaded).to.equal(3);
      expect(report.symbols.fallback).to.equal(3);
      expect((await tickloom.ingest({ paths: [path], ...declared })).records.already_loaded).to.equal(3);
      expect(await tickloom.coverage()).to.deep.equal([]);
    });

    it('reads a fragment again that was declared wrongly', async () => {
      const whole = tradesFile(trades(3));
      const path = await file('piece.dbn.frag', whole.slice(whole.length - 3 * 48));
      const wrong = { dataset: 'GLBX.MDP3', schema: 'tbbo', dbnVersion: 3 } as const;
      expect((await tickloom.ingest({ paths: [path], ...wrong })).records).to.include({ unsupported: 3, loaded: 0 });
      const right = { ...wrong, schema: 'trades' };
      expect((await tickloom.ingest({ paths: [path], ...right })).records).to.include({ unsupported: 0, loaded: 3 });
      const elsewhere = { ...right, dataset: 'XNAS.ITCH' };
      expect((await tickloom.ingest({ paths: [path], ...elsewhere })).records.loaded).to.equal(3);
      expect((await tickloom.ingest({ paths: [path], ...right })).records.already_loaded).to.equal(3);
    });

    it('keeps the send times of a live capture out of its rows', async () => {
      const bytes = tradesFile([{ ...trade(1), tsOut: MONDAY }, trade(2)], { tsOut: true });
      expect((await tickloom.ingest({ paths: [await file('a.dbn', bytes)] })).records.loaded).to.equal(2);
    });

    it('covers what a header says, and the instruments behind it', async () => {
      await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(trades(1)))] });
      const coverage = await tickloom.coverage({ symbols: ['ESH4'] });
      expect(coverage).to.deep.equal([
        {
          dataset: 'GLBX.MDP3',
          schema: 'trades',
          stype_in: 'raw_symbol',
          symbol: 'ESH4',
          intervals: [{ start: '2024-03-04T00:00:00.000000000Z', end: '2024-03-05T00:00:00.000000000Z' }],
        },
      ]);
    });

    it('covers the days on which an instrument came that no mapping names', async () => {
      const stranger = tradesFile([trade(1, { instrument_id: 7 }), ...trades(1, 2)], { end: MONDAY + 2n * DAY });
      const report = await tickloom.ingest({ paths: [await file('a.dbn', stranger)] });
      expect(report.symbols).to.include({ mapped: 1, fallback: 1 });
      expect((await tickloom.coverage({ symbols: ['7'] }))[0]).to.deep.include({
        stype_in: 'instrument_id',
        intervals: [{ start: '2024-03-04T00:00:00.000000000Z', end: '2024-03-05T00:00:00.000000000Z' }],
      });
      const copy = tradesFile([trade(1, { instrument_id: 7 }), ...trades(1, 2)], {
        end: MONDAY + 2n * DAY,
        version: 2,
      });
      expect((await tickloom.ingest({ paths: [await file('b.dbn', copy)] })).records).to.include({ already_loaded: 2 });
    });

    it('covers an empty day, which is an answer', async () => {
      const report = await tickloom.ingest({ paths: [await file('empty.dbn', tradesFile([]))] });
      expect(report.status).to.equal('complete');
      expect(report.records.decoded).to.equal(0);
      expect(await tickloom.coverage({ symbols: ['ESH4'] })).to.have.length(1);
    });

    it('finds another copy of an empty day to be there already', async () => {
      const paths = [await file('empty.dbn', tradesFile([])), await file('older.dbn', tradesFile([], { version: 2 }))];
      const report = await tickloom.ingest({ paths });
      expect(report.details.map(({ status }) => status)).to.deep.equal(['loaded', 'already_loaded']);
      const longer = await file('longer.dbn', tradesFile([], { end: MONDAY + 2n * DAY }));
      expect((await tickloom.ingest({ paths: [longer] })).chunks).to.include({ loaded: 1, already_loaded: 0 });
    });

    it('keeps the mapping intervals, so that rolls can be queried', async () => {
      const roll = tradesHeader({
        stypeIn: 'continuous',
        symbols: ['ES.c.0'],
        end: MONDAY + 2n * DAY,
        mappings: [
          {
            rawSymbol: 'ES.c.0',
            intervals: [
              { startDate: 20240304, endDate: 20240305, symbol: '5482' },
              { startDate: 20240305, endDate: 20240306, symbol: '9999' },
            ],
          },
        ],
      });
      const bytes = encodeDbn(roll, [trade(1), trade(86_401, { instrument_id: 9999 })]);
      const report = await tickloom.ingest({ paths: [await file('roll.dbn', bytes)] });
      expect(report.symbols.mapped).to.equal(2);
      const found = await rows(
        `select symbol, instrument_id::int, start_date::text, end_date::text from tickloom.symbology order by start_date`,
      );
      expect(found).to.deep.equal([
        { symbol: 'ES.c.0', instrument_id: 5482, start_date: '2024-03-04', end_date: '2024-03-05' },
        { symbol: 'ES.c.0', instrument_id: 9999, start_date: '2024-03-05', end_date: '2024-03-06' },
      ]);
    });

    it('goes on with the other files when one is broken, or stops when told to', async () => {
      const bytes = tradesFile(trades(3));
      const cut = await file('a-cut.dbn', bytes.slice(0, -7));
      const good = await file('b-good.dbn', bytes);
      const stopped = await tickloom.ingest({ paths: [cut, good], onError: 'stop' });
      expect(stopped.chunks).to.deep.equal({ planned: 2, loaded: 0, already_loaded: 0, failed: 1 });
      expect(stopped.details.map(({ status }) => status)).to.deep.equal(['failed', 'planned']);
      const report = await tickloom.ingest({ paths: [cut, good] });
      expect(report.status).to.equal('incomplete');
      expect(report.chunks).to.deep.equal({ planned: 2, loaded: 1, already_loaded: 0, failed: 1 });
      expect(report.details[0]?.error?.code).to.equal('DECODE_TRUNCATED');
    });

    it('writes runs and their failures into the ledger', async () => {
      const path = await file('cut.dbn', tradesFile(trades(3)).slice(0, -7));
      const report = await tickloom.ingest({ paths: [path], command: 'ingest cut.dbn' });
      const [run] = await tickloom.runs.list();
      expect(run).to.include({ run_id: report.run_id, command: 'ingest cut.dbn', status: 'failed' });
      const details = await tickloom.runs.show(report.run_id);
      expect(details.details[0]?.error?.code).to.equal('DECODE_TRUNCATED');
    });

    it('says of a failed file what its header told', async () => {
      const path = await file('cut.dbn', tradesFile(trades(3)).slice(0, -7));
      const told = { dataset: 'GLBX.MDP3', schema: 'trades', start: '2024-03-04T00:00:00.000000000Z' };
      const report = await tickloom.ingest({ paths: [path] });
      expect(report.details[0]).to.include(told);
      expect((await tickloom.runs.show(report.run_id)).details[0]).to.include(told);
    });

    it('rolls back when interrupted, and goes on when run again', async () => {
      const path = await file('a.dbn', tradesFile(trades(20_000)));
      const controller = new AbortController();
      const recorder = new RecordingReporter();
      const reporter = {
        report: (event: Parameters<typeof recorder.report>[0]) => {
          recorder.report(event);
          if (event.type === 'rows_stored') controller.abort();
        },
        close: () => recorder.close(),
      };
      const report = await tickloom.ingest({ paths: [path] }, { signal: controller.signal, reporter });
      expect(report.status).to.equal('cancelled');
      expect(report.details[0]?.status).to.equal('cancelled');
      expect(await count('trades')).to.equal(0);
      expect((await tickloom.ingest({ paths: [path] })).records.loaded).to.equal(20_000);
    });

    it('tries a chunk again after its connection was killed', async () => {
      const path = await file('a.dbn', tradesFile(trades(20_000)));
      let killed = false;
      const notes: string[] = [];
      const reporter = {
        report: (event: { type: string; text?: string }) => {
          if (event.type === 'note') notes.push(event.text ?? '');
          if (event.type !== 'rows_stored' || killed) return;
          killed = true;
          void client.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'tickloom' and pid <> pg_backend_pid() and datname = current_database()`);
        },
        close: () => Promise.resolve(),
      };
      const report = await tickloom.ingest({ paths: [path] }, { reporter });
      expect(report.status).to.equal('complete');
      expect(await count('trades')).to.equal(20_000);
      expect(notes.some((note) => note.includes('trying again'))).to.equal(true);
    });

    it('ends the wait of a file that is to be tried again when another one stops the run', async () => {
      const path = await file('a.dbn', tradesFile(trades(20_000)));
      let waits: () => void = () => undefined;
      const waiting = new Promise<void>((resolve) => (waits = resolve));
      let killed = false;
      const reporter = {
        report: (event: { type: string }) => {
          if (event.type === 'note') waits();
          if (event.type !== 'rows_stored' || killed) return;
          killed = true;
          void client
            .query(
              `select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = 'tickloom' and pid <> pg_backend_pid() and datname = current_database()`,
            )
            .then(() => client.query('rollback'));
        },
        close: () => Promise.resolve(),
      };
      async function* notDbnAtLast(): AsyncGenerator<Uint8Array, void> {
        await waiting;
        yield Buffer.from('this is no DBN');
      }
      // the file cannot be through before its connection is killed
      await tickloom.database.migrate();
      await client.query('begin');
      await client.query('lock table tickloom.coverage in exclusive mode');
      const report = await tickloom.ingest(
        { paths: [path, '-'], stdin: notDbnAtLast(), concurrency: 2, onError: 'stop' },
        { reporter },
      );
      expect(report.details.map(({ error }) => error?.code)).to.deep.equal(['CANCELLED', 'NOT_DBN']);
      expect(report.details.map(({ status }) => status)).to.deep.equal(['cancelled', 'failed']);
      expect(await count('trades')).to.equal(0);
    });

    it('loads several files side by side', async () => {
      const paths: string[] = [];
      for (let day = 0; day < 4; day += 1) {
        const start = MONDAY + BigInt(day) * DAY;
        const header = { start, end: start + DAY, mappings: [], symbols: [`ES${day}`] };
        paths.push(await file(`${day}.dbn`, tradesFile(trades(2_000, day * 86_400), header)));
      }
      const report = await tickloom.ingest({ paths, concurrency: 3 });
      expect(report.chunks.loaded).to.equal(4);
      expect(report.symbols.requested).to.equal(8_000);
      expect(await count('trades')).to.equal(8_000);
    });

    it('is not disturbed by a reporter that throws', async () => {
      const reporter = {
        report: () => {
          throw new Error('out of ink');
        },
        close: () => Promise.resolve(),
      };
      const report = await tickloom.ingest({ paths: [await file('a.dbn', tradesFile(trades(3)))] }, { reporter });
      expect(report.status).to.equal('complete');
    });

    describe('refuses, and leaves the database as it was:', () => {
      const good = tradesFile(trades(3));
      const changed = (at: number, ...bytes: number[]): Uint8Array => {
        const copy = good.slice();
        copy.set(bytes, at);
        return copy;
      };
      const firstRecord = good.length - 3 * 48;
      const bad: Record<string, { bytes: Uint8Array | (() => Promise<Uint8Array>); code: string }> = {
        'an empty file': { bytes: new Uint8Array(0), code: 'EMPTY_STREAM' },
        'random bytes': { bytes: Uint8Array.from({ length: 999 }, (_, i) => (i * 7919 + 13) & 0xff), code: 'NOT_DBN' },
        'a header that is cut': { bytes: good.slice(0, 60), code: 'DECODE_TRUNCATED' },
        'a record that is cut': { bytes: good.slice(0, -1), code: 'DECODE_TRUNCATED' },
        'a record length of 0': { bytes: changed(firstRecord + 48, 0), code: 'RECORD_LENGTH_INVALID' },
        'a record shorter than its kind': { bytes: changed(firstRecord, 8), code: 'RECORD_TOO_SHORT' },
        'a metadata length of 4 GiB': { bytes: changed(4, 0xff, 0xff, 0xff, 0xff), code: 'METADATA_INVALID' },
        'a newer version': { bytes: changed(3, 4), code: 'DBN_VERSION' },
        'a zstd frame that is cut': { bytes: async () => (await zstd(good)).slice(0, -9), code: 'ZSTD_TRUNCATED' },
      };
      for (const [name, { bytes, code }] of Object.entries(bad)) {
        it(name, async () => {
          const content = typeof bytes === 'function' ? await bytes() : bytes;
          const report = await tickloom.ingest({ paths: [await file('bad.dbn', content)] });
          expect(report.status).to.equal('failed');
          expect(report.details[0]?.error?.code).to.equal(code);
          expect(report.details[0]?.error?.hint).to.be.a('string');
          for (const table of ['trades', 'quarantine', 'coverage', 'symbology']) expect(await count(table)).to.equal(0);
        });
      }

      it('a flipped byte in a zstd frame', async () => {
        const bytes = await zstd(tradesFile(trades(2_000)));
        bytes[Math.floor(bytes.length / 2)]! ^= 0x10;
        const report = await tickloom.ingest({ paths: [await file('bad.dbn.zst', bytes)] });
        expect(report.details[0]?.error?.code).to.match(/^(ZSTD_CHECKSUM|ZSTD_FAILED|RECORD_|DECODE_)/);
        expect(await count('trades')).to.equal(0);
      });

      it('a schema without a plugin, as an error of usage', async () => {
        const path = await file('new.dbn', encodeDbn(newMetadata({ dataset: 'GLBX.MDP3', schema: 'unknown-77' }), []));
        const error = await tickloom.ingest({ paths: [path] }).catch((thrown: unknown) => thrown);
        expect(error).to.include({ code: 'SCHEMA_UNKNOWN', action: 'fix' });
        expect((error as Error).message).to.contain(`"${path}": unknown schema "unknown-77"`);
      });

      it('half a declaration of a fragment, before anything is opened', async () => {
        const error = await tickloom
          .ingest({ paths: [join(folder, 'x')], schema: 'trades' })
          .catch((thrown: unknown) => thrown);
        expect(error).to.include({ code: 'USAGE' });
        expect((error as Error).message).to.contain('--dataset and --dbn-version');
      });

      it('a path that is not there, before anything is opened', async () => {
        const error = await tickloom.ingest({ paths: [join(folder, 'no.dbn')] }).catch((thrown: unknown) => thrown);
        expect(error).to.include({ code: 'PATH_NOT_FOUND' });
        expect(await rows(`select from pg_namespace where nspname = 'tickloom'`)).to.have.length(0);
      });
    });
  });
