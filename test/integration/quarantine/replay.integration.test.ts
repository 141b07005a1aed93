import { expect } from 'chai';
import { encodeDbn, newMetadata } from '../../../src/core/dbn/encode/dbn-encoder.js';
import { reject } from '../../../src/plugin.js';
import type { DropRequest, Tickloom } from '../../../src/index.js';
import { noteFragment, notePlugin, NOTES } from '../../support/note-plugin.js';
import { TEST_POSTGRES_VERSIONS } from '../../support/postgres-server.js';
import { rejected } from '../../support/thrown.js';
import { DAY, MONDAY, trade, trades, tradesFile } from '../../support/trade-file.js';
import { CAUTIOUS, IMPOSSIBLE, tradesPlugin } from '../../support/trades-plugin.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

const odd = (second: number, depth = 0) => trade(second, { price: IMPOSSIBLE, depth });

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`the quarantine on PostgreSQL ${version}`, function () {
    this.timeout(120_000);
    let held: VerifiedDatabase;
    let lenient: Tickloom;

    beforeEach(async () => {
      held = await VerifiedDatabase.create(version, CAUTIOUS);
      lenient = held.open({ builtins: false, plugins: [tradesPlugin()] });
    });
    afterEach(() => held.close());

    const chunks = () =>
      held.rows(
        `select loaded::int, already_loaded::int, quarantined::int, plugins, (symbols ->> 'mapped')::int as mapped
           from chunks where status = 'loaded' order by chunk_id`,
      );
    const rows = () =>
      held.rows<{ chunk: number; ordinal: number; symbol: string }>(
        'select chunk_id::int as chunk, ordinal::int, symbol from trades order by chunk_id, ordinal',
      );
    const sound = async (tickloom = lenient): Promise<void> => {
      const report = await tickloom.verify({ deep: true });
      expect(report.details.flatMap(({ differences }) => differences)).to.deep.equal([]);
      expect(report.status).to.equal('ok');
    };

    describe('replay', () => {
      it('makes rows of what a new version of the plugin takes, at their places, once', async () => {
        const { chunk } = await held.ingest('a.dbn', tradesFile([trade(0), odd(1), trade(2), odd(3)]));
        const report = await lenient.quarantine.replay();
        expect(report).to.deep.equal({
          status: 'complete',
          replayed: 2,
          already_there: 0,
          still_open: 0,
          details: [
            {
              chunk_id: chunk,
              source: report.details[0]?.source,
              replayed: 2,
              already_there: 0,
              still_open: 0,
              error: null,
            },
          ],
        });
        expect((await rows()).map(({ ordinal, symbol }) => [ordinal, symbol])).to.deep.equal(
          [0, 1, 2, 3].map((ordinal) => [ordinal, 'ESH4']),
        );
        expect(await chunks()).to.deep.equal([
          {
            loaded: 4,
            already_loaded: 0,
            quarantined: 0,
            mapped: 4,
            plugins: [
              { name: 'trades', version: '1.0.0' },
              { name: 'trades', version: '2.0.0' },
            ],
          },
        ]);
        const entries = await lenient.quarantine.list();
        expect(entries.map(({ state, plugin_version }) => [state, plugin_version])).to.deep.equal([
          ['replayed', '2.0.0'],
          ['replayed', '2.0.0'],
        ]);
        await sound();
        expect((await lenient.quarantine.replay()).details).to.deep.equal([]);
        expect(await rows()).to.have.length(4);
      });

      it('leaves what still is no row, with its new reasons and the version that gave them', async () => {
        const strict = held.open({ builtins: false, plugins: [tradesPlugin({ version: '3.0.0', largestDepth: 5 })] });
        await held.ingest('a.dbn', tradesFile([odd(1), odd(2, 9), trade(3)]));
        const report = await strict.quarantine.replay();
        expect(report).to.include({ status: 'incomplete', replayed: 1, still_open: 1 });
        const [entry, ...others] = await strict.quarantine.list({ state: 'open' });
        expect(others).to.deep.equal([]);
        expect(entry).to.include({ ordinal: 1, plugin_version: '3.0.0' });
        expect(entry?.reasons.map(({ code, field }) => [code, field])).to.deep.equal([['max', 'depth']]);
        await sound(strict);
      });

      it('takes many at a time, and so do two replays at once', async () => {
        const records = Array.from({ length: 9_000 }, (_, index) => odd(index));
        await held.ingest('a.dbn', tradesFile(records));
        const other = held.open({ builtins: false, plugins: [tradesPlugin()] });
        const reports = await Promise.all([lenient.quarantine.replay(), other.quarantine.replay()]);
        expect(reports[0].replayed + reports[1].replayed).to.equal(9_000);
        expect(await rows()).to.have.length(9_000);
        await sound();
      });

      it('is found again by a later load of the same time, and replaced by --force', async () => {
        await held.ingest('a.dbn', tradesFile([trade(0), odd(1)], { end: MONDAY + DAY / 2n }));
        await lenient.quarantine.replay();
        const whole = tradesFile([trade(0), odd(1), trade(50_000)]);
        const { report } = await held.ingest('whole.dbn', whole, {}, lenient);
        expect(report.records).to.include({ loaded: 1, already_loaded: 2, quarantined: 0 });
        const forced = await held.ingest('forced.dbn', tradesFile([trade(0)]), { force: true }, lenient);
        expect(forced.report.records).to.include({ loaded: 1, replaced: 3 });
        await sound();
      });

      it('does not double what a later chunk brought as a row: the tail that a limit left', async () => {
        await held.ingest('limited.dbn', tradesFile([trade(0), odd(1), odd(1)], { limit: 3n }));
        const later = tradesFile([odd(1), odd(1), odd(1), trade(2)], { start: MONDAY + 1_000_000_000n });
        const { report } = await held.ingest('later.dbn', later, {}, lenient);
        expect(report.records).to.include({ loaded: 4 });
        const replayed = await lenient.quarantine.replay();
        expect(replayed).to.include({ status: 'complete', replayed: 0, already_there: 2, still_open: 0 });
        expect(await rows()).to.have.length(5);
        expect((await chunks())[0]).to.include({ loaded: 1, already_loaded: 2, quarantined: 0 });
        await sound();
      });

      it('lets the tail in when the later chunk counted on it, and as often as it is new', async () => {
        const limited = tradesFile([trade(0), odd(1), odd(1)], { limit: 3n });
        await held.ingest('limited.dbn', limited);
        const later = tradesFile([odd(1), odd(1), odd(1), trade(2)], { start: MONDAY + 1_000_000_000n });
        const { report, chunk } = await held.ingest('later.dbn', later);
        expect(report.records).to.include({ loaded: 1, already_loaded: 2, quarantined: 1 });
        // also when the later chunk goes first
        expect(await lenient.quarantine.replay({ chunkId: chunk })).to.include({ replayed: 1, already_there: 0 });
        expect(await lenient.quarantine.replay()).to.include({ replayed: 2, already_there: 0 });
        expect(await rows()).to.have.length(5);
        await sound();
      });

      it('matches records of a chunk that covers nothing with the rows of those that do', async () => {
        const bytes = tradesFile([odd(1), odd(1), trade(2), odd(3)]);
        const header = tradesFile([]).length;
        const fragment = { dataset: 'GLBX.MDP3', schema: 'trades', dbnVersion: 3 } as const;
        await held.ingest('part.dbn.frag', bytes.slice(header), fragment);
        await held.ingest('whole.dbn', tradesFile([odd(1)]), {}, lenient);
        const report = await lenient.quarantine.replay();
        expect(report).to.include({ replayed: 2, already_there: 1 });
        expect((await rows()).map(({ ordinal }) => ordinal)).to.deep.equal([1, 2, 3, 0]);
        await sound();
      });

      it('looks symbols that came as records up in the table symbology', async () => {
        const mapped = (output: string) => ({
          layout: 'symbol-mapping',
          values: {
            instrument_id: 5482,
            stype_in_symbol: 'ES.c.0',
            stype_out_symbol: output,
            ts_event: MONDAY,
            stype_in: 6,
            stype_out: 1,
          },
        });
        const metadata = newMetadata({ dataset: 'GLBX.MDP3', schema: null, stypeIn: null, start: MONDAY });
        await held.ingest('mixed.dbn', encodeDbn(metadata, [mapped('ESH4'), trade(1), odd(2), trade(3)]));
        await lenient.quarantine.replay();
        expect((await rows()).map(({ symbol }) => symbol)).to.deep.equal(['ESH4', 'ESH4', 'ESH4']);
        expect((await chunks())[0]).to.include({ loaded: 3, quarantined: 0, mapped: 3 });
      });

      it('gives a symbol by the ladder where nothing maps the instrument', async () => {
        const fragment = { dataset: 'GLBX.MDP3', schema: 'trades', dbnVersion: 3 } as const;
        await held.ingest('part.dbn.frag', tradesFile([odd(1)]).slice(tradesFile([]).length), fragment);
        await lenient.quarantine.replay();
        expect((await rows()).map(({ symbol }) => symbol)).to.deep.equal(['INSTRUMENT_5482']);
      });

      it('goes through a hand-written mapper, too', async () => {
        const mapper = {
          map: (record: object) =>
            (record as { sequence: number }).sequence === 2
              ? reject({ code: 'second', field: null, message: 'it is the second' })
              : record,
        };
        const mapping = held.open({ builtins: false, plugins: [tradesPlugin({ mapper })] });
        await held.ingest('a.dbn', tradesFile([odd(1), odd(2), odd(3), trade(4)]));
        expect(await mapping.quarantine.replay()).to.include({ replayed: 2, still_open: 1 });
        const [open] = await mapping.quarantine.list({ state: 'open' });
        expect(open?.reasons).to.deep.equal([{ code: 'second', field: null, message: 'it is the second' }]);
        const report = await mapping.verify({ deep: true });
        expect(report.status).to.equal('ok');
        await held.rows('update trades set sequence = 2 where ordinal = 3');
        expect((await mapping.verify({ deep: true })).details[0]?.differences[1]).to.include({ column: 'sequence' });
      });

      it('cannot compare, and says so, when a mapper rejects today what it made a row of before', async () => {
        const mapper = { map: () => reject({ code: 'no', field: null, message: 'no' }) };
        await held.ingest('a.dbn', tradesFile(trades(3)));
        const [verdict] = (
          await held.open({ builtins: false, plugins: [tradesPlugin({ mapper })] }).verify({ deep: true })
        ).details;
        expect(verdict).to.include({ status: 'ok', original: 'compared' });
        expect(verdict?.notes).to.deep.equal([
          'not compared, because the present mapper of "trades" rejects what it came from: 3 rows',
        ]);
      });

      it('takes only what it is told to: by number, chunk, schema, plugin or dataset', async () => {
        const { chunk } = await held.ingest('a.dbn', tradesFile([odd(1), odd(2), odd(3)]));
        await held.ingest('b.dbn', tradesFile([odd(1)], { dataset: 'OTHER.SET' }));
        const [first] = await lenient.quarantine.list();
        const replayed = async (selection: Parameters<Tickloom['quarantine']['replay']>[0]): Promise<number> =>
          (await lenient.quarantine.replay(selection)).replayed;
        expect(await replayed({ ids: [first?.id ?? 0] })).to.equal(1);
        expect(await replayed({ ids: [first?.id ?? 0] })).to.equal(0);
        expect(await replayed({ schema: 'tbbo' })).to.equal(0);
        expect(await replayed({ plugin: 'others' })).to.equal(0);
        expect(await replayed({ dataset: 'OTHER.SET', plugin: 'trades' })).to.equal(1);
        expect(await replayed({ chunkId: chunk, schema: 'trades' })).to.equal(2);
        expect(await rejected(lenient.quarantine.replay({ ids: [first?.id ?? 0, 999] }))).to.include({
          code: 'NOT_FOUND',
          message: 'there is no quarantine entry 999',
        });
        await sound();
      });

      it('leaves records alone whose plugin is not there', async () => {
        const withNotes = held.open({ plugins: [notePlugin()] });
        await held.ingest('notes.dbn.frag', noteFragment([1, 201, 2], MONDAY), NOTES, withNotes);
        expect(await held.tickloom.quarantine.replay()).to.include({
          status: 'incomplete',
          replayed: 0,
          still_open: 1,
        });
        const patient = held.open({ plugins: [notePlugin(255, '1.1.0')] });
        expect(await patient.quarantine.replay()).to.include({ status: 'complete', replayed: 1 });
        await sound(patient);
      });

      it('changes nothing of a chunk whose rows the table refuses, and goes on with the next', async () => {
        await held.ingest('a.dbn', tradesFile([odd(1), trade(2, { price: IMPOSSIBLE, size: 77 })]));
        await held.ingest('b.dbn', tradesFile([odd(1)], { dataset: 'OTHER.SET' }));
        await held.rows('alter table trades add constraint no_77 check (size <> 77)');
        const report = await lenient.quarantine.replay();
        expect(report).to.include({ status: 'incomplete', replayed: 1, still_open: 2 });
        expect(report.details.map(({ error }) => error?.code ?? null)).to.deep.equal(['LOAD_REJECTED', null]);
        expect(await lenient.quarantine.list({ state: 'open' })).to.have.length(2);
        await sound();
      });

      it('waits for a load of the same dataset and schema, and is cancelled while it waits', async () => {
        await held.ingest('a.dbn', tradesFile([odd(1)]));
        const controller = new AbortController();
        let waiting: Promise<unknown> | undefined;
        const stdin = (async function* () {
          const bytes = tradesFile(trades(3, 86_400), { start: MONDAY + DAY, end: MONDAY + 2n * DAY });
          yield bytes.slice(0, bytes.length - 48);
          // by now the load holds its place
          while ((await held.rows(`select from pg_locks where locktype = 'advisory' and granted`)).length === 0);
          waiting = rejected(lenient.quarantine.replay({}, { signal: controller.signal }));
          while ((await held.rows(`select from pg_locks where locktype = 'advisory' and not granted`)).length === 0);
          controller.abort();
          expect(await waiting).to.include({ code: 'CANCELLED' });
          yield bytes.slice(bytes.length - 48);
        })();
        const report = await held.tickloom.ingest({ paths: ['-'], stdin });
        expect(report.details[0]?.error ?? null).to.equal(null);
        expect(await lenient.quarantine.replay()).to.include({ replayed: 1 });
        expect(await rejected(lenient.quarantine.replay({}, { signal: AbortSignal.abort() }))).to.include({
          code: 'CANCELLED',
        });
      });
    });

    describe('drop', () => {
      it('gives records up, with the reason, and they are not tried again', async () => {
        await held.ingest('a.dbn', tradesFile([odd(1), odd(2), trade(3)]));
        const [first] = await held.tickloom.quarantine.list();
        const ids = [first?.id ?? 0];
        expect(await held.tickloom.quarantine.drop({ ids, reason: 'a test' })).to.deep.equal({ dropped: 1 });
        expect(await held.tickloom.quarantine.drop({ ids, reason: 'again' })).to.deep.equal({ dropped: 0 });
        expect(await held.tickloom.quarantine.show(ids[0] ?? 0)).to.include({
          state: 'dropped',
          drop_reason: 'a test',
        });
        expect(await lenient.quarantine.replay()).to.include({ replayed: 1 });
        expect((await chunks())[0]).to.include({ loaded: 2, quarantined: 1 });
        await sound();
      });

      it('takes filters, wants a reason, and knows what there is not', async () => {
        await held.ingest('a.dbn', tradesFile([odd(1), odd(2)]));
        const drop = (request: DropRequest) => held.tickloom.quarantine.drop(request);
        expect(await rejected(drop({ ids: [999], reason: 'x' }))).to.include({ code: 'NOT_FOUND' });
        expect(await rejected(drop({ reason: ' ' }))).to.include({ code: 'USAGE' });
        expect(await drop({ schema: 'tbbo', reason: 'x' })).to.deep.equal({ dropped: 0 });
        expect(await drop({ plugin: 'trades', reason: 'x' })).to.deep.equal({ dropped: 2 });
      });
    });
  });
}
