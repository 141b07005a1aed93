import { expect } from 'chai';
import { parseUsd } from '../../../../src/core/historical/usd.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import { TEST_POSTGRES_VERSIONS } from '../../../support/postgres-server.js';
import {
  claim,
  DATASET,
  DAY,
  march,
  SinkHarness,
  type TestChunk,
  type TestRow,
} from '../../../support/sink-harness.js';

const day1 = march(1);
const day2 = march(2);
const day3 = march(3);

/** `count` rows of one instrument, a second apart. */
function ticks(from: bigint, count: number, more: Partial<TestRow> = {}): TestRow[] {
  return Array.from({ length: count }, (_, index) => ({
    at: from + BigInt(index) * 1_000_000_007n,
    price: `${index}.25`,
    size: index,
    ...more,
  }));
}

async function failure(promise: Promise<unknown>): Promise<TickloomError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown as TickloomError,
  );
  if (error === undefined) throw new Error('expected an error');
  return error;
}

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`PostgresSink on PostgreSQL ${version}`, () => {
    let harness: SinkHarness;

    beforeEach(async () => {
      harness = await SinkHarness.create({ version });
    });

    afterEach(async () => {
      await harness.close();
    });

    const whole: TestChunk = { rows: [...ticks(day1, 3), ...ticks(day2, 3)], claim: claim(day1, day3) };

    describe('a plain load', () => {
      it('writes down where the bytes came from, and what came with them', async () => {
        const condition = [{ date: '2024-03-01', condition: 'degraded', last_modified_date: null }];
        const conditions = [{ date: '2024-03-01', condition: 'degraded', lastModifiedDate: null }];
        const origin = { locations: ['/data/test.dbn'], archiveId: 'entry-1', conditions, costUsd: parseUsd('0.25') };
        await harness.load({ rows: ticks(day1, 1), claim: claim(day1, day2), origin });
        await harness.load({ rows: ticks(day2, 1), claim: claim(day2, day2 + DAY), content: 'other' });
        const found = await harness.rows(
          'select locations, archive_id, condition, cost_usd, plugins from chunks order by chunk_id',
        );
        expect(found).to.deep.equal([
          { locations: ['/data/test.dbn'], archive_id: 'entry-1', condition, cost_usd: '0.25', plugins: [] },
          { locations: null, archive_id: null, condition: null, cost_usd: null, plugins: [] },
        ]);
      });

      it('commits rows, quarantine, coverage, symbology and ledger together', async () => {
        const interval = { dataset: 'TEST.SET', stypeIn: 'raw_symbol', symbol: 'A1', instrumentId: 1 };
        const { records, chunkId } = await harness.load({
          rows: [...ticks(day1, 2), { at: day1 + 5n, rejected: 'bad' }],
          claim: claim(day1, day2),
          control: 2,
          symbology: [{ ...interval, startDate: '2024-03-01', endDate: '2024-03-02' }],
        });
        expect(records).to.include({ decoded: 5, loaded: 2, quarantined: 1, control: 2, already_loaded: 0 });
        expect(await harness.held()).to.deep.equal(['1 0.25 0', '1 1.25 1']);
        expect(await harness.rows('select chunk_id, ordinal from trades order by ordinal')).to.deep.equal([
          { chunk_id: String(chunkId), ordinal: '0' },
          { chunk_id: String(chunkId), ordinal: '1' },
        ]);
        expect(await harness.rows('select ordinal, index_ns, record, state from quarantine')).to.deep.equal([
          { ordinal: '2', index_ns: String(day1 + 5n), record: Buffer.from('bad'), state: 'open' },
        ]);
        expect(await harness.ledger.coverage({})).to.deep.equal([
          {
            dataset: 'TEST.SET',
            schema: 'trades',
            stype_in: 'instrument_id',
            symbol: '1',
            intervals: [{ start: '2024-03-01T00:00:00.000000000Z', end: '2024-03-02T00:00:00.000000000Z' }],
          },
          {
            dataset: 'TEST.SET',
            schema: 'trades',
            stype_in: 'raw_symbol',
            symbol: 'A1',
            intervals: [{ start: '2024-03-01T00:00:00.000000000Z', end: '2024-03-02T00:00:00.000000000Z' }],
          },
        ]);
        expect(await harness.rows('select status, loaded, quarantined, control, covers from chunks')).to.deep.equal([
          { status: 'loaded', loaded: '2', quarantined: '1', control: '2', covers: true },
        ]);
        expect(await harness.rows('select symbol, start_date::text, end_date::text from symbology')).to.deep.equal([
          { symbol: 'A1', start_date: '2024-03-01', end_date: '2024-03-02' },
        ]);
      });

      it('keeps rows that are equal in every field', async () => {
        const twin = { at: day1, price: '7', size: 7 };
        await harness.load({ rows: [twin, twin, twin], claim: claim(day1, day2) });
        expect(await harness.held()).to.deep.equal(['1 7 7', '1 7 7', '1 7 7']);
      });

      it('leaves nothing behind after a rollback in mid-copy, and its connection is of use again', async () => {
        const load = await harness.begin(whole);
        await harness.fill(load, { ...whole, rows: [...whole.rows, { at: day1, rejected: 'x' }] });
        await load.rollback();
        await load.rollback();
        expect(await harness.held()).to.deep.equal([]);
        expect(await harness.rows('select * from quarantine')).to.deep.equal([]);
        expect(await harness.rows('select * from chunks')).to.deep.equal([]);
        expect((await harness.load(whole)).records.loaded).to.equal(6);
      });

      it('carries more than one buffer of rows, with rejections in between', async () => {
        const rows = ticks(day1, 20_000).map((row, index) => (index % 1000 === 999 ? { ...row, rejected: 'x' } : row));
        const chunk = { rows, claim: claim(day1, day2) };
        const load = await harness.begin(chunk);
        for (let at = 0; at < rows.length; at += 1000)
          await harness.fill(load, { rows: rows.slice(at, at + 1000) }, at);
        const { records } = await harness.settle(load, chunk);
        await load.commit();
        expect(records).to.include({ loaded: 19_980, quarantined: 20 });
      });
    });

    describe('the same content', () => {
      it('is loaded once, and the sighting is written down', async () => {
        await harness.load(whole);
        const again = await harness.load({ ...whole, source: 'copy.dbn' });
        expect(again.sameContent).to.equal(true);
        expect(again.records).to.include({ decoded: 6, loaded: 0, already_loaded: 6 });
        expect(await harness.held()).to.have.length(6);
        expect(await harness.rows('select source, status from chunks order by chunk_id')).to.deep.equal([
          { source: 'test.dbn', status: 'loaded' },
          { source: 'copy.dbn', status: 'already_loaded' },
        ]);
      });

      it('is loaded once for a fragment, which covers nothing', async () => {
        const fragment: TestChunk = { rows: ticks(day1, 4), header: null };
        await harness.load(fragment);
        expect((await harness.load(fragment)).records).to.include({ loaded: 0, already_loaded: 4 });
        expect((await harness.load({ ...fragment, force: true })).records).to.include({ loaded: 0, replaced: 0 });
        expect(await harness.held()).to.have.length(4);
        expect(await harness.ledger.coverage({})).to.deep.equal([]);
      });

      it('is another content under another version or schema', async () => {
        const fragment: TestChunk = { rows: [], header: null, content: '' };
        await harness.load(fragment);
        expect((await harness.load({ ...fragment, version: 2 })).sameContent).to.equal(false);
        expect((await harness.load({ ...fragment, schema: 'tbbo' })).sameContent).to.equal(false);
        expect((await harness.load(fragment)).sameContent).to.equal(true);
      });

      it('is not taken for loaded when nothing in it could be', async () => {
        const foreign: TestChunk = { rows: [], unsupported: 3, claim: claim(day1, day2) };
        await harness.load(foreign);
        expect(await harness.ledger.coverage({})).to.deep.equal([]);
        expect((await harness.load(foreign)).sameContent).to.equal(false);
        const fragment: TestChunk = { rows: [], unsupported: 3, header: null, content: 'foreign' };
        await harness.load(fragment);
        const served = await harness.load({ ...fragment, rows: ticks(day1, 3), unsupported: 0 });
        expect(served.records).to.include({ loaded: 3, already_loaded: 0 });
      });
    });

    describe('an overlap', () => {
      it('counts what is held as already loaded and loads the rest with its ordinals', async () => {
        await harness.load({ rows: ticks(day1, 3), claim: claim(day1, day2) });
        const { records, chunkId } = await harness.load(whole);
        expect(records).to.include({ decoded: 6, loaded: 3, already_loaded: 3 });
        expect(await harness.held()).to.have.length(6);
        const ordinals = await harness.rows(`select ordinal from trades where chunk_id = ${chunkId} order by 1`);
        expect(ordinals).to.deep.equal([{ ordinal: '3' }, { ordinal: '4' }, { ordinal: '5' }]);
        const [entry] = await harness.ledger.coverage({ symbols: ['A1'] });
        expect(entry?.intervals).to.deep.equal([
          { start: '2024-03-01T00:00:00.000000000Z', end: '2024-03-03T00:00:00.000000000Z' },
        ]);
      });

      it('compares duplicates one by one', async () => {
        const twin = { at: day1, price: '7', size: 7 };
        await harness.load({ rows: [twin, twin], claim: claim(day1, day2) });
        const error = await failure(harness.load({ rows: [twin, twin, twin], claim: claim(day1, day2) }));
        expect(error.code).to.equal('COVERAGE_CONFLICT');
        expect(error.message).to.match(/the chunk has a row that the database does not hold/);
      });

      it('fails with the first difference when a value was revised, and loads nothing', async () => {
        await harness.load({ rows: ticks(day1, 3), claim: claim(day1, day2) });
        const revised = whole.rows.map((row, index) => (index === 1 ? { ...row, price: '9.75' } : row));
        const error = await failure(harness.load({ ...whole, rows: revised }));
        expect(error.code).to.equal('COVERAGE_CONFLICT');
        expect(error.message).to.equal(
          '"test.dbn" differs from what is held in trades, first at 2024-03-01T00:00:01.000000007Z of instrument 1: ' +
            'the database holds price "1.25", the chunk has "9.75"',
        );
        expect(error.context).to.include({ table: 'trades', column: 'price' });
        expect(await harness.held()).to.have.length(3);
      });

      it('fails when a row that is held is missing in the chunk', async () => {
        await harness.load({ rows: ticks(day1, 3), claim: claim(day1, day2) });
        const error = await failure(harness.load({ ...whole, rows: whole.rows.slice(1) }));
        expect(error.message).to.match(/the database holds a row that the chunk does not have/);
        const empty = await failure(harness.load({ rows: [], claim: claim(day1, day3) }));
        expect(empty.code).to.equal('COVERAGE_CONFLICT');
      });

      it('is decided by instrument: others on the same days are loaded beside', async () => {
        const of = (id: number): TestChunk => ({
          rows: ticks(day1, 2, { id }),
          claim: claim(day1, day2, {
            asks: [{ stypeIn: 'raw_symbol', symbol: `A${id}` }],
            instruments: [{ instrumentId: id, ranges: [{ start: day1, end: day2 }] }],
          }),
        });
        await harness.load(of(1));
        expect((await harness.load(of(2))).records).to.include({ loaded: 2, already_loaded: 0 });
        const both = claim(day1, day2, {
          asks: [{ stypeIn: 'parent', symbol: 'A.FUT' }],
          instruments: [1, 2, 3].map((instrumentId) => ({ instrumentId, ranges: [{ start: day1, end: day2 }] })),
        });
        const rows = [1, 2, 3].flatMap((id) => ticks(day1, 2, { id }));
        expect((await harness.load({ rows, claim: both })).records).to.include({ loaded: 2, already_loaded: 4 });
      });

      it('is found through ALL_SYMBOLS, both ways', async () => {
        const all = (from: bigint, to: bigint): TestChunk['claim'] =>
          claim(from, to, { asks: [{ stypeIn: 'raw_symbol', symbol: 'ALL_SYMBOLS' }], instruments: 'all' });
        await harness.load({ rows: ticks(day1, 2), claim: claim(day1, day2) });
        const rows = [...ticks(day1, 2), ...ticks(day1, 2, { id: 9 })];
        expect((await harness.load({ rows, claim: all(day1, day2) })).records).to.include({
          loaded: 2,
          already_loaded: 2,
        });
        const later = claim(day1, day3, {
          asks: [{ stypeIn: 'instrument_id', symbol: '9' }],
          instruments: [{ instrumentId: 9, ranges: [{ start: day1, end: day3 }] }],
        });
        const nine = [...ticks(day1, 2, { id: 9 }), ...ticks(day2, 1, { id: 9 })];
        expect((await harness.load({ rows: nine, claim: later })).records).to.include({ loaded: 1, already_loaded: 2 });
      });

      it('is found when neither header maps the instrument', async () => {
        const unmapped = { symbols: { mapped: 0, requested: 3 } };
        const first = { rows: ticks(day1, 3), claim: claim(day1, day2, { instruments: [] }), ...unmapped };
        await harness.load(first);
        const wider = { ...whole, claim: claim(day1, day3, { instruments: [] }), symbols: { mapped: 0, requested: 6 } };
        expect((await harness.load(wider)).records).to.include({ loaded: 3, already_loaded: 3 });
        const mapped = claim(day1, day3, { asks: [{ stypeIn: 'parent', symbol: 'A.FUT' }] });
        expect((await harness.load({ ...whole, claim: mapped })).records).to.include({ loaded: 0, already_loaded: 6 });
      });

      it('is found for an instrument that the header does not map, though others are', async () => {
        await harness.load({ rows: ticks(day1, 2), claim: claim(day1, day2) });
        const other = claim(day1, day2, {
          asks: [{ stypeIn: 'raw_symbol', symbol: 'A5' }],
          instruments: [{ instrumentId: 5, ranges: [{ start: day1, end: day2 }] }],
        });
        const rows = [...ticks(day1, 2), ...ticks(day1, 2, { id: 5 })];
        const { records } = await harness.load({ rows, claim: other, symbols: { mapped: 2, fallback: 2 } });
        expect(records).to.include({ loaded: 2, already_loaded: 2 });
      });

      it('looks beyond the claim when records were seen there', async () => {
        await harness.load({ rows: ticks(day2, 2), claim: claim(day2, day3) });
        const rows = [...ticks(day1, 1), ...ticks(day2, 2)];
        const short = { rows, claim: claim(day1, day2), seen: { first: day1, last: day3 - 1n } };
        expect((await harness.load(short)).records).to.include({ loaded: 1, already_loaded: 2 });
      });

      it('compares v1 and v2 columns only where both sides have them', async () => {
        const rows = ticks(day1, 2, { old_price: '5' });
        await harness.load({ rows, claim: claim(day1, day2), version: 2 });
        const upgraded = ticks(day1, 2, { old_price: null });
        expect(
          (await harness.load({ rows: upgraded, claim: claim(day1, day2), version: 3 })).records.already_loaded,
        ).to.equal(2);
        const error = await failure(harness.load({ rows: upgraded, claim: claim(day1, day2), version: 1 }));
        expect(error.message).to.match(/holds old_price "5", the chunk has NULL/);
      });

      it('takes records that differ in columns of one version alone for one in the other', async () => {
        const variants = [...ticks(day1, 1, { old_price: '5' }), ...ticks(day1, 1, { old_price: '6' })];
        const single = ticks(day1, 1);
        const twice = [...ticks(day2, 1, { old_price: '5' }), ...ticks(day2, 1, { old_price: '5' })];
        await harness.load({ rows: variants, claim: claim(day1, day2), version: 2 });
        expect((await harness.load({ rows: single, claim: claim(day1, day2), version: 3 })).records.already_loaded)
          .to //
          .equal(1);
        await harness.load({ rows: twice, claim: claim(day2, day3), version: 2 });
        const error = await failure(harness.load({ rows: ticks(day2, 1), claim: claim(day2, day3), version: 3 }));
        expect(error.message).to.match(/the database holds a row that the chunk does not have/);
        await harness.load({ rows: ticks(day3, 1), claim: claim(day3, march(4)), version: 3 });
        const later = [...ticks(day3, 1, { old_price: '5' }), ...ticks(day3, 1, { old_price: '6' })];
        expect((await harness.load({ rows: later, claim: claim(day3, march(4)), version: 1 })).records).to.include({
          loaded: 0,
          already_loaded: 2,
        });
      });

      it('compares quarantined records by their bytes', async () => {
        const bad = { at: day1 + 9n, rejected: 'bad' };
        await harness.load({ rows: [...ticks(day1, 2), bad], claim: claim(day1, day2) });
        const wide = { rows: [...ticks(day1, 2), bad, ...ticks(day2, 1)], claim: claim(day1, day3) };
        expect((await harness.load(wide)).records).to.include({ loaded: 1, already_loaded: 3, quarantined: 0 });
        const missing = { rows: [...ticks(day1, 2), ...ticks(day2, 1)], claim: claim(day1, day3) };
        expect((await failure(harness.load(missing))).message).to.match(/database holds a rejected record/);
        const other = { ...wide, rows: [...ticks(day1, 2), { ...bad, rejected: 'other' }, ...ticks(day2, 1)] };
        expect((await failure(harness.load(other))).code).to.equal('COVERAGE_CONFLICT');
        expect(await harness.rows('select record from quarantine')).to.have.length(1);
      });

      it('compares quarantined records of another DBN version by place, and dropped ones not at all', async () => {
        const rows = [{ at: day1 + 9n, rejected: 'bad v1' }];
        await harness.load({ rows, claim: claim(day1, day2), version: 1 });
        const v3 = { rows: [{ at: day1 + 9n, rejected: 'bad v3' }], claim: claim(day1, day2), version: 3 as const };
        expect((await harness.load(v3)).records).to.include({ already_loaded: 1, quarantined: 0 });
        await harness.rows(`update quarantine set state = 'dropped'`);
        const without = { rows: [], claim: claim(day1, day2), content: 'without' };
        expect((await harness.load(without)).records).to.include({ already_loaded: 0, quarantined: 0 });
        const with1 = { rows, claim: claim(day1, day2), version: 1 as const, content: 'with' };
        expect((await harness.load(with1)).records).to.include({ already_loaded: 1, quarantined: 0 });
      });

      it('does not quarantine a record without a time twice', async () => {
        const rows = [...ticks(day1, 1), { at: -1n, rejected: 'timeless' }];
        await harness.load({ rows, claim: claim(day1, day2) });
        expect((await harness.load({ rows, claim: claim(day1, day2), content: 'b' })).records).to.include({
          already_loaded: 2,
        });
        expect(await harness.rows('select index_ns from quarantine')).to.deep.equal([{ index_ns: null }]);
      });
    });

    describe('continuous symbols', () => {
      const alias = (from: bigint, to: bigint, symbol = 'A.c.0'): TestChunk['claim'] =>
        claim(from, to, { asks: [{ stypeIn: 'continuous', symbol }], alias: true });

      it('are a set of rows of their own', async () => {
        await harness.load({ rows: ticks(day1, 2), claim: claim(day1, day2) });
        const rows = ticks(day1, 2, { symbol: 'A.c.0' });
        expect((await harness.load({ rows, claim: alias(day1, day2) })).records.loaded).to.equal(2);
        expect(await harness.held()).to.have.length(4);
        const other = ticks(day1, 2, { symbol: 'A.v.0' });
        expect((await harness.load({ rows: other, claim: alias(day1, day2, 'A.v.0') })).records.loaded).to.equal(2);
        const plain = { ...whole, rows: [...ticks(day1, 2), ...ticks(day2, 1)] };
        expect((await harness.load(plain)).records).to.include({ loaded: 1, already_loaded: 2 });
        expect((await harness.ledger.coverage({})).map(({ stype_in }) => stype_in)).to.deep.equal([
          'continuous',
          'continuous',
          'instrument_id',
          'raw_symbol',
        ]);
      });

      it('overlap with themselves', async () => {
        await harness.load({ rows: ticks(day1, 2, { symbol: 'A.c.0' }), claim: alias(day1, day2) });
        const rows = [...ticks(day1, 2), ...ticks(day2, 2, { id: 2 })].map((row) => ({ ...row, symbol: 'A.c.0' }));
        const bad = { at: day2 + 1n, rejected: 'bad' };
        const wider: TestChunk = { rows: [...rows, bad], claim: alias(day1, day3) };
        expect((await harness.load(wider)).records).to.include({ loaded: 2, already_loaded: 2, quarantined: 1 });
        expect((await harness.load({ ...wider, content: 'again' })).records).to.include({ already_loaded: 5 });
        const forced = await harness.load({ ...wider, force: true });
        expect(forced.records).to.include({ loaded: 4, replaced: 4, quarantined: 1 });
        expect(await harness.rows('select * from quarantine')).to.have.length(1);
      });
    });

    describe('several continuous symbols', () => {
      const ids: Readonly<Record<string, number>> = { 'A.c.0': 1, 'A.v.0': 1, 'B.c.0': 2, 'X.c.0': 7 };
      /** A row of each symbol on each day, and a record that no plugin takes: of the symbol, or of an instrument. */
      const of = (symbols: string[], days: bigint[], rejected: (string | number)[], more: Partial<TestChunk> = {}) => {
        const [from, to] = [days[0] as bigint, (days.at(-1) as bigint) + DAY];
        const rows = days.flatMap((at) => symbols.map((symbol) => ({ at, id: ids[symbol] as number, symbol })));
        const bad = days.flatMap((day) =>
          rejected.map((name) => {
            const id = typeof name === 'number' ? name : (ids[name] as number);
            return { at: day + 1n, id, rejected: `bad ${name}` };
          }),
        );
        const asks = symbols.map((symbol) => ({ stypeIn: 'continuous', symbol }));
        const symbology = symbols.map((symbol) => {
          const instrumentId = ids[symbol] as number;
          const key = { dataset: DATASET, stypeIn: 'continuous', symbol, instrumentId };
          return { ...key, startDate: '2024-03-01', endDate: '2024-03-03' };
        });
        const whole = claim(from, to, { asks, alias: true });
        return { rows: [...rows, ...bad], claim: whole, symbology, ...more } satisfies TestChunk;
      };
      const quarantined = async (): Promise<string[]> =>
        (
          await harness.rows<{ text: string }>(
            `select convert_from(record, 'UTF8') || ' ' || extract(day from to_timestamp(index_ns / 1e9) at time zone 'UTC') as text
               from quarantine order by 1`,
          )
        ).map(({ text }) => text);

      it('find rejected records of one of them that the other is not held with', async () => {
        await harness.load(of(['A.c.0'], [day1], ['A.c.0']));
        const both = of(['A.c.0', 'B.c.0'], [day1, day2], ['A.c.0', 'B.c.0']);
        expect((await harness.load(both)).records).to.include({ loaded: 3, already_loaded: 2, quarantined: 3 });
        expect(await quarantined()).to.deep.equal(['bad A.c.0 1', 'bad A.c.0 2', 'bad B.c.0 1', 'bad B.c.0 2']);
        const again = { ...both, content: 'again' };
        expect((await harness.load(again)).records).to.include({ loaded: 0, already_loaded: 8, quarantined: 0 });
        for (const symbol of ['A.c.0', 'B.c.0']) {
          const one = await harness.load(of([symbol], [day1, day2], [symbol]));
          expect(one.records).to.include({ loaded: 0, already_loaded: 4 });
        }
        expect(await quarantined()).to.have.length(4);
      });

      it('are told apart where they meant one instrument', async () => {
        await harness.load(of(['A.v.0', 'B.c.0'], [day1], ['A.v.0', 'B.c.0']));
        const { records } = await harness.load(of(['A.c.0', 'B.c.0'], [day1], ['A.c.0', 'B.c.0']));
        expect(records).to.include({ loaded: 1, already_loaded: 2, quarantined: 1 });
        expect(await quarantined()).to.deep.equal(['bad A.c.0 1', 'bad A.v.0 1', 'bad B.c.0 1']);
      });

      it('conflict where a rejected record is missing, or is one too many', async () => {
        await harness.load(of(['A.c.0', 'B.c.0'], [day1], ['A.c.0', 'B.c.0']));
        const lacks = of(['A.c.0'], [day1], []);
        expect((await failure(harness.load(lacks))).message).to.contain('the database holds a rejected record');
        const more = of(['B.c.0', 'X.c.0'], [day1], ['B.c.0', 'X.c.0', 2]);
        expect((await failure(harness.load(more))).message).to.contain('the chunk has a rejected record');
        expect(await quarantined()).to.have.length(2);
      });

      it('lose with --force only the rejected records of those that are replaced', async () => {
        await harness.load(of(['A.c.0', 'B.c.0'], [day1, day2], ['A.c.0', 'B.c.0']));
        const forced = await harness.load(of(['B.c.0'], [day1], ['B.c.0'], { force: true }));
        expect(forced.records).to.include({ loaded: 1, replaced: 1, quarantined: 1 });
        expect(await quarantined()).to.deep.equal(['bad A.c.0 1', 'bad A.c.0 2', 'bad B.c.0 1', 'bad B.c.0 2']);
        await harness.load(of(['A.c.0'], [day2], [], { force: true }));
        expect(await quarantined()).to.deep.equal(['bad A.c.0 1', 'bad B.c.0 1', 'bad B.c.0 2']);
      });

      it('count a rejected record of an instrument that none of them meant for any of them', async () => {
        await harness.load(of(['A.c.0', 'B.c.0'], [day1], [9]));
        const again = of(['A.c.0'], [day1, day2], [9]);
        expect((await harness.load(again)).records).to.include({ loaded: 1, already_loaded: 2, quarantined: 1 });
        // it may have come under the other one
        expect((await harness.load(of(['A.c.0'], [day1], []))).records).to.include({ already_loaded: 1 });
        expect(await quarantined()).to.deep.equal(['bad 9 1', 'bad 9 2']);
      });
    });

    describe('a chunk without a claim', () => {
      it('is held against what coverage holds, and may be a part of it', async () => {
        await harness.load({ rows: ticks(day1, 5), claim: claim(day1, day2) });
        const part = { rows: [...ticks(day1, 5).slice(1, 3), ...ticks(day2, 2)], header: null };
        expect((await harness.load(part)).records).to.include({ loaded: 2, already_loaded: 2 });
        const wrong = { rows: [{ at: day1 + 3n, price: '1' }], header: null };
        expect((await failure(harness.load(wrong))).code).to.equal('COVERAGE_CONFLICT');
      });

      it('that had one until it ran backwards covers nothing and is compared all the same', async () => {
        await harness.load({ rows: ticks(day1, 2), claim: claim(day1, day2) });
        const backwards = { rows: [...ticks(day2, 1), ...ticks(day1, 2)], claim: claim(day1, day3), tailClaim: null };
        expect((await harness.load(backwards)).records).to.include({ loaded: 1, already_loaded: 2 });
        const [entry] = await harness.ledger.coverage({ symbols: ['A1'] });
        expect(entry?.intervals[0]?.end).to.equal('2024-03-02T00:00:00.000000000Z');
      });
    });

    describe('records outside of the range of their header', () => {
      const at = (second: number, size: number): TestRow => ({ at: day1 + BigInt(second) * 1_000_000_000n, size });
      const upTo = (second: number): bigint => day1 + BigInt(second) * 1_000_000_000n;
      /** Covers seconds 1 to 3, with seconds 0 and 3 to 5 beside. */
      const first: TestChunk = {
        rows: [at(0, 7), at(1, 1), at(3, 3), at(4, 4), at(4, 4), at(5, 5)],
        claim: claim(upTo(1), upTo(3)),
        seen: { first: upTo(0), last: upTo(5) },
      };

      it('are not loaded again by the chunk that covers them', async () => {
        await harness.load(first);
        const next = {
          rows: [at(3, 3), at(3, 3), at(4, 4), at(4, 4), at(5, 6), at(5, 5)],
          claim: claim(upTo(3), upTo(9)),
        };
        expect((await harness.load(next)).records).to.include({ loaded: 2, already_loaded: 4 });
        expect(await harness.held()).to.have.length(8);
        expect((await harness.load({ ...next, content: 'again' })).records).to.include({
          loaded: 0,
          already_loaded: 6,
        });
        expect((await harness.load({ rows: [at(0, 7)], claim: claim(upTo(0), upTo(1)) })).records).to.include({
          already_loaded: 1,
        });
      });

      it('are not loaded again by another that has them beside its range, or at its end', async () => {
        await harness.load(first);
        const beside = {
          rows: [at(4, 4), at(6, 6)],
          claim: claim(upTo(6), upTo(7)),
          seen: { first: upTo(4), last: upTo(6) },
        };
        expect((await harness.load(beside)).records).to.include({ loaded: 1, already_loaded: 1 });
        const cut = {
          rows: [at(3, 3)],
          claim: claim(upTo(3), day2),
          tailClaim: claim(upTo(3), upTo(3), { tail: upTo(3) }),
        };
        expect((await harness.load(cut)).records).to.include({ loaded: 0, already_loaded: 1 });
      });

      it('stand against a chunk that is complete there and does not have them', async () => {
        await harness.load(first);
        const error = await failure(harness.load({ rows: [at(3, 3), at(4, 4)], claim: claim(upTo(3), upTo(9)) }));
        expect(error.code).to.equal('COVERAGE_CONFLICT');
        expect(error.message).to.match(
          /first at 2024-03-01T00:00:04.000000000Z of instrument 1: the database holds a row/,
        );
        const forced = { rows: [at(3, 3)], claim: claim(upTo(3), upTo(9)), force: true };
        expect((await harness.load(forced)).records).to.include({ loaded: 1, replaced: 4 });
        expect((await failure(harness.load(first))).code).to.equal('COVERAGE_CONFLICT');
      });

      it('are not quarantined again', async () => {
        const bad = { ...at(4, 0), rejected: 'bad' };
        const seen = { first: upTo(1), last: upTo(4) };
        await harness.load({ rows: [at(1, 1), bad], claim: claim(upTo(1), upTo(3)), seen });
        const next = { rows: [bad, bad], claim: claim(upTo(3), upTo(9)) };
        expect((await harness.load(next)).records).to.include({ quarantined: 1, already_loaded: 1 });
      });
    });

    describe('a limit', () => {
      const at = (second: number, size: number): TestRow => ({ at: day1 + BigInt(second) * 1_000_000_000n, size });
      const cutAt = (second: number, from = day1): Partial<TestChunk> => ({
        claim: claim(from, day2),
        tailClaim: claim(from, day1 + BigInt(second) * 1_000_000_000n, {
          tail: day1 + BigInt(second) * 1_000_000_000n,
          instruments: [{ instrumentId: 1, ranges: [{ start: day1, end: day2 }] }],
        }),
      });

      it('covers up to its last time, and a later chunk starts with the tail', async () => {
        await harness.load({ rows: [at(1, 1), at(2, 2), at(2, 3)], ...cutAt(2) });
        const [entry] = await harness.ledger.coverage({ symbols: ['A1'] });
        expect(entry?.intervals[0]?.end).to.equal('2024-03-01T00:00:02.000000000Z');
        const rest = {
          rows: [at(2, 2), at(2, 3), at(2, 4), at(3, 5)],
          claim: claim(day1 + 2_000_000_000n, day2),
        };
        expect((await harness.load(rest)).records).to.include({ loaded: 2, already_loaded: 2 });
        expect(await harness.held()).to.deep.equal(['1 1.5 1', '1 1.5 2', '1 1.5 3', '1 1.5 4', '1 1.5 5']);
        const all = { rows: [at(1, 1), at(2, 2), at(2, 3), at(2, 4), at(3, 5)], claim: claim(day1, day2) };
        expect((await harness.load(all)).records).to.include({ loaded: 0, already_loaded: 5 });
      });

      it('fails when the later chunk does not start with the tail', async () => {
        await harness.load({ rows: [at(1, 1), at(2, 2), at(2, 3)], ...cutAt(2) });
        const from = claim(day1 + 2_000_000_000n, day2);
        const different = await failure(harness.load({ rows: [at(2, 2), at(2, 9), at(3, 5)], claim: from }));
        expect(different.message).to.match(/holds size "3", the chunk has "9"/);
        const short = await failure(harness.load({ rows: [at(2, 2), at(3, 5)], claim: from }));
        expect(short.message).to.match(/an earlier chunk ended there with a row more than this one starts with/);
        expect(await harness.held()).to.have.length(3);
      });

      it('fails when the later chunk is complete there and has none of the tail', async () => {
        await harness.load({ rows: [at(1, 1), at(2, 2)], ...cutAt(2) });
        const none = { rows: [at(3, 5)], claim: claim(day1 + 2_000_000_000n, day2) };
        const error = await failure(harness.load(none));
        expect(error.code).to.equal('COVERAGE_CONFLICT');
        expect(error.message).to.match(/an earlier chunk ended there with a row more than this one starts with/);
        const elsewhere = claim(day1 + 2_000_000_000n, day2, { instruments: [] });
        await harness.load({ rows: [{ ...at(3, 5), id: 2 }], claim: elsewhere });
      });

      it('is compared again once its tail was replaced', async () => {
        const cut = { rows: [at(1, 1), at(2, 2)], ...cutAt(2) };
        await harness.load(cut);
        await harness.load({ rows: [at(2, 9)], claim: claim(day1 + 2_000_000_000n, day2), force: true });
        expect((await failure(harness.load(cut))).message).to.match(
          /the chunk has a row that the database does not hold/,
        );
      });

      it('may cut the same tail again, longer or shorter', async () => {
        await harness.load({ rows: [at(1, 1), at(2, 2), at(2, 3)], ...cutAt(2) });
        const longer = { rows: [at(1, 1), at(2, 2), at(2, 3), at(2, 4)], ...cutAt(2) };
        expect((await harness.load(longer)).records).to.include({ loaded: 1, already_loaded: 3 });
        const shorter = { rows: [at(1, 1), at(2, 2)], ...cutAt(2) };
        expect((await harness.load(shorter)).records).to.include({ loaded: 0, already_loaded: 2 });
        expect(await harness.held()).to.have.length(4);
      });

      it('keeps a tail that was quarantined once', async () => {
        const bad = { ...at(2, 0), rejected: 'bad' };
        await harness.load({ rows: [at(1, 1), at(2, 2), bad], ...cutAt(2) });
        const rest = { rows: [at(2, 2), bad, at(3, 5)], claim: claim(day1 + 2_000_000_000n, day2) };
        expect((await harness.load(rest)).records).to.include({ loaded: 1, already_loaded: 2, quarantined: 0 });
      });
    });

    describe('force', () => {
      it('replaces what the chunk covers, and amends the ledger of those that lost rows', async () => {
        const bad = { at: day1 + 9n, rejected: 'bad' };
        const first = await harness.load({ ...whole, rows: [...whole.rows, bad] });
        const revised = { rows: ticks(day1, 2, { price: '9' }), claim: claim(day1, day2), force: true };
        const { records } = await harness.load(revised);
        expect(records).to.include({ loaded: 2, replaced: 3, already_loaded: 0 });
        expect(await harness.held()).to.deep.equal(['1 9 0', '1 9 1', '1 0.25 0', '1 1.25 1', '1 2.25 2']);
        expect(
          await harness.rows(`select loaded, quarantined, superseded from chunks where chunk_id = ${first.chunkId}`),
        ).to.deep.equal([{ loaded: '3', quarantined: '0', superseded: '4' }]);
        expect(await harness.rows('select * from quarantine')).to.deep.equal([]);
      });

      it('makes the old content a conflict, not something already loaded', async () => {
        await harness.load(whole);
        await harness.load({ rows: ticks(day1, 2, { price: '9' }), claim: claim(day1, day2), force: true });
        expect((await failure(harness.load(whole))).code).to.equal('COVERAGE_CONFLICT');
        expect((await harness.load({ ...whole, force: true })).records).to.include({ loaded: 6, replaced: 5 });
        expect(await harness.held()).to.have.length(6);
        expect((await harness.load(whole)).sameContent).to.equal(true);
      });

      it('replaces the same content by itself', async () => {
        await harness.load(whole);
        expect((await harness.load({ ...whole, force: true })).records).to.include({ loaded: 6, replaced: 6 });
        expect(await harness.held()).to.have.length(6);
      });

      it('of a chunk without records replaces nothing', async () => {
        await harness.load(whole);
        const { records } = await harness.load({ rows: [], claim: claim(day1, day3), force: true });
        expect(records).to.include({ loaded: 0, replaced: 0 });
        expect(await harness.held()).to.have.length(6);
      });

      it('of a chunk without records replaces what it covers when that is confirmed', async () => {
        const bad = { at: day1 + 9n, rejected: 'bad' };
        const first = await harness.load({ ...whole, rows: [...whole.rows, bad] });
        const empty: TestChunk = { rows: [], claim: claim(day1, day2), force: true };
        expect((await harness.load({ ...empty, confirmEmpty: true })).records).to.include({ loaded: 0, replaced: 3 });
        expect(await harness.held()).to.deep.equal(['1 0.25 0', '1 1.25 1', '1 2.25 2']);
        expect(await harness.rows('select * from quarantine')).to.deep.equal([]);
        expect(
          await harness.rows(`select loaded, quarantined, superseded from chunks where chunk_id = ${first.chunkId}`),
        ).to.deep.equal([{ loaded: '3', quarantined: '0', superseded: '4' }]);
        expect((await harness.load({ ...empty, force: false })).sameContent).to.equal(true);
        expect((await harness.load(empty)).records).to.include({ loaded: 0, replaced: 0 });
      });

      it('takes open quarantine entries inside what it covers, and leaves dropped ones and those beyond', async () => {
        const bad = (at: bigint, text: string): TestRow => ({ at, rejected: text });
        const rows = [bad(day1 + 1n, 'open'), bad(day1 + 2n, 'gone'), bad(day1 + 5n, 'beyond'), bad(day2, 'next day')];
        await harness.load({ rows, claim: claim(day1, day3) });
        await harness.rows(`update quarantine set state = 'dropped' where ordinal = 1`);
        const end = day1 + 4n;
        await harness
          .load({
            rows: [{ at: day1 }, { at: end }],
            claim: claim(day1, day2),
            tailClaim: claim(day1, end, {
              tail: end,
              instruments: [{ instrumentId: 1, ranges: [{ start: day1, end: day2 }] }],
            }),
            force: true,
          })
          .catch((error: unknown) => expect((error as TickloomError).code).to.equal('COVERAGE_CONFLICT'));
        expect(await harness.rows('select * from quarantine')).to.have.length(4);
        await harness.load({
          rows: [{ at: day1 }, bad(day1 + 5n, 'beyond')],
          claim: claim(day1, day2),
          tailClaim: claim(day1, day1 + 5n, {
            tail: day1 + 5n,
            instruments: [{ instrumentId: 1, ranges: [{ start: day1, end: day2 }] }],
          }),
          force: true,
        });
        const left = await harness.rows<{ text: string }>(
          `select convert_from(record, 'UTF8') || ' ' || state as text from quarantine order by index_ns`,
        );
        expect(left.map(({ text }) => text)).to.deep.equal(['gone dropped', 'beyond open', 'next day open']);
      });

      it('of a continuous symbol replaces that one alone', async () => {
        const rows = ticks(day1, 2);
        const of = (symbol: string, more: Partial<TestChunk> = {}): TestChunk => ({
          rows: rows.map((row) => ({ ...row, symbol })),
          claim: claim(day1, day2, { asks: [{ stypeIn: 'continuous', symbol }], alias: true }),
          ...more,
        });
        await harness.load({ rows, claim: claim(day1, day2) });
        await harness.load(of('A.c.0'));
        await harness.load(of('A.v.0'));
        const revised = of('A.c.0', { rows: ticks(day1, 1, { price: '9', symbol: 'A.c.0' }), force: true });
        expect((await harness.load(revised)).records).to.include({ loaded: 1, replaced: 2 });
        expect(
          await harness.rows('select symbol, count(*)::int as rows from trades group by 1 order by 1'),
        ).to.deep.equal([
          { symbol: 'A.c.0', rows: 1 },
          { symbol: 'A.v.0', rows: 2 },
          { symbol: 'A1', rows: 2 },
        ]);
      });

      it('never reaches beyond the end of a limit', async () => {
        await harness.load({ rows: ticks(day1, 4), claim: claim(day1, day2) });
        const end = day1 + 2n * 1_000_000_007n;
        const cut = (price: string): TestChunk => ({
          rows: [...ticks(day1, 2, { price: '9' }), { at: end, price, size: 2 }],
          claim: claim(day1, day2),
          tailClaim: claim(day1, end, {
            tail: end,
            instruments: [{ instrumentId: 1, ranges: [{ start: day1, end: day2 }] }],
          }),
          force: true,
        });
        expect((await failure(harness.load(cut('8')))).code).to.equal('COVERAGE_CONFLICT');
        expect((await harness.load(cut('2.25'))).records).to.include({ loaded: 2, replaced: 2, already_loaded: 1 });
        expect(await harness.held()).to.deep.equal(['1 9 0', '1 9 1', '1 2.25 2', '1 3.25 3']);
      });

      it('leaves other instruments, days and continuous symbols alone', async () => {
        await harness.load(whole);
        await harness.load({
          rows: ticks(day1, 1, { symbol: 'A.c.0' }),
          claim: claim(day1, day2, { asks: [{ stypeIn: 'continuous', symbol: 'A.c.0' }], alias: true }),
        });
        await harness.load({ rows: ticks(day2, 1), claim: claim(day2, day3), force: true });
        expect(await harness.held()).to.have.length(3 + 1 + 1);
      });

      it('finds a fragment again after a part of it was replaced', async () => {
        const fragment: TestChunk = { rows: [...ticks(day1, 2), ...ticks(day2, 2)], header: null };
        await harness.load(fragment);
        await harness.load({ rows: ticks(day1, 2), claim: claim(day1, day2), force: true });
        expect(await harness.held()).to.have.length(4);
        expect((await harness.load(fragment)).records).to.include({ loaded: 0, already_loaded: 4 });
        expect(await harness.held()).to.have.length(4);
      });
    });

    describe('side by side', () => {
      it('lets a chunk wait for another of the same dataset and schema, and then find its rows', async () => {
        const first = await harness.begin(whole);
        await harness.fill(first, whole);
        const second = harness.load({ ...whole, content: 'second' });
        await harness.settle(first, whole);
        await first.commit();
        expect((await second).records).to.include({ loaded: 0, already_loaded: 6 });
      });

      it('loads a chunk once when ten claim it', async () => {
        const all = await Promise.all(Array.from({ length: 10 }, () => harness.load(whole)));
        expect(all.filter(({ sameContent }) => !sameContent)).to.have.length(1);
        expect(await harness.held()).to.have.length(6);
      });

      it('merges symbology that chunks of several schemas add at once', async () => {
        const interval = { dataset: 'TEST.SET', stypeIn: 'raw_symbol', symbol: 'A1', instrumentId: 1 };
        const days = ['2024-03-01', '2024-03-02', '2024-03-03', '2024-03-04', '2024-03-07', '2024-03-08'];
        const chunk = (schema: string, from: number): TestChunk => ({
          rows: [],
          header: schema,
          content: schema,
          schema,
          symbology: [{ ...interval, startDate: days[from] as string, endDate: days[from + 1] as string }],
        });
        await Promise.all([chunk('a', 0), chunk('b', 1), chunk('c', 2), chunk('d', 4)].map((c) => harness.load(c)));
        await harness.load(chunk('e', 1));
        expect(await harness.rows('select start_date::text, end_date::text from symbology order by 1')).to.deep.equal([
          { start_date: '2024-03-01', end_date: '2024-03-04' },
          { start_date: '2024-03-07', end_date: '2024-03-08' },
        ]);
      });

      it('is cancelled while it waits', async () => {
        const first = await harness.begin(whole);
        const stop = new AbortController();
        const waiting = failure(harness.begin({ ...whole, content: 'second' }, { signal: stop.signal }));
        setTimeout(() => stop.abort(), 50);
        expect((await waiting).code).to.equal('CANCELLED');
        await first.rollback();
        expect((await harness.load(whole)).records.loaded).to.equal(6);
        expect((await failure(harness.begin(whole, { signal: stop.signal }))).code).to.equal('CANCELLED');
      });
    });

    it('takes times of a whole day into the right interval', async () => {
      const edge = { rows: [{ at: day2 - 1n }, { at: day2 }], claim: claim(day1, day1 + 2n * DAY) };
      await harness.load({ rows: [{ at: day2 - 1n }], claim: claim(day1, day2) });
      expect((await harness.load(edge)).records).to.include({ loaded: 1, already_loaded: 1 });
      expect(await harness.rows('select ts_recv::text, ts_recv_ns from trades order by 1')).to.deep.equal([
        { ts_recv: '2024-03-01 23:59:59.999999+00', ts_recv_ns: 999 },
        { ts_recv: '2024-03-02 00:00:00+00', ts_recv_ns: 0 },
      ]);
    });
  });
}
