import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sampled } from '../../../src/testing/index.js';
import { ApiDesk } from '../../support/api-desk.js';
import {
  expectSameRows,
  rowsOfService,
  rowsOfTable,
  withoutOrdinals,
  type TextRow,
} from '../../support/service-rows.js';
import { rejected } from '../../support/thrown.js';

const NOTHING = { bytes: 0, usd: 0, requests: 0 };
const TRADE_BYTES = 48;
/** 2024-01-08, UTC. */
const MONDAY_NS = '1704672000000000000';

/** Requests through `createTickloom`: what is bought by the books of the service, and what is held afterwards. */
describe('what is bought of a request', function () {
  this.timeout(120_000);
  let desk: ApiDesk;

  beforeEach(async () => {
    const options = {
      start: '2024-01-01',
      end: '2024-02-01',
      roots: ['ES', 'NQ'],
      recordsPerDay: 60,
      rolls: ['2024-01-10'],
    };
    desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': sampled(options) } });
  });
  afterEach(() => desk.close());

  const inService = (start: string, end: string, more: Record<string, string> = {}): Promise<TextRow[]> =>
    rowsOfService(desk.gateway, {
      dataset: 'GLBX.MDP3',
      schema: 'trades',
      symbols: 'ES.c.0',
      stype_in: 'continuous',
      start,
      end,
      ...more,
    });

  /** In order of time: rows of chunks that were bought later may lie before. */
  const expectHeld = async (expected: readonly TextRow[]): Promise<void> => {
    const held = await rowsOfTable(desk.client, 'trades');
    expectSameRows(withoutOrdinals(inTime(held)), withoutOrdinals(inTime(expected)));
  };

  it('is asked for once where a page comes in its place, and bought once it is gone', async () => {
    const days = { start: '2024-01-08', end: '2024-01-10', chunk: 'day' as const };
    desk.gateway.setFaults(({ endpoint, parameters }) =>
      endpoint === 'timeseries.get_range' && parameters['start']?.startsWith(MONDAY_NS) === true
        ? { kind: 'status', status: 200, body: 'html' }
        : undefined,
    );
    const spoilt = await desk.billed(async () => {
      const { status, chunks, details } = await desk.ingest(days);
      expect({ status, chunks }).to.deep.equal({
        status: 'incomplete',
        chunks: { planned: 2, loaded: 1, already_loaded: 0, failed: 1 },
      });
      const error = details.find(({ error }) => error !== null)?.error;
      expect(error).to.include({ code: 'REPLY_INVALID' });
      expect(error?.message).to.contain('"3c 68 74 6d"').and.contain('200 Error');
    });
    expect(spoilt.requests).to.equal(2);
    expect(await desk.tickloom().archive.list()).to.have.length(1);
    desk.gateway.setFaults();
    await desk.ingest(days);
    await expectHeld(await inService('2024-01-08', '2024-01-10'));
  });

  it('is nothing the second time', async () => {
    const week = { start: '2024-01-08', end: '2024-01-15' };
    const first = await desk.billed(() => desk.ingest(week));
    expect(first.bytes).to.be.above(0);
    const again = await desk.billed(async () => {
      const { records, chunks, cost_usd, status } = await desk.ingest(week);
      expect(records).to.include({ decoded: 0, loaded: 0 });
      expect(chunks).to.deep.equal({ planned: 1, loaded: 0, already_loaded: 1, failed: 0 });
      expect(cost_usd).to.deep.equal({ estimated: 0, spent: 0 });
      expect(status).to.equal('complete');
    });
    expect(again).to.deep.equal(NOTHING);
    await expectHeld(await inService(week.start, week.end));
  });

  it('is what is missing at both ends and in the middle, and no more', async () => {
    await desk.ingest({ start: '2024-01-08', end: '2024-01-10' });
    await desk.ingest({ start: '2024-01-11T06:30', end: '2024-01-12' });
    const all = await inService('2024-01-04T12:00', '2024-01-17');
    const held = await rowsOfTable(desk.client, 'trades');
    const billed = await desk.billed(() => desk.ingest({ start: '2024-01-04T12:00', end: '2024-01-17' }));
    expect(billed.bytes).to.equal((all.length - held.length) * TRADE_BYTES);
    await expectHeld(all);
  });

  it('is nothing for a database that is new, when the archive was kept', async () => {
    await desk.ingest({ start: '2024-01-08', end: '2024-01-12', symbols: ['ES.c.0', 'NQ.c.0'] }, { concurrency: 2 });
    await desk.ingest({ start: '2024-01-05', end: '2024-01-15', symbols: ['ES.c.0', 'NQ.c.0'], chunk: 'day' });
    const before = inTime(await rowsOfTable(desk.client, 'trades'));
    const symbology = 'select * from symbology order by symbol, start_date';
    const known = await desk.rows(symbology);
    await desk.replaceDatabase();
    const billed = await desk.billed(async () => {
      const asked = { start: '2024-01-05', end: '2024-01-15', symbols: ['ES.c.0', 'NQ.c.0'] };
      const { cost_usd, records } = await desk.ingest(asked);
      expect(cost_usd).to.deep.equal({ estimated: 0, spent: 0 });
      expect(records.loaded).to.equal(before.length);
    });
    expect(billed).to.deep.equal(NOTHING);
    expectSameRows(withoutOrdinals(inTime(await rowsOfTable(desk.client, 'trades'))), withoutOrdinals(before));
    expect(await desk.rows(symbology)).to.deep.equal(known);
  });

  it('comes from the archive with force, and anew with refetch, which brings what the vendor has revised', async () => {
    const days = { start: '2024-01-08', end: '2024-01-10' };
    const first = await desk.billed(() => desk.ingest(days));
    desk.gateway.revise('GLBX.MDP3', '2024-01-09');
    const original = await rowsOfTable(desk.client, 'trades');
    const forced = await desk.billed(async () => {
      const { records } = await desk.ingest(days, { force: true });
      expect(records).to.include({ loaded: original.length, replaced: original.length });
    });
    expect(forced).to.deep.equal(NOTHING);
    expectSameRows(await rowsOfTable(desk.client, 'trades'), original);
    const refetched = await desk.billed(async () => {
      const { records, cost_usd } = await desk.ingest(days, { refetch: true });
      expect(records).to.include({ loaded: original.length, replaced: original.length });
      expect(cost_usd.spent).to.be.closeTo(first.usd, 1e-9).and.above(0);
    });
    expect(refetched).to.include({ bytes: first.bytes, requests: 1 });
    const revised = await inService(days.start, days.end);
    expect(revised).not.to.deep.equal(original);
    await expectHeld(revised);
    // what was bought last is what the archive has
    await desk.replaceDatabase();
    expect(await desk.billed(() => desk.ingest(days))).to.deep.equal(NOTHING);
    await expectHeld(revised);
  });

  it('is nothing again where the archive cannot be read, as a plan says, unless it is told to', async () => {
    const days = { start: '2024-01-08', end: '2024-01-10' };
    await desk.ingest(days);
    const [entry] = await desk.tickloom().archive.list();
    const manifest = join(desk.archive, entry?.id ?? '', 'manifest.json');
    await writeFile(manifest, '{');
    await desk.replaceDatabase();
    const request = { api: 'databento', dataset: 'GLBX.MDP3', schemas: ['trades'], symbols: ['ES.c.0'], ...days };
    const said = new RegExp(
      `the archive has "${entry?.id ?? ''}" and cannot read it; .* only with --refetch: .*manifest`,
    );
    expect((await desk.tickloom().plan({ request })).notes.join('\n')).to.match(said);
    const billed = await desk.billed(async () => {
      const { status, details } = await desk.ingest(days);
      expect([status, details[0]?.error?.code]).to.deep.equal(['failed', 'ARCHIVE_DAMAGED']);
    });
    expect(billed).to.deep.equal(NOTHING);
    const { notes } = await desk.tickloom().plan({ request, refetch: true });
    expect(notes.join('\n')).not.to.contain('cannot read it');
    expect((await desk.ingest(days, { refetch: true })).status).to.equal('complete');
    await expectHeld(await inService(days.start, days.end));
  });

  it('leaves out days that the vendor has not finished, and covers them when they are there', async () => {
    desk.gateway.setCondition('GLBX.MDP3', '2024-01-17', 'pending');
    await desk.ingest({ start: '2024-01-16', end: '2024-01-19' });
    const day = await inService('2024-01-17', '2024-01-18');
    expect((await rowsOfTable(desk.client, 'trades')).length).to.be.above(0);
    expect(
      await rowsOfTable(desk.client, 'trades', `ts_recv >= '2024-01-17' and ts_recv < '2024-01-18'`),
    ).to.have.lengthOf(0);
    expect(await desk.billed(() => desk.ingest({ start: '2024-01-16', end: '2024-01-19' }))).to.deep.equal(NOTHING);
    desk.gateway.setCondition('GLBX.MDP3', '2024-01-17', 'available');
    const billed = await desk.billed(() => desk.ingest({ start: '2024-01-16', end: '2024-01-19' }));
    expect(billed).to.include({ bytes: day.length * TRADE_BYTES, requests: 1 });
    await expectHeld(await inService('2024-01-16', '2024-01-19'));
  });

  it('does not ask for days without a session, covers them, and never asks again', async () => {
    const covered = async (): Promise<unknown> =>
      (await desk.tickloom().coverage({ schema: 'trades', symbols: ['ES.c.0'] }))[0]?.intervals;
    const saturday = { start: '2024-01-13', end: '2024-01-14' };
    const alone = await desk.billed(async () => expect((await desk.ingest(saturday)).status).to.equal('complete'));
    expect(alone).to.deep.equal(NOTHING);
    expect(await covered()).to.deep.equal([
      { start: '2024-01-13T00:00:00.000000000Z', end: '2024-01-14T00:00:00.000000000Z' },
    ]);
    const weekend = { start: '2024-01-12', end: '2024-01-15', chunk: 'day' } as const;
    expect(await desk.billed(() => desk.ingest(weekend))).to.include({ requests: 2 });
    expect(await covered()).to.deep.equal([
      { start: '2024-01-12T00:00:00.000000000Z', end: '2024-01-15T00:00:00.000000000Z' },
    ]);
    for (const days of [weekend, saturday]) expect(await desk.billed(() => desk.ingest(days))).to.deep.equal(NOTHING);
    const unknown = await rejected(desk.ingest({ ...saturday, symbols: ['ES.c.0', 'XX.c.0'] }));
    expect(unknown).to.include({ code: 'SYMBOL_NOT_FOUND' });
    expect(unknown.message).to.match(/^XX\.c\.0 means nothing/);
  });

  it('does not fail for an instrument that is not listed yet or has expired, covers the day, and never asks again', async () => {
    const covered = async (symbol: string): Promise<unknown> =>
      (await desk.tickloom().coverage({ schema: 'trades', symbols: [symbol] }))[0]?.intervals;
    const raw = { stypeIn: 'raw_symbol' } as const;
    const before = { ...raw, symbols: ['ESZ4'], start: '2024-01-09', end: '2024-01-10' };
    const alone = await desk.billed(async () => expect((await desk.ingest(before)).status).to.equal('complete'));
    expect(alone).to.deep.equal(NOTHING);
    expect(await covered('ESZ4')).to.deep.equal([
      { start: '2024-01-09T00:00:00.000000000Z', end: '2024-01-10T00:00:00.000000000Z' },
    ]);
    const behind = { ...raw, symbols: ['ESH4', 'ESU4'], start: '2024-01-11', end: '2024-01-12' };
    expect(await desk.billed(() => desk.ingest(behind))).to.include({ requests: 1 });
    expect(await covered('ESH4')).to.deep.equal(await covered('ESU4'));
    for (const days of [before, behind]) expect(await desk.billed(() => desk.ingest(days))).to.deep.equal(NOTHING);
    const unknown = await rejected(desk.ingest({ ...behind, symbols: ['ESH4', 'EHS4'] }));
    expect(unknown.message).to.match(/^EHS4 means nothing/);
  });

  it('is cut as chunks say: days, weeks that begin on Sundays, months, or not at all', async () => {
    for (const [chunk, starts] of [
      ['day', ['10', '11', '12', '14', '15', '16']],
      ['week', ['10', '14']],
      ['month', ['10']],
      ['none', ['10']],
    ] as const) {
      const before = desk.gateway.requests.length;
      const report = await desk.ingest({ start: '2024-01-10', end: '2024-01-17', chunk }, { refetch: true });
      expect(report.status).to.equal('complete');
      const asked = desk.gateway.requests.slice(before).filter(({ endpoint }) => endpoint === 'timeseries.get_range');
      const days = asked.map(({ parameters }) => new Date(Number(BigInt(parameters['start'] ?? 0) / 1_000_000n)));
      expect(days.map((day) => day.toISOString().slice(8, 10)).sort()).to.deep.equal(starts);
      await expectHeld(await inService('2024-01-10', '2024-01-17'));
    }
  });

  it('is cut by a limit, and what lies behind it comes later, each record once', async () => {
    const week = { start: '2024-01-08', end: '2024-01-13' };
    const all = await inService(week.start, week.end);
    for (const limit of [1, 37, 100]) {
      const billed = await desk.billed(() => desk.ingest({ ...week, limit }));
      expect(billed.bytes).to.equal(limit * TRADE_BYTES);
      await expectHeld(all.slice(0, limit));
    }
    await desk.ingest(week);
    await expectHeld(all);
    expect(await desk.billed(() => desk.ingest(week))).to.deep.equal(NOTHING);
  });

  it('has the definitions of whole days with it when they are asked for as well', async () => {
    const report = await desk.ingest({ start: '2024-01-09T10:00', end: '2024-01-10T15:00', withDefinitions: true });
    expect(report.details.map(({ schema }) => schema)).to.deep.equal(['trades', 'definition']);
    await expectHeld(await inService('2024-01-09T10:00', '2024-01-10T15:00'));
    const definitions = await inService('2024-01-09', '2024-01-11', { schema: 'definition' });
    expectSameRows(await rowsOfTable(desk.client, 'definition'), definitions);
  });

  it('has the definitions as far as there are any, though their days are whole', async () => {
    const hour = (text: string): bigint => BigInt(Date.parse(`${text}:00Z`)) * 1_000_000n;
    const ranges = { definition: { start: hour('2024-01-09T06:00'), end: hour('2024-01-10T16:00') } };
    const market = sampled({ start: '2024-01-08', end: '2024-01-13', roots: ['ES'], recordsPerDay: 60, ranges });
    const short = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market } });
    try {
      const asked = { start: '2024-01-09T10:00', end: '2024-01-10T15:00', withDefinitions: true };
      expect((await short.ingest(asked)).status).to.equal('complete');
      const [covered] = await short.tickloom().coverage({ schema: 'definition', symbols: ['ES.c.0'] });
      expect(covered?.intervals).to.deep.equal([
        { start: '2024-01-09T06:00:00.000000000Z', end: '2024-01-10T16:00:00.000000000Z' },
      ]);
      const beyond = await rejected(short.ingest({ ...asked, start: '2024-01-08', end: '2024-01-08T12:00' }));
      expect(beyond).to.include({ code: 'RANGE_UNAVAILABLE' });
    } finally {
      await short.close();
    }
  });

  it('is nothing when the request cannot be right: what is wrong, why, and what to do', async () => {
    const day = { start: '2024-01-08' };
    const range = 'expected a range from 2024-01-01 to 2024-02-01';
    const billed = await desk.billed(async () => {
      for (const [asked, message, hint] of [
        [
          { ...day, symbols: ['ES.c.0', 'XX.c.0', 'YY.v.1'] },
          'XX.c.0, YY.v.1 mean nothing in GLBX.MDP3 as continuous on any day from 2024-01-01 to before 2024-02-01; nothing was bought',
          'Check spelling and range, or leave out these symbols.',
        ],
        [
          { ...day, symbols: ['ES.c.0', 'ESH4'] },
          'the symbols have different forms: "ES.c.0" looks like continuous, "ESH4" like raw_symbol',
          'Ask for each kind in a run of its own, or say with --stype-in how to read all of them.',
        ],
        [
          { ...day, end: '2024-01-08' },
          'start, 2024-01-08, is the same as end, 2024-01-08, expected a start before the end',
          'Give an end after the start: the end is exclusive.',
        ],
        [
          { ...day, end: '2024-01-05' },
          'start, 2024-01-08, is after end, 2024-01-05, expected a start before the end',
          'Exchange start and end.',
        ],
        [{ ...day, limit: 0 }, 'limit is 0, expected a whole number above 0', 'Leave out --limit to have all records.'],
        [
          { start: '2023-12-30', end: '2024-01-05' },
          `the range of trades of GLBX.MDP3 starts at 2023-12-30, before there is any data, ${range}`,
          'Start at 2024-01-01.',
        ],
        [
          { ...day, end: '2024-02-02' },
          `the range of trades of GLBX.MDP3 ends at 2024-02-02, behind all there is, ${range}`,
          'End at 2024-02-01 at the latest, or leave out the end of a range that has begun.',
        ],
        [
          { ...day, dataset: 'GLBX.MDP' },
          'dataset is "GLBX.MDP", and the service has no such dataset',
          'Did you mean GLBX.MDP3?',
        ],
        [
          { ...day, schemas: ['mbo'] },
          'schema is "mbo", and GLBX.MDP3 has no such schema',
          'Take one of trades, tbbo, ohlcv-1s, ohlcv-1m, ohlcv-1h, ohlcv-1d, statistics, definition.',
        ],
      ] as const) {
        const error = await rejected(desk.ingest(asked));
        expect(error).to.include({ action: 'fix', message, hint });
      }
      const typo = await rejected(desk.ingest({ ...day, schemas: ['trade'] }));
      expect(typo.message).to.match(/^unknown schema "trade"; known: bbo-1m, /);
      expect(typo.hint).to.equal('Did you mean trades? If not, add the plugin that serves it.');
    });
    expect(billed).to.deep.equal(NOTHING);
  });

  it('is the same rows by parent, raw symbol, id and ALL_SYMBOLS, bought once, with the symbol of their day', async () => {
    const days = { start: '2024-01-08', end: '2024-01-12' };
    const report = await desk.ingest({ ...days, symbols: ['ES.FUT'] });
    expect(report.symbols).to.deep.equal({ ...report.symbols, mapped: report.records.loaded, fallback: 0 });
    const children = await inService(days.start, days.end, { symbols: 'ES.FUT', stype_in: 'parent' });
    expectSameRows(await rowsOfTable(desk.client, 'trades'), children);
    const [first] = children;
    const known = { raw_symbol: first?.['symbol'], instrument_id: first?.['instrument_id'] } as const;
    for (const [stypeIn, symbol] of Object.entries(known) as ['raw_symbol' | 'instrument_id', string][]) {
      const ask = { ...days, symbols: [symbol], stypeIn };
      expect(await desk.billed(() => desk.ingest(ask))).to.deep.equal(NOTHING);
    }
    const everything = await desk.ingest({ ...days, symbols: ['ALL_SYMBOLS'] });
    expect(everything.records).to.include({ already_loaded: children.length, quarantined: 0 });
    expect(everything.symbols).to.include({ fallback: 0, unknown: 0 });
    const wrong = await desk.rows(
      `select distinct t.instrument_id, t.symbol from trades t where not exists (
         select from trades p where p.instrument_id = t.instrument_id and p.symbol = t.symbol and t.symbol ~ '^(ES|NQ)')`,
    );
    expect(wrong).to.deep.equal([]);
    expect(await desk.billed(() => desk.ingest({ ...days, symbols: ['NQ.FUT'] }))).to.deep.equal(NOTHING);
    expect((await desk.tickloom().verify({ deep: true })).status).to.equal('ok');
  });
});

describe('what is bought of more symbols than go into one request', function () {
  this.timeout(120_000);

  it('comes in two, each row once, and never again, in whatever order it is asked for', async () => {
    const day = { start: '2024-01-08', end: '2024-01-09' };
    const market = sampled({ ...day, roots: ['ES', 'NQ'], contracts: 560, recordsPerDay: 1 });
    const desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market } });
    try {
      const symbols = market.instrumentsOn(Date.parse(day.start) / 86_400_000).map(String);
      expect(symbols.length).to.be.above(2_000).and.below(4_000);
      const ask = { ...day, symbols, schemas: ['trades'], stypeIn: 'instrument_id' } as const;
      const billed = await desk.billed(async () => {
        const { records } = await desk.ingest(ask);
        expect(records).to.include({ decoded: symbols.length, loaded: symbols.length });
      });
      expect(billed).to.include({ requests: 2, bytes: symbols.length * TRADE_BYTES });
      const asked = desk.gateway.requests.map(({ parameters }) => (parameters['symbols'] ?? '').split(',').length);
      expect(Math.max(...asked)).to.equal(2_000);
      const [held] = await desk.rows('select count(distinct instrument_id)::int as ids from trades');
      expect(held).to.deep.equal({ ids: symbols.length });
      for (const others of [[...symbols].reverse(), symbols.slice(0, 2_001)]) {
        expect(await desk.billed(() => desk.ingest({ ...ask, symbols: others }))).to.deep.equal(NOTHING);
      }
    } finally {
      await desk.close();
    }
  });
});

function inTime(rows: readonly TextRow[]): TextRow[] {
  const key = (row: TextRow): bigint => BigInt(row['ts_recv'] ?? 0) * 1000n + BigInt(row['ts_recv_ns'] ?? 0);
  return [...rows].sort((a, b) => Number(key(a) - key(b)));
}
