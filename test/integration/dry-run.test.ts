import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import pg from 'pg';
import { encodeDbn, newMetadata } from '../../src/core/dbn/encode/dbn-encoder.js';
import { createTickloom, RecordingReporter, type IngestRequest, type Tickloom } from '../../src/index.js';
import { createDatabase, TEST_POSTGRES_VERSIONS } from '../support/postgres-server.js';
import { rejected } from '../support/thrown.js';
import { DAY, MONDAY, trades, tradesFile } from '../support/trade-file.js';

for (const version of TEST_POSTGRES_VERSIONS)
  describe(`a dry run on PostgreSQL ${version} tells`, function () {
    this.timeout(60_000);
    let folder: string;
    let url: string;
    let tickloom: Tickloom;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tickloom-dry-run-'));
      ({ url } = await createDatabase({ version }));
      tickloom = createTickloom({ database: url });
    });

    afterEach(async () => {
      await tickloom.close();
      await rm(folder, { recursive: true });
    });

    async function file(name: string, bytes: Uint8Array): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return path;
    }

    const states = async (request: Omit<IngestRequest, 'dryRun'>): Promise<unknown[]> => {
      const { details } = await tickloom.ingest({ ...request, dryRun: true });
      return details.map(({ state }) => state);
    };
    const tables = async (): Promise<number | null> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rowCount } = await client.query(`select from pg_tables where schemaname = 'tickloom'`);
      await client.end();
      return rowCount;
    };

    it('what would be done, and makes nothing', async () => {
      const a = await file('a.dbn', tradesFile(trades(3)));
      const report = await tickloom.ingest({ paths: [a], dryRun: true });
      expect(report).to.deep.include({
        status: 'complete',
        chunks: { planned: 1, loaded: 0, already_loaded: 0, failed: 0 },
      });
      expect(report.details[0]).to.deep.include({
        status: 'planned',
        state: 'new',
        dataset: 'GLBX.MDP3',
        schema: 'trades',
        start: '2024-03-04T00:00:00.000000000Z',
        end: '2024-03-05T00:00:00.000000000Z',
        bytes: tradesFile(trades(3)).byteLength,
        error: null,
      });
      expect(await tables()).to.equal(0);
    });

    it('by what is covered', async () => {
      const same = await file('a.dbn', tradesFile(trades(3)));
      await tickloom.ingest({ paths: [same] });
      const other = await file('other.dbn', tradesFile(trades(3), { version: 2 }));
      const longer = await file('longer.dbn', tradesFile(trades(3), { end: MONDAY + 2n * DAY }));
      const apart = await file('apart.dbn', tradesFile([], { start: MONDAY + DAY, end: MONDAY + 2n * DAY }));
      const byId = { stypeIn: 'instrument_id', symbols: ['5482'] };
      const id = await file('id.dbn', tradesFile(trades(3), byId));
      const alias = await file('alias.dbn', tradesFile(trades(3), { stypeIn: 'continuous', symbols: ['ES.c.0'] }));
      const all = await file('all.dbn', tradesFile(trades(3), { symbols: ['ALL_SYMBOLS'], mappings: [] }));
      expect(await states({ paths: [same, other, longer, apart, id, alias, all] })).to.deep.equal([
        'loaded',
        'covered',
        'overlaps',
        'new',
        'covered',
        'new',
        'overlaps',
      ]);
      await tickloom.ingest({ paths: [all, alias] });
      const aliasAgain = await file(
        'al.dbn',
        tradesFile([], { stypeIn: 'continuous', symbols: ['ES.c.0'], version: 2 }),
      );
      expect(await states({ paths: [other, aliasAgain, all] })).to.deep.equal(['covered', 'covered', 'loaded']);
    });

    it('by the content, where only that tells', async () => {
      const limited = await file('limited.dbn', tradesFile(trades(3), { limit: 3n }));
      const whole = tradesFile(trades(3));
      const fragment = await file('a.frag', whole.slice(whole.length - 3 * 48));
      const declared = { dataset: 'GLBX.MDP3', schema: 'trades', dbnVersion: 3 } as const;
      const mixed = newMetadata({ dataset: 'GLBX.MDP3', schema: null, stypeIn: null, start: MONDAY });
      const live = await file('live.dbn', encodeDbn(mixed, trades(2)));
      await tickloom.ingest({ paths: [await file('first.dbn', tradesFile([], { start: MONDAY - DAY, end: MONDAY }))] });
      expect(await states({ paths: [fragment], ...declared })).to.deep.equal(['new']);
      expect(await states({ paths: [live] })).to.deep.equal(['new']);
      await tickloom.ingest({ paths: [fragment], ...declared });
      const elsewhere = createTickloom({ database: (await createDatabase({ version })).url });
      await elsewhere.ingest({ paths: [limited, live] });
      const report = await elsewhere.ingest({ paths: [limited, live], dryRun: true });
      await elsewhere.close();
      expect(report.details.map(({ state }) => state)).to.deep.equal(['loaded', 'loaded']);
      expect(await states({ paths: [fragment], ...declared })).to.deep.equal(['loaded']);
      expect(await states({ paths: [fragment], ...declared, schema: 'tbbo' })).to.deep.equal(['new']);
    });

    it('what cannot be read, and goes on', async () => {
      const empty = await file('empty.dbn', new Uint8Array());
      const good = await file('good.dbn', tradesFile([]));
      const report = await tickloom.ingest({ paths: [empty, good, '-'], stdin: Readable.from([]), dryRun: true });
      expect(report.status).to.equal('incomplete');
      expect(report.details.map(({ state = '', status }) => `${status} ${state}`)).to.deep.equal([
        'failed unreadable',
        'planned new',
        'planned unknown',
      ]);
      const strange = await file('strange.dbn', tradesFile([], { schema: 'unknown-77' }));
      expect(await rejected(tickloom.ingest({ paths: [strange], dryRun: true }))).to.include({
        code: 'SCHEMA_UNKNOWN',
      });
    });

    it('without a database that answers, and says what it does not know', async () => {
      const reporter = new RecordingReporter();
      const nowhere = createTickloom({ database: 'postgresql://u:Hunter2@127.0.0.1:1/x' });
      const paths = [await file('a.dbn', tradesFile([]))];
      const { status, details } = await nowhere.ingest({ paths, dryRun: true }, { reporter });
      await nowhere.close();
      expect([status, details[0]?.state]).to.deep.equal(['complete', 'unknown']);
      expect(JSON.stringify(reporter.events))
        .to.contain('what is held already is not known')
        .and.not.to.contain('Hunter2');
    });
  });
