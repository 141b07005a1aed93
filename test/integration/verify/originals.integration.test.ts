import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ApiRequest } from '../../../src/index.js';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../../src/testing/index.js';
import { TEST_POSTGRES_VERSIONS } from '../../support/postgres-server.js';
import { trades, tradesFile } from '../../support/trade-file.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`The originals that verify compares with on PostgreSQL ${version}`, function () {
    this.timeout(120_000);

    describe('in files', () => {
      let held: VerifiedDatabase;

      beforeEach(async () => {
        held = await VerifiedDatabase.create(version);
      });
      afterEach(() => held.close());

      const records = trades(9);
      /** @returns the paths of a job of three files */
      const putParts = async (): Promise<string[]> => {
        const parts = [records.slice(0, 4), records.slice(4, 8), records.slice(8)];
        return Promise.all(parts.map((part, n) => held.file(`es.trades.000${n}.dbn`, tradesFile(part))));
      };
      const locations = async (): Promise<unknown[]> =>
        (await held.rows("select locations from chunks where status = 'loaded'")).map((row) => row['locations']);

      it('are all parts of a split file, and are missing when one of them is', async () => {
        const paths = await putParts();
        await held.tickloom.ingest({ paths: [held.folder] });
        expect(await locations()).to.deep.equal([paths]);
        expect((await held.expectSound()).originals).to.deep.equal({ compared: 1, missing: 0, changed: 0 });
        await held.rows('update trades set size = 4 where ordinal = 6');
        const found = (await held.tickloom.verify({ deep: true })).details[0]?.differences ?? [];
        expect(found.map(({ kind, ordinal, column }) => [kind, ordinal, column])).to.deep.include(['value', 6, 'size']);
        await rm(paths[1] ?? '');
        const [gone] = (await held.tickloom.verify({ deep: true })).details;
        expect(gone?.original).to.equal('source_missing');
        expect(gone?.notes).to.deep.equal([
          `of the 3 files that the original was split into, from "${paths[0] ?? ''}" on, not all are there any more`,
        ]);
      });

      it('are changed when a part is', async () => {
        const paths = await putParts();
        await held.tickloom.ingest({ paths: [held.folder] });
        await writeFile(paths[1] ?? '', tradesFile(trades(4, 50)));
        const report = await held.tickloom.verify({ deep: true });
        expect(report.originals).to.deep.equal({ compared: 0, missing: 0, changed: 1 });
        expect(report.status).to.equal('ok');
      });

      it('are where a file was seen last, when it was moved and named again', async () => {
        const { chunk } = await held.ingest('a.dbn', tradesFile(records));
        await mkdir(join(held.folder, 'moved'));
        const moved = join(held.folder, 'moved', 'b.dbn');
        await rename(join(held.folder, 'a.dbn'), moved);
        expect((await held.tickloom.verify({ deep: true })).originals.missing).to.equal(1);
        const again = await held.tickloom.ingest({ paths: [moved] });
        expect(again.details[0]).to.include({ chunk_id: chunk, status: 'already_loaded' });
        expect(await locations()).to.deep.equal([[moved]]);
        expect((await held.expectSound()).originals.compared).to.equal(1);
      });

      it('are the whole file, once the parts were put together', async () => {
        await putParts();
        await held.tickloom.ingest({ paths: [held.folder] });
        const whole = await held.file('whole.dbn', tradesFile(records));
        await held.tickloom.ingest({ paths: [whole] });
        // it covers more than its parts were known to: a chunk of its own, with the same records
        expect(await locations()).to.deep.equal([[whole], [whole]]);
        expect((await held.expectSound()).originals.compared).to.equal(2);
      });

      it('are where a fragment was seen last, which nothing but its content identifies', async () => {
        const bytes = tradesFile(records).slice(tradesFile([]).length);
        const fragment = { dataset: 'GLBX.MDP3', schema: 'trades', dbnVersion: 3 } as const;
        await held.ingest('a.dbn.frag', bytes, fragment);
        await rm(join(held.folder, 'a.dbn.frag'));
        const { report } = await held.ingest('b.dbn.frag', bytes, { ...fragment, force: true });
        expect(report.records).to.include({ loaded: 0, already_loaded: 9 });
        expect(await locations()).to.deep.equal([[join(held.folder, 'b.dbn.frag')]]);
        expect((await held.expectSound()).originals.compared).to.equal(1);
      });

      it('stay where they were when the same bytes come through a pipe', async () => {
        const bytes = tradesFile(records);
        await held.ingest('a.dbn', bytes);
        const stdin = (async function* () {
          yield bytes;
        })();
        const again = await held.tickloom.ingest({ paths: ['-'], stdin });
        expect(again.records).to.include({ loaded: 0, already_loaded: 9 });
        expect(await locations()).to.deep.equal([[join(held.folder, 'a.dbn')]]);
      });
    });

    describe('in the archive', () => {
      let gateway: Gateway;
      let held: VerifiedDatabase;
      let archive: string;

      before(async () => {
        const market = sampled({ start: '2024-01-08', end: '2024-01-16', roots: ['ES', 'NQ'], recordsPerDay: 200 });
        gateway = await startGateway({ datasets: { 'GLBX.MDP3': market } });
      });
      after(() => gateway.close());
      beforeEach(async () => {
        held = await VerifiedDatabase.create(version);
        archive = join(held.folder, 'archive');
      });
      afterEach(() => held.close());

      const request: ApiRequest = {
        api: 'databento',
        dataset: 'GLBX.MDP3',
        schemas: ['trades'],
        symbols: ['ES.c.0'],
        start: '2024-01-08',
        end: '2024-01-10',
        chunk: 'day',
      };
      const opened = (): VerifiedDatabase['tickloom'] =>
        held.open({ archive, gateway: gateway.url, apiKey: STAND_IN_KEY });
      const buy = async (more: Partial<ApiRequest> = {}) => {
        const tickloom = opened();
        const report = await tickloom.ingest({
          paths: [],
          request: { ...request, ...more },
          spending: { maxCost: '5' },
        });
        expect(report.status).to.equal('complete');
        return { tickloom, report };
      };
      /** The files with records of one entry. */
      const files = async (id: string): Promise<string[]> =>
        (await readdir(join(archive, id)))
          .filter((name) => !name.endsWith('.json'))
          .map((name) => join(archive, id, name));

      it('are compared with, without a request to the service', async () => {
        const { tickloom } = await buy();
        const { length } = gateway.requests;
        const report = await tickloom.verify({ deep: true });
        expect(report).to.deep.include({ status: 'ok', originals: { compared: 2, missing: 0, changed: 0 } });
        expect(gateway.requests).to.have.length(length);
        await held.rows('update trades set size = size + 1 where chunk_id = 2 and ordinal = 3');
        const [, second] = (await tickloom.verify({ deep: true })).details;
        expect(second?.differences.map(({ kind }) => kind)).to.deep.equal(['row_digest', 'value']);
      });

      it('are not missed for days on which there was nothing to ask for', async () => {
        // a Friday and a Saturday
        const { tickloom } = await buy({ start: '2024-01-12', end: '2024-01-14' });
        const verified = await tickloom.verify({ deep: true });
        expect(verified.originals).to.deep.equal({ compared: 1, missing: 0, changed: 0 });
        expect(verified.details.map(({ original, notes }) => [original, notes])).to.deep.equal([
          ['compared', []],
          ['nothing_to_compare', []],
        ]);
      });

      it('give the rows of ALL_SYMBOLS the symbols that were resolved when they were bought', async () => {
        const { tickloom, report } = await buy({ symbols: ['ALL_SYMBOLS'], end: '2024-01-09' });
        expect(report.symbols.mapped).to.equal(report.records.loaded).and.greaterThan(0);
        const verified = await tickloom.verify({ deep: true });
        expect(verified.details.flatMap(({ differences }) => differences)).to.deep.equal([]);
        expect(verified.originals.compared).to.equal(1);
        await held.rows("update trades set symbol = 'WRONG' where ordinal = 0");
        const found = (await tickloom.verify({ deep: true })).details[0]?.differences ?? [];
        expect(found.map(({ kind, column }) => [kind, column])).to.deep.include(['value', 'symbol']);
      });

      it('are missing or changed for those chunks whose entry is gone or damaged', async () => {
        const { tickloom } = await buy();
        const [first, second] = (await held.rows('select archive_id from chunks order by chunk_id')).map((row) =>
          String(row['archive_id']),
        );
        await rm(join(archive, first ?? ''), { recursive: true });
        for (const path of await files(second ?? '')) {
          const bytes = await readFile(path);
          bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
          await writeFile(path, bytes);
        }
        const report = await tickloom.verify({ deep: true });
        expect(report).to.deep.include({ status: 'ok', originals: { compared: 0, missing: 1, changed: 1 } });
        expect(report.details[0]?.notes).to.deep.equal([
          `the archive does not have the entry "${first ?? ''}" any more`,
        ]);
        expect(report.details[1]?.notes[0]).to.match(/^the original changed: .*SHA-256/);
        await writeFile(join(archive, second ?? '', 'manifest.json'), '{');
        expect((await tickloom.verify({ deep: true })).originals).to.include({ missing: 1, changed: 1 });
      });

      it('are found in a file of the same bytes when the entry is gone', async () => {
        const { tickloom } = await buy({ end: '2024-01-09' });
        const [id] = (await held.rows('select archive_id from chunks')).map((row) => String(row['archive_id']));
        const stored = (await files(id ?? '')).find((path) => !path.includes('header')) ?? '';
        const copy = await held.file('copy.dbn.zst', await readFile(stored));
        const again = await tickloom.ingest({ paths: [copy] });
        expect(again.details[0]?.status).to.equal('already_loaded');
        expect(await held.rows("select locations, archive_id from chunks where status = 'loaded'")).to.deep.equal([
          { locations: [copy], archive_id: id },
        ]);
        await rm(archive, { recursive: true });
        const report = await tickloom.verify({ deep: true });
        expect(report.originals).to.deep.equal({ compared: 1, missing: 0, changed: 0 });
      });
    });
  });
}
