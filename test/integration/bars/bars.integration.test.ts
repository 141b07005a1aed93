import { expect } from 'chai';
import type { RecordToEncode } from '../../../src/core/dbn/encode/dbn-encoder.js';
import { Random } from '../../../src/core/sample/random.js';
import { RecordingReporter, type Tickloom, type TickloomOptions } from '../../../src/index.js';
import { notesOf } from '../../support/notes-of.js';
import { TEST_POSTGRES_VERSIONS } from '../../support/postgres-server.js';
import { needRealData, realPath } from '../../support/real-data.js';
import { rejected } from '../../support/thrown.js';
import { describeOnTimescale } from '../../support/timescale-server.js';
import { DAY, MONDAY, SECOND, trade, trades, tradesFile } from '../../support/trade-file.js';
import { CAUTIOUS, IMPOSSIBLE, tradesPlugin } from '../../support/trades-plugin.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

const LENGTHS = ['1s', '1m', '1h', '1d'] as const;
const NANOS = { '1s': SECOND, '1m': 60n * SECOND, '1h': 3_600n * SECOND, '1d': DAY };
const NOON = MONDAY + DAY / 2n;
const PRICE = 5_100_000_000_000n;

const bars = (name: string): string =>
  `select (extract(epoch from ts_event) * 1000000000)::bigint::text as start, open::text, high::text, low::text, close::text,
          volume::text, publisher_id, instrument_id::int, symbol, dataset from ${name} order by ts_event, symbol, instrument_id`;

/** What the trades of one instrument come to, in the order that they are given in. */
function expectedBars(records: readonly RecordToEncode[], length: bigint): unknown[] {
  const found = new Map<bigint, { prices: bigint[]; volume: bigint }>();
  for (const { values } of records) {
    const time = values['ts_recv'] as bigint;
    const bar = found.get(time - (time % length)) ?? { prices: [], volume: 0n };
    found.set(time - (time % length), bar);
    bar.prices.push(values['price'] as bigint);
    bar.volume += BigInt(values['size'] as number);
  }
  return [...found]
    .sort(([a], [b]) => Number(a - b))
    .map(([start, { prices, volume }]) => ({
      start: String(start),
      open: decimal(prices[0] as bigint),
      high: decimal(prices.reduce((a, b) => (a > b ? a : b))),
      low: decimal(prices.reduce((a, b) => (a < b ? a : b))),
      close: decimal(prices.at(-1) as bigint),
      volume: String(volume),
      publisher_id: 1,
      instrument_id: 5482,
      symbol: 'ESH4',
      dataset: 'GLBX.MDP3',
    }));
}

function decimal(price: bigint): string {
  const fraction = String(price % SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${price / SECOND}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Trades of that Monday in the order of time, many of the same nanosecond and at the ends of seconds. */
function busyTrades(count: number, seed: number): RecordToEncode[] {
  const random = new Random(seed);
  let time = MONDAY + BigInt(random.below(60)) * SECOND;
  return Array.from({ length: count }, (_, sequence) => {
    time += [0n, 0n, 1n, 999n, 500_000_000n, 20n * SECOND, 900n * SECOND][random.below(7)] as bigint;
    if (random.below(5) === 0) time = time - (time % SECOND) + SECOND - BigInt(random.below(2));
    const price = PRICE + BigInt(random.below(400)) * 250_000_000n;
    return trade(0, { ts_recv: time, price, size: random.below(50), sequence });
  }).filter(({ values }) => (values['ts_recv'] as bigint) < MONDAY + DAY);
}

/** The busy trades of that Monday, and those of them before its noon and from then on. */
function dayInHalves(seed: number): Record<'all' | 'morning' | 'evening', RecordToEncode[]> {
  const all = busyTrades(400, seed);
  const isEarly = ({ values }: RecordToEncode): boolean => (values['ts_recv'] as bigint) < NOON;
  return { all, morning: all.filter(isEarly), evening: all.filter((record) => !isEarly(record)) };
}

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`bars of trades on PostgreSQL ${version}`, function () {
    this.timeout(240_000);
    const kind = version === 'timescale' ? 'continuous aggregate' : 'view';
    let held: VerifiedDatabase;
    let reporter: RecordingReporter;

    beforeEach(async () => {
      reporter = new RecordingReporter();
      held = await VerifiedDatabase.create(version);
    });
    afterEach(() => held.close());

    const withBars = (options: TickloomOptions = {}): Tickloom => held.open({ bars: LENGTHS, ...options });
    const expectBars = async (records: readonly RecordToEncode[]): Promise<void> => {
      for (const length of LENGTHS) {
        expect(await held.rows(bars(`bars_${length}`)), length).to.deep.equal(expectedBars(records, NANOS[length]));
      }
    };

    it('are those that the vendor made of the same trades', async function () {
      needRealData(this);
      await withBars().ingest({ paths: [realPath('nautilus__GLBX.MDP3__trades__v1__ESU4.dbn.zst')] });
      await held.tickloom.ingest({ paths: [realPath('nautilus__GLBX.MDP3__ohlcv-1m__v1__ESU4-NQU4.dbn.zst')] });
      const found = await held.rows<{ start: string }>(bars('bars_1m'));
      expect(found).to.have.length(4);
      const theirs = await held.rows(
        bars(`(select * from ohlcv_1m where symbol = 'ESU4'
                 and ts_event >= '2024-07-01 23:58+00' and ts_event < '2024-07-02 00:02+00')`).replace(
          ' order',
          ' v order',
        ),
      );
      expect(found).to.deep.equal(theirs);
    });

    it('are exact for all lengths, whatever times and prices are equal', async () => {
      for (const seed of [1, 2, 3]) {
        const records = busyTrades(600, seed);
        expect(records).to.have.length.above(200);
        const tickloom = withBars({ dbSchema: `bars_of_${seed}` });
        await held.ingest(`${seed}.dbn`, tradesFile(records), {}, tickloom);
        await held.rows(`set search_path = bars_of_${seed}`);
        await expectBars(records);
      }
      await held.rows('set search_path = tickloom');
    });

    it('are made once, and said to be, with what was there before', async () => {
      const records = busyTrades(200, 4);
      await held.ingest('monday.dbn', tradesFile(records));
      const made = [
        { length: '1m', name: 'bars_1m', kind },
        { length: '1d', name: 'bars_1d', kind },
      ];
      const some = withBars({ bars: ['1m', '1d'] });
      expect((await some.database.status()).bars).to.deep.equal([]);
      expect((await some.database.migrate()).bars).to.deep.equal(made);
      expect((await held.tickloom.database.status()).bars).to.deep.equal(made);
      expect((await some.database.migrate()).bars).to.deep.equal([]);
      expect((await withBars().database.migrate()).bars).to.have.length(2);
      await expectBars(records);
    });

    it('follow what comes later, also in runs that do not ask for them', async () => {
      const { all, morning, evening } = dayInHalves(5);
      await held.ingest('evening.dbn', tradesFile(evening, { start: NOON }), {}, withBars());
      await expectBars(evening);
      await held.ingest('morning.dbn', tradesFile(morning, { end: NOON }));
      await expectBars(all);
      await held.ingest('again.dbn', tradesFile(morning, { end: NOON }));
      await expectBars(all);
    });

    it('are exact after runs that end at the same time', async () => {
      const { all, morning, evening } = dayInHalves(12);
      const early = await held.file('morning.dbn', tradesFile(morning, { end: NOON }));
      const late = await held.file('evening.dbn', tradesFile(evening, { start: NOON }));
      const runs = [early, late].map((path) => withBars().ingest({ paths: [path] }, { reporter }));
      expect((await Promise.all(runs)).map(({ status }) => status)).to.deep.equal(['complete', 'complete']);
      expect(notesOf(reporter)).to.deep.equal([]);
      await expectBars(all);
    });

    it('have what --force replaced, and nothing of what it took away', async () => {
      await held.ingest('first.dbn', tradesFile(busyTrades(300, 6)), {}, withBars());
      const revised = busyTrades(250, 7);
      const { report: replaced } = await held.ingest('revised.dbn', tradesFile(revised), { force: true });
      expect(replaced.records.replaced).to.be.greaterThan(0);
      await expectBars(revised);
      const none = { force: true, confirmEmpty: true };
      await held.ingest('empty.dbn', tradesFile([]), none);
      await expectBars([]);
    });

    it('have what a replay makes rows of', async () => {
      const odd = trade(30, { price: IMPOSSIBLE });
      const records = [trade(10), odd, trade(50)];
      await held.ingest('odd.dbn', tradesFile(records), {}, withBars(CAUTIOUS));
      await expectBars([trade(10), trade(50)]);
      const lenient = held.open({ builtins: false, plugins: [tradesPlugin()] });
      expect((await lenient.quarantine.replay()).replayed).to.equal(1);
      await expectBars(records);
    });

    it('are a warning of a replay, and not a failure, where they cannot be made', async () => {
      await held.rows('create table bars_1m (mine text)');
      await held.ingest('odd.dbn', tradesFile([trade(10), trade(30, { price: IMPOSSIBLE })]), {}, held.open(CAUTIOUS));
      const lenient = held.open({ builtins: false, plugins: [tradesPlugin()], bars: ['1m'] });
      const notes: string[] = [];
      const { replayed } = await lenient.quarantine.replay({}, { onNote: (text) => notes.push(text) });
      expect(replayed).to.equal(1);
      expect(notes).to.have.length(1);
      expect(notes[0]).to.match(
        /^warning: the bars are not up to date, the next run goes on: .*"bars_1m", as a table is/,
      );
    });

    it('go on where a file with a limit ended in the middle of a nanosecond', async () => {
      const same = Array.from({ length: 6 }, (_, index) => trade(7, { price: PRICE + BigInt(index) * SECOND }));
      const all = [trade(3), trade(5), ...same, trade(9)];
      await held.ingest('limited.dbn', tradesFile(all.slice(0, 4), { limit: 4n }), {}, withBars());
      await expectBars(all.slice(0, 4));
      const { report: rest } = await held.ingest('whole.dbn', tradesFile(all));
      expect(rest.records).to.include({ already_loaded: 4, loaded: 5 });
      await expectBars(all);
    });

    it('leave out what is no trade or has no price, and bars that only that would be in', async () => {
      const records = [
        trade(1),
        trade(2, { price: 2n ** 63n - 1n }),
        trade(3, { action: 'C', price: PRICE * 2n }),
        trade(120, { price: 2n ** 63n - 1n }),
      ];
      await held.ingest('odd.dbn', tradesFile(records), {}, withBars(CAUTIOUS));
      await expectBars([trade(1)]);
    });

    it('count a continuous symbol and the contract that it means as two', async () => {
      const tickloom = withBars();
      const records = trades(10);
      await held.ingest('contract.dbn', tradesFile(records), {}, tickloom);
      const mappings = [
        { rawSymbol: 'ES.c.0', intervals: [{ startDate: 20240304, endDate: 20240305, symbol: '5482' }] },
      ];
      const continuous = tradesFile(records, { symbols: ['ES.c.0'], stypeIn: 'continuous', mappings });
      await held.ingest('continuous.dbn', continuous, {}, tickloom);
      expect(await held.rows('select symbol, volume::int from bars_1d order by 1')).to.deep.equal([
        { symbol: 'ES.c.0', volume: 30 },
        { symbol: 'ESH4', volume: 30 },
      ]);
    });

    it('are a warning, and not a failure, where they cannot be made, and are made by the next run', async () => {
      await held.rows('create table bars_1m (mine text)');
      const path = await held.file('monday.dbn', tradesFile(trades(10)));
      const tickloom = withBars({ bars: ['1m'] });
      const { status } = await tickloom.ingest({ paths: [path] }, { reporter });
      expect(status).to.equal('complete');
      expect(notesOf(reporter).join('\n')).to.match(/the bars are not up to date, .* "bars_1m", as a table is/);
      expect(await rejected(tickloom.database.migrate())).to.include({ code: 'CONFIG_INVALID' });
      expect((await tickloom.database.status()).bars).to.deep.equal([]);
      await held.rows('drop table bars_1m');
      await tickloom.ingest({ paths: [path] });
      expect(await held.rows(bars('bars_1m'))).to.deep.equal(expectedBars(trades(10), NANOS['1m']));
    });

    it('need the columns of trades', async () => {
      const tickloom = held.open({ bars: ['1m'], builtins: false });
      const error = await rejected(tickloom.database.migrate());
      expect(error).to.include({ code: 'CONFIG_INVALID' });
      expect(error.message).to.equal('bars are made of "trades", and no plugin serves them');
    });
  });
}

describeOnTimescale('bars of hypertables', function () {
  this.timeout(240_000);
  let held: VerifiedDatabase;

  beforeEach(async () => {
    held = await VerifiedDatabase.create('timescale');
  });
  afterEach(() => held.close());

  const minute = async (records: readonly RecordToEncode[]): Promise<void> => {
    expect(await held.rows(bars('bars_1m'))).to.deep.equal(expectedBars(records, NANOS['1m']));
  };

  it('take the place of views when a plain table is moved', async () => {
    const records = busyTrades(200, 8);
    const plain = held.open({ storage: 'plain', dbSchema: 'moved', bars: ['1m'] });
    await held.ingest('monday.dbn', tradesFile(records), {}, plain);
    await held.rows('set search_path = moved');
    await minute(records);
    const views = held.open({ storage: 'timescale', dbSchema: 'moved' });
    await views.database.migrate();
    await minute(records);
    const moved = held.open({ storage: 'timescale', dbSchema: 'moved', bars: ['1m'] });
    const made = [{ length: '1m', name: 'bars_1m', kind: 'continuous aggregate' }];
    expect((await moved.database.migrate()).bars).to.deep.equal(made);
    await minute(records);
    await held.rows('set search_path = tickloom');
  });

  it('stay exact with compression before and behind them', async () => {
    const { all, morning, evening } = dayInHalves(9);
    const tickloom = held.open({ bars: ['1m'], compressAfter: '7d' });
    await held.ingest('morning.dbn', tradesFile(morning, { end: NOON }), {}, tickloom);
    await minute(morning);
    await held.ingest('evening.dbn', tradesFile(evening, { start: NOON }), {}, tickloom);
    await minute(all);
    const revised = busyTrades(300, 10);
    await held.ingest('revised.dbn', tradesFile(revised), { force: true }, tickloom);
    await minute(revised);
    await held.expectSound();
  });

  it('show the newest rows also where a run ended before its refresh, and the next run all of them', async () => {
    const { all, morning, evening } = dayInHalves(11);
    await held.ingest('morning.dbn', tradesFile(morning, { end: NOON }), {}, held.open({ bars: ['1m'] }));
    // what a run that was killed leaves behind: rows, and nobody who refreshed
    await held.rows('alter materialized view bars_1m rename to bars_hidden');
    await held.ingest('evening.dbn', tradesFile(evening, { start: NOON }));
    await held.rows('alter materialized view bars_hidden rename to bars_1m');
    await minute(all);
    await held.ingest('again.dbn', tradesFile(evening, { start: NOON }));
    await minute(all);
  });

  it('leave a policy that refreshes, and none that removes', async () => {
    await held.open({ bars: ['1s', '1d'] }).database.migrate();
    const jobs = await held.rows(
      `select proc_name as name, count(*)::int as jobs, bool_and(next_start > now() + interval '30 minutes') as later
         from timescaledb_information.jobs where hypertable_name is not null group by 1`,
    );
    expect(jobs).to.deep.equal([{ name: 'policy_refresh_continuous_aggregate', jobs: 2, later: true }]);
  });
});
