import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { encodeDbn, newMetadata } from '../../../src/core/dbn/encode/dbn-encoder.js';
import { SCHEMA_NAMES } from '../../../src/core/dbn/schemas.js';
import { SAMPLE_SCHEMAS } from '../../../src/core/sample/index.js';
import { noteFragment, notePlugin, NOTES } from '../../support/note-plugin.js';
import { plausibleFile } from '../../support/plausible-file.js';
import { TEST_POSTGRES_VERSIONS } from '../../support/postgres-server.js';
import { rejected } from '../../support/thrown.js';
import { DAY, MONDAY, trade, trades, tradesFile, unservedBar } from '../../support/trade-file.js';
import { CAUTIOUS, IMPOSSIBLE } from '../../support/trades-plugin.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

const mapping = {
  layout: 'symbol-mapping',
  values: { instrument_id: 5482, stype_in_symbol: 'ES.c.0', stype_out_symbol: 'ESH4', ts_event: MONDAY },
};
const bar = {
  layout: 'ohlcv',
  values: { rtype: 0x21, instrument_id: 5482, ts_event: MONDAY, open: 5n, high: 9n, low: 1n, close: 4n, volume: 7n },
};

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`verify on PostgreSQL ${version}`, function () {
    this.timeout(120_000);
    let held: VerifiedDatabase;

    beforeEach(async () => {
      held = await VerifiedDatabase.create(version, CAUTIOUS);
    });
    afterEach(() => held.close());

    describe('finds nothing wrong', () => {
      it('with an empty database', async () => {
        const report = await held.expectSound();
        expect(report.chunks).to.deep.equal({ verified: 0, ok: 0, differ: 0, unchecked: 0, unfinished: 0 });
      });

      it('with what was loaded of every schema, in every DBN version', async () => {
        const paths: string[] = [];
        for (const [index, schema] of SAMPLE_SCHEMAS.entries()) {
          for (const dbn of [1, 2, 3] as const) {
            const output = join(held.folder, `${schema}-${dbn}.dbn.zst`);
            const start = `201${dbn}-03-05`;
            await held.tickloom.sample({
              schema,
              records: 300,
              instruments: 3,
              days: 2,
              seed: index,
              output,
              version: dbn,
              start,
            });
            paths.push(output);
          }
        }
        await held.tickloom.ingest({ paths });
        const report = await held.expectSound();
        expect(report.chunks).to.include({ verified: 24, ok: 24 });
        expect(report.originals).to.deep.equal({ compared: 24, missing: 0, changed: 0 });
        expect(report.rows + report.quarantined).to.equal(24 * 300);
      });

      it('with plausible records of every schema', async () => {
        const paths: string[] = [];
        for (const schema of SCHEMA_NAMES) {
          paths.push(join(held.folder, `${schema}.dbn`));
          await writeFile(paths.at(-1) as string, plausibleFile(schema, 3, 100));
        }
        await held.tickloom.ingest({ paths });
        const report = await held.expectSound();
        expect(report.originals).to.deep.equal({ compared: 20, missing: 0, changed: 0 });
        expect(report).to.include({ rows: 2_000, quarantined: 0 });
      });

      it('with quarantined records, known tails and what was loaded before', async () => {
        const odd = [trade(1), trade(2, { price: IMPOSSIBLE }), trade(3)];
        await held.ingest('half.dbn', tradesFile(odd, { end: MONDAY + DAY / 2n }));
        await held.ingest('limited.dbn', tradesFile([...odd, trade(50_000)], { limit: 4n }));
        const { report } = await held.ingest(
          'whole.dbn',
          tradesFile([...odd, trade(50_000), trade(50_000), trade(50_002)]),
        );
        expect(report.records).to.include({ loaded: 2, already_loaded: 4 });
        const verified = await held.expectSound();
        expect(verified).to.include({ rows: 5, quarantined: 1 });
        expect(verified.originals.compared).to.equal(3);
      });

      it('after --force took rows and quarantined records of several chunks', async () => {
        const day = (from: bigint, seconds: number[]): Uint8Array =>
          tradesFile(
            seconds.map((second) => trade(second, second % 3 === 0 ? { price: IMPOSSIBLE } : {})),
            { start: from, end: from + DAY / 4n },
          );
        await held.ingest('first.dbn', day(MONDAY, [1, 2, 3, 4, 5, 6]));
        await held.ingest('second.dbn', day(MONDAY + DAY / 4n, [21_601, 21_602, 21_603, 21_700]));
        const revised = tradesFile([trade(4, { size: 9 }), trade(21_602)], {
          start: MONDAY + 4n * 1_000_000_000n,
          end: MONDAY + 21_650n * 1_000_000_000n,
        });
        const { report } = await held.ingest('revised.dbn', revised, { force: true });
        expect(report.records).to.include({ loaded: 2, replaced: 4 });
        const verified = await held.expectSound();
        expect(verified.details.map(({ rows, quarantined }) => [rows.held, quarantined.held])).to.deep.equal([
          [2, 1],
          [1, 0],
          [2, 0],
        ]);
      });

      for (const [what, damage, after] of [
        ['changed', 'update trades set size = 77 where ordinal = 3', 0],
        ['taken away', 'delete from trades where ordinal in (2, 5)', 0],
        ['all taken away', 'delete from trades', 0],
        ['put in twice', 'insert into trades select * from trades where ordinal in (1, 2)', 0],
        ['put in twice, all of them', 'insert into trades select * from trades', 0],
        ['changed, and another chunk of that day was left alone', 'update trades set size = 77 where ordinal = 3', 5],
      ] as const) {
        it(`after --force brought again what somebody had ${what}`, async () => {
          const morning = tradesFile(trades(9), { end: MONDAY + DAY / 2n });
          const evening = tradesFile(trades(after, 50_000), { start: MONDAY + DAY / 2n });
          await held.ingest('morning.dbn', morning);
          await held.rows(damage);
          if (after > 0) await held.ingest('evening.dbn', evening);
          expect((await held.tickloom.verify()).status).to.equal('differs');
          await held.ingest('again.dbn', morning, { force: true });
          const verified = await held.expectSound();
          expect(verified.rows).to.equal(9 + after);
        });
      }

      it('with a mixed file, whose symbols come on the way', async () => {
        const metadata = newMetadata({
          dataset: 'GLBX.MDP3',
          schema: null,
          stypeIn: null,
          start: MONDAY,
          tsOut: false,
        });
        const records = [trade(1), mapping, trade(2), bar, unservedBar, trade(3, { price: IMPOSSIBLE })];
        await held.ingest('mixed.dbn', encodeDbn(metadata, records));
        const report = await held.expectSound();
        expect(report.details[0]).to.deep.include({ schema: null, original: 'compared', status: 'ok' });
        expect(report).to.include({ rows: 3, quarantined: 1 });
      });

      it('with a fragment, and with a row whose plugin has learned a column since', async () => {
        const whole = tradesFile(trades(4));
        const header = tradesFile([]).length;
        await held.ingest('part.dbn.frag', whole.slice(header), {
          dataset: 'GLBX.MDP3',
          schema: 'trades',
          dbnVersion: 3,
        });
        await held.expectSound();
        await held.rows('alter table trades add column later integer');
        expect((await held.tickloom.verify()).status).to.equal('ok');
      });
    });

    describe('finds', () => {
      let chunk: number;
      const records = [...trades(5), trade(6, { price: IMPOSSIBLE }), trade(7)];

      beforeEach(async () => {
        ({ chunk } = await held.ingest('a.dbn', tradesFile(records)));
      });

      const first = async (deep = false) => {
        const report = await held.tickloom.verify({ deep });
        expect(report.status).to.equal('differs');
        expect(report.chunks).to.include({ verified: 1, ok: 0, differ: 1 });
        return report.details[0]?.differences ?? [];
      };

      it('a row that is gone', async () => {
        await held.rows('delete from trades where ordinal = 3');
        const [count, ...others] = await first();
        expect(others).to.deep.equal([]);
        expect(count).to.deep.include({ kind: 'row_count', chunk_id: chunk, held: '5', expected: '6' });
        const deep = await first(true);
        expect(deep[1]).to.deep.include({ kind: 'record_missing', ordinal: 3 });
        expect(deep[1]?.message).to.equal(
          'neither among the rows of this chunk nor in quarantine: 1 record of the original; the first is record 3',
        );
      });

      it('a value that was changed, and with --deep which one', async () => {
        await held.rows(
          "update trades set price = 5100.5, size = 4 where ordinal = 2; update trades set side = 'A' where ordinal = 4",
        );
        const [digest, ...others] = await first();
        expect(others).to.deep.equal([]);
        expect(digest?.kind).to.equal('row_digest');
        expect((await first(true))[1]).to.deep.equal({
          kind: 'value',
          chunk_id: chunk,
          table: 'trades',
          ordinal: 2,
          column: 'price',
          held: '5100.5',
          expected: '5100.25',
          message: 'record 2, column price: held is "5100.5", the original has "5100.25"; 1 more differ',
        });
      });

      it('a value that is NULL, or another symbol', async () => {
        await held.rows('update trades set size = null where ordinal = 6');
        expect((await first(true))[1]?.message).to.equal('record 6, column size: held is NULL, the original has "3"');
        await held.rows("update trades set size = 3, symbol = 'NQH4' where ordinal = 6");
        expect((await first(true))[1]).to.include({ column: 'symbol', held: 'NQH4', expected: 'ESH4' });
      });

      it('a row that is there twice, and one under a number of its own', async () => {
        await held.rows('insert into trades select * from trades where ordinal = 6');
        const twice = await first(true);
        expect(twice.map(({ kind }) => kind)).to.deep.equal(['row_count', 'row_extra']);
        expect(twice[1]?.ordinal).to.equal(6);
        await held.rows('update trades set ordinal = 99 where ctid = (select max(ctid) from trades)');
        expect((await first(true))[1]).to.include({ kind: 'row_extra', ordinal: 99 });
      });

      it('two rows that changed places', async () => {
        await held.rows('update trades set ordinal = 1 - ordinal where ordinal < 2');
        expect((await first()).map(({ kind }) => kind)).to.deep.equal(['row_digest']);
      });

      it('a quarantined record that is gone or changed', async () => {
        await held.rows(`update quarantine set record = set_byte(record, 20, 7)`);
        const changed = await first(true);
        expect(changed.map(({ kind }) => kind)).to.deep.equal(['quarantine_digest', 'value']);
        expect(changed[1]?.message).to.match(/^quarantined record 5, byte 20: held is "0x07", the original has "0x/);
        await held.rows('delete from quarantine');
        const gone = await first(true);
        expect(gone.map(({ kind }) => kind)).to.deep.equal(['quarantine_count', 'record_missing']);
        expect(gone[0]).to.include({ held: '0', expected: '1' });
      });

      it('rows that belong to no chunk', async () => {
        await held.rows(
          'insert into trades select (r).* from (select jsonb_populate_record(t, \'{"chunk_id": 77}\') as r from trades t) x',
        );
        const report = await held.tickloom.verify();
        expect(report.details[0]?.status).to.equal('ok');
        expect(report.status).to.equal('differs');
        expect(report.differences).to.have.length(1);
        expect(report.differences[0]).to.deep.include({ kind: 'stray_rows', chunk_id: 77, table: 'trades', held: '6' });
        expect((await held.tickloom.verify({ schema: 'trades' })).status).to.equal('differs');
        expect((await held.tickloom.verify({ schema: 'tbbo' })).status).to.equal('ok');
        expect((await held.tickloom.verify({ chunkId: chunk })).status).to.equal('ok');
      });

      it('coverage that is too small or too large', async () => {
        await held.rows(
          `update coverage set intervals = intervals - int8multirange(int8range(${MONDAY}, ${MONDAY + 5n}))`,
        );
        expect(await first()).to.deep.include.members([
          {
            kind: 'coverage',
            chunk_id: chunk,
            table: 'coverage',
            ordinal: null,
            column: null,
            held: null,
            expected: null,
            message: 'the table coverage lacks what this chunk covers of ESH4 (raw_symbol) of GLBX.MDP3 trades',
          },
        ]);
        await held.rows(`update coverage set intervals = '{[${MONDAY},${MONDAY + 2n * DAY})}'`);
        const report = await held.tickloom.verify();
        expect(report.differences.map(({ message }) => message)).to.include(
          'the table coverage has intervals of ESH4 (raw_symbol) of GLBX.MDP3 trades that no loaded chunk covers',
        );
        expect(report.status).to.equal('differs');
        expect((await held.tickloom.verify({ chunkId: chunk })).status).to.equal('ok');
      });

      it('a mapping that the table symbology has lost', async () => {
        await held.rows('delete from symbology');
        for (const deep of [false, true]) {
          const differences = await first(deep);
          expect(differences.map(({ kind, chunk_id, table }) => ({ kind, chunk_id, table }))).to.deep.equal([
            { kind: 'symbology', chunk_id: chunk, table: 'symbology' },
          ]);
          expect(differences[0]?.message).to.equal(
            'the table symbology does not have "ESH4" (raw_symbol) as instrument 5482 from 2024-03-04 to 2024-03-05',
          );
        }
      });

      it('a mapping that was changed by hand', async () => {
        await held.rows(`update symbology set instrument_id = 7`);
        expect((await first(false)).map(({ kind }) => kind)).to.deep.equal(['symbology']);
      });

      it('coverage of an instrument that was taken away or cut, by which overlap is decided', async () => {
        await held.rows(`update coverage set intervals = '{[${MONDAY},${MONDAY + 1n})}' where symbol = '5482'`);
        const what = 'the table coverage lacks what this chunk covers of instrument 5482 of GLBX.MDP3 trades';
        expect((await first(false)).map(({ message }) => message)).to.deep.equal([what]);
        await held.rows(`delete from coverage where symbol = '5482'`);
        expect((await first(false)).map(({ message }) => message)).to.deep.equal([what]);
      });

      it('the file gone or changed, and calls that no difference', async () => {
        const path = join(held.folder, 'a.dbn');
        await writeFile(path, tradesFile([...records, trade(8)]));
        const changed = await held.tickloom.verify({ deep: true });
        expect(changed.status).to.equal('ok');
        expect(changed.originals).to.deep.equal({ compared: 0, missing: 0, changed: 1 });
        expect(changed.details[0]?.notes).to.deep.equal(['the original changed: its content is not what was loaded']);
        await writeFile(path, 'something else');
        const [other] = (await held.tickloom.verify({ deep: true })).details;
        expect(other).to.deep.include({ original: 'source_changed', status: 'ok' });
        expect(other?.notes[0]).to.match(/^the original changed: .*a\.dbn/);
        await rm(path);
        const [gone] = (await held.tickloom.verify({ deep: true })).details;
        expect(gone).to.deep.include({ original: 'source_missing', status: 'ok' });
        expect(gone?.notes).to.deep.equal([`the original "${path}" is not there any more`]);
      });

      it('what is not stored, and names it as a note', async () => {
        const bytes = tradesFile([trade(1), trade(2)], { dataset: 'OTHER.SET', tsOut: true });
        const { chunk: second } = await held.ingest('ts-out.dbn', bytes);
        const report = await held.tickloom.verify({ deep: true, chunkId: second });
        expect(report.status).to.equal('ok');
        expect(report.details[0]?.not_stored).to.deep.include({ ts_out: 2, reserved_bytes: 0 });
      });
    });

    it('takes a mixed file that is gone for no difference either', async () => {
      const metadata = newMetadata({ dataset: 'GLBX.MDP3', schema: null, stypeIn: null, start: MONDAY });
      await held.ingest('mixed.dbn', encodeDbn(metadata, [trade(1), bar]));
      await rm(join(held.folder, 'mixed.dbn'));
      await mkdir(join(held.folder, 'mixed.dbn'));
      const report = await held.tickloom.verify({ deep: true });
      expect(report.originals).to.deep.equal({ compared: 0, missing: 1, changed: 0 });
      expect(report.status).to.equal('ok');
    });

    it('finds records that a mixed file has and nobody holds', async () => {
      const metadata = newMetadata({ dataset: 'GLBX.MDP3', schema: null, stypeIn: null, start: MONDAY });
      await held.ingest('mixed.dbn', encodeDbn(metadata, [bar, trade(1), trade(2), bar]));
      await held.rows('delete from trades; delete from ohlcv_1m where ordinal = 3');
      const report = await held.tickloom.verify({ deep: true });
      const found = report.details[0]?.differences ?? [];
      expect(found.map(({ kind }) => kind)).to.deep.equal(['row_count', 'record_missing']);
      expect(found[1]?.message).to.match(/^neither among .*: 3 records of the original; the first is record 1$/);
    });

    it('leaves out chunks that are still loading, and says how many', async () => {
      await held.ingest('a.dbn', tradesFile(trades(3)));
      await held.rows(`update chunks set status = 'loading'`);
      const report = await held.tickloom.verify();
      expect(report.chunks).to.include({ verified: 0, unfinished: 1 });
      expect(report.differences.filter(({ kind }) => kind === 'stray_rows')).to.deep.equal([]);
    });

    it('cannot compare what came through a pipe with anything but the ledger', async () => {
      await held.tickloom.ingest({ paths: ['-'], stdin: Readable.from([tradesFile(trades(3))]) });
      const [verdict] = (await held.expectSound()).details;
      expect(verdict).to.deep.include({ source: 'stdin', original: 'source_missing', status: 'ok' });
      expect(verdict?.notes).to.deep.equal(['the original cannot be read again']);
    });

    it('compares counts only of what was loaded before digests were kept', async () => {
      await held.ingest('a.dbn', tradesFile(trades(3)));
      await held.rows('update chunks set row_digest = null, quarantine_digest = null');
      const [verdict] = (await held.tickloom.verify()).details;
      expect(verdict).to.deep.include({ status: 'ok' });
      expect(verdict?.notes).to.deep.equal(['it was loaded before digests were kept: only its counts were compared']);
      const revised = tradesFile([trade(0, { size: 8 })]);
      await held.ingest('revised.dbn', revised, { force: true });
      expect((await held.tickloom.verify()).status).to.equal('ok');
    });

    it('narrows to a dataset, a schema, a run or a chunk', async () => {
      const { chunk, report } = await held.ingest('a.dbn', tradesFile(trades(3)));
      await held.ingest('b.dbn', tradesFile(trades(2), { dataset: 'OTHER.SET' }));
      const verified = async (request: Parameters<typeof held.tickloom.verify>[0]): Promise<number[]> =>
        (await held.tickloom.verify(request)).details.map(({ rows }) => rows.held);
      expect(await verified({ dataset: 'OTHER.SET' })).to.deep.equal([2]);
      expect(await verified({ schema: 'trades' })).to.deep.equal([3, 2]);
      expect(await verified({ schema: 'tbbo' })).to.deep.equal([]);
      expect(await verified({ runId: report.run_id.slice(0, 13) })).to.deep.equal([3]);
      expect(await verified({ chunkId: chunk })).to.deep.equal([3]);
      expect(await rejected(held.tickloom.verify({ chunkId: 99 }))).to.include({ code: 'NOT_FOUND' });
      expect(await rejected(held.tickloom.verify({ runId: 'ffffffff' }))).to.include({ code: 'NOT_FOUND' });
      expect(await rejected(held.tickloom.verify({ schema: 'nothing' }))).to.include({ code: 'SCHEMA_UNKNOWN' });
    });

    it('says so when the plugin of a chunk is not there', async () => {
      const withNotes = held.open({ plugins: [notePlugin()] });
      // one that the plugin rejects, and one that is too short to be a note
      const notes = Buffer.concat([noteFragment([1, 2, 201], MONDAY), noteFragment([3], MONDAY).slice(0, 16)]);
      notes[notes.length - 16] = 4;
      const { report: loaded } = await held.ingest('notes.dbn.frag', notes, NOTES, withNotes);
      expect(loaded.records).to.include({ loaded: 2, quarantined: 2 });
      expect((await withNotes.verify({ deep: true })).details[0]).to.include({ status: 'ok', original: 'compared' });
      const report = await held.tickloom.verify({ deep: true });
      expect(report.status).to.equal('ok');
      expect(report.chunks).to.include({ verified: 1, ok: 0, unchecked: 1 });
      expect(report.details[0]).to.deep.include({ status: 'unchecked', original: 'not_compared', differences: [] });
      expect(report.details[0]?.notes).to.deep.equal(['no plugin serves its schema "notes"']);
    });

    it('ends when it is aborted', async () => {
      await held.ingest('a.dbn', tradesFile(trades(3)));
      const signal = AbortSignal.abort();
      expect(await rejected(held.tickloom.verify({}, { signal }))).to.include({ code: 'CANCELLED' });
    });
  });
}
