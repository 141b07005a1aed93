import { type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import type { RunReport } from '../../src/index.js';
import { sampled } from '../../src/testing/index.js';
import { ApiDesk, type Billed } from '../support/api-desk.js';
import { exportDatabase } from '../support/export-database.js';
import type { CliOptions, CliResult } from '../support/run-cli.js';
import { rowsOfService, rowsOfTable, type TextRow } from '../support/service-rows.js';

const MARKET = { start: '2024-01-08', end: '2024-01-13' } as const;
/** How long an answer stands still, so that another run comes across it; ms. */
const STALL_MS = 10_000;

describe('two runs that buy at once', function () {
  this.timeout(180_000);
  let desk: ApiDesk;
  const running: ChildProcess[] = [];

  before(async () => {
    const market = sampled({ ...MARKET, roots: ['ES'], recordsPerDay: 400 });
    desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market }, zstd: 'raw' });
  });
  beforeEach(async () => {
    await desk.replaceDatabase();
    await desk.forgetArchive();
  });
  afterEach(() => {
    desk.gateway.setFaults();
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });
  after(() => desk.close());

  interface Ask {
    readonly symbols: string;
    readonly start: string;
    readonly end: string;
    readonly schema?: string;
  }
  const ask = ({ symbols, start, end, schema = 'trades' }: Ask): string[] =>
    ['--api', 'databento', '--dataset', 'GLBX.MDP3', '--schema', schema].concat(
      ...[
        ['--symbols', symbols],
        ['--start', start],
        ['--end', end],
      ],
    );
  const ingest = (asked: Ask, more: string[] = [], options: CliOptions = {}): Promise<CliResult> =>
    desk.run(['ingest', ...ask(asked), '--json', '--progress', 'plain', ...more], {
      ...options,
      onStart: (child) => {
        running.push(child);
        options.onStart?.(child);
      },
    });
  const reportOf = ({ code, stdout, stderr }: CliResult): RunReport => {
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as RunReport;
  };
  const WAITS = /waiting for another run \(process \d+.*\), which is downloading some of the same: GLBX.MDP3 trades/g;

  /** The next answer stands still in its middle: resolves when it does. */
  async function stallNext(ms?: number): Promise<() => Promise<void>> {
    let stalled = false;
    desk.gateway.setFaults(({ endpoint }) => {
      if (endpoint !== 'timeseries.get_range' || stalled) return undefined;
      stalled = true;
      return { kind: 'stall', fraction: 0.5, ...(ms === undefined ? {} : { ms }) };
    });
    return async () => {
      while (!stalled) await pause(20);
    };
  }
  const undisturbed = async (asked: Ask, stype: string): Promise<{ billed: Billed; rows: TextRow[] }> => {
    let rows: TextRow[] = [];
    const { symbols, start, end, schema = 'trades' } = asked;
    const query = { dataset: 'GLBX.MDP3', schema, symbols, stype_in: stype, start, end };
    const billed = await desk.billed(async () => (rows = await rowsOfService(desk.gateway, query)));
    return { billed, rows };
  };
  const sorted = (rows: readonly TextRow[]): string[] =>
    rows
      .map((row) => Object.entries(row).filter(([name]) => !['ordinal', 'symbol', 'dataset'].includes(name)))
      .map((fields) => JSON.stringify(fields.sort()))
      .sort();
  const heldBy = async (url: string, where = 'true'): Promise<string[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return sorted(await rowsOfTable(client, 'trades', where));
    } finally {
      await client.end();
    }
  };

  it('buy what they share once, into one database', async () => {
    const all = await undisturbed({ symbols: 'ES.FUT', start: '2024-01-08', end: '2024-01-13' }, 'parent');
    const billed = await desk.billed(async () => {
      const stalled = await stallNext(STALL_MS);
      const first = ingest({ symbols: 'ES.FUT', start: '2024-01-08', end: '2024-01-11' });
      await stalled();
      const second = await ingest({ symbols: 'ES.FUT', start: '2024-01-10', end: '2024-01-13' });
      expect(second.stderr.match(WAITS), second.stderr).to.have.length(1);
      const reports = [reportOf(await first), reportOf(second)] as const;
      expect(reports[0].records.loaded + reports[1].records.loaded).to.equal(all.rows.length);
    });
    expect(billed.bytes).to.equal(all.billed.bytes);
    expect(await heldBy(desk.url)).to.deep.equal(sorted(all.rows));
    expect(await desk.rows('select 1 from purchases')).to.deep.equal([]);
  });

  it('buy what they share once, into databases of their own, one asking by the parent', async () => {
    const parent = { symbols: 'ES.FUT', start: '2024-01-09', end: '2024-01-10' };
    const all = await undisturbed(parent, 'parent');
    const other = await exportDatabase();
    const billed = await desk.billed(async () => {
      const stalled = await stallNext(STALL_MS);
      const first = ingest(parent);
      await stalled();
      const env = { DATABASE_URL: other };
      const second = await ingest({ ...parent, symbols: 'ESH4' }, [], { env });
      expect(second.stderr.match(WAITS), second.stderr).to.have.length(1);
      reportOf(await first);
      expect(reportOf(second).cost_usd).to.deep.equal({ estimated: 0, spent: 0 });
    });
    expect(billed.bytes).to.equal(all.billed.bytes);
    expect(await heldBy(desk.url)).to.deep.equal(sorted(all.rows));
    expect(await heldBy(other, "symbol = 'ESH4'")).to.deep.equal(await heldBy(desk.url, "symbol = 'ESH4'"));
  });

  it('buy what they share once, over archives of their own into one database', async () => {
    const all = await undisturbed({ symbols: 'ESH4', start: '2024-01-08', end: '2024-01-11' }, 'raw_symbol');
    const elsewhere = ['--archive', join(desk.sandbox.cwd, 'other-archive')];
    const billed = await desk.billed(async () => {
      const stalled = await stallNext(STALL_MS);
      const first = ingest({ symbols: 'ESH4', start: '2024-01-08', end: '2024-01-10' });
      await stalled();
      // one of them the very same request, which the other archive does not have
      const same = await ingest({ symbols: 'ESH4', start: '2024-01-08', end: '2024-01-10' }, elsewhere);
      expect(same.stderr.match(WAITS)).to.have.length(1);
      expect(reportOf(same).chunks).to.include({ planned: 1, already_loaded: 1 });
      reportOf(await first);
      reportOf(await ingest({ symbols: 'ESH4', start: '2024-01-08', end: '2024-01-11' }, elsewhere));
    });
    expect(billed.bytes).to.equal(all.billed.bytes);
    expect(await heldBy(desk.url)).to.deep.equal(sorted(all.rows));
  });

  it('do not wait for a run that was killed, nor for what does not overlap, nor to plan', async () => {
    const stalled = await stallNext();
    const child = new Promise<ChildProcess>((resolve) => {
      void ingest({ symbols: 'ESH4', start: '2024-01-08', end: '2024-01-10' }, [], { onStart: resolve });
    });
    await stalled();
    const overlapping = { symbols: 'ESH4', start: '2024-01-09', end: '2024-01-11' };
    for (const apart of [
      { symbols: 'ES.FUT', start: '2024-01-10', end: '2024-01-11' },
      { symbols: 'ESM4', start: '2024-01-08', end: '2024-01-10' },
      { ...overlapping, schema: 'ohlcv-1h' },
    ]) {
      reportOf(await ingest(apart, ['--lock-timeout', '0']));
    }
    const before = desk.gateway.bill.requests['timeseries.get_range'];
    const dry = await ingest(overlapping, ['--dry-run', '--lock-timeout', '0']);
    expect(reportOf(dry).cost_usd.estimated).to.be.above(0);
    expect((await desk.run(['plan', ...ask(overlapping)])).code).to.equal(0);
    const late = await ingest(overlapping, ['--lock-timeout', '1']);
    expect(late.code, late.stderr).to.equal(11);
    const { error } = JSON.parse(late.stdout) as { error: { code: string; message: string; hint: string } };
    expect(error.code).to.equal('LOCKED');
    expect(error.message).to.match(
      /^GLBX.MDP3 trades ESH4 2024-01-08 to 2024-01-10 is being downloaded by another run/,
    );
    expect(error.hint).to.contain('--lock-timeout');
    expect(desk.gateway.bill.requests['timeseries.get_range']).to.equal(before);

    const waiting = ingest(overlapping, ['--lock-timeout', '600'], {
      onStart: (second) =>
        second.stderr?.on('data', (text: string) => {
          if (text.includes('waiting for another run')) void child.then((first) => first.kill('SIGKILL'));
        }),
    });
    expect(reportOf(await waiting).records.loaded).to.be.above(0);
    reportOf(await ingest({ symbols: 'ESH4', start: '2024-01-08', end: '2024-01-11' }, ['--lock-timeout', '0']));
    expect(await desk.rows('select 1 from purchases')).to.deep.equal([]);
  });

  it('end, whatever the order in which they ask for what overlaps', async () => {
    const wide = { symbols: 'ES.FUT', start: '2024-01-08', end: '2024-01-12' };
    const all = await undisturbed(wide, 'parent');
    const bars = await undisturbed({ ...wide, schema: 'ohlcv-1h' }, 'parent');
    const before = desk.gateway.bill.bytes;
    const runs = await Promise.all([
      ingest({ ...wide, end: '2024-01-11', schema: 'trades,ohlcv-1h' }, ['--chunk', 'day', '--concurrency', '2']),
      ingest({ ...wide, start: '2024-01-09T06:00', schema: 'ohlcv-1h,trades' }, [
        '--chunk',
        'week',
        '--concurrency',
        '2',
      ]),
      ingest({ ...wide, start: '2024-01-10', symbols: 'ESH4,ESM4', schema: 'trades' }, ['--concurrency', '2']),
    ]);
    runs.forEach(reportOf);
    expect(desk.gateway.bill.bytes - before).to.equal(all.billed.bytes + bars.billed.bytes);
    const held = await heldBy(desk.url);
    expect(held).to.deep.equal(sorted(all.rows));
    expect(await desk.rows('select 1 from ohlcv_1h')).to.have.length(bars.rows.length);
  });
});
