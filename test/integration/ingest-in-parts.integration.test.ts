import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { createTickloom, type RunReport } from '../../src/index.js';
import { createDatabase, type TestDatabase } from '../support/postgres-server.js';

/** More than twice as much as a load sends before it takes a second connection. */
const RECORDS = 500_000;

describe('one large file over several connections', () => {
  let folder: string;
  let file: string;
  const databases: TestDatabase[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-parts-'));
    file = join(folder, 'trades.dbn.zst');
    const tickloom = createTickloom({});
    await tickloom.sample({ schema: 'trades', records: RECORDS, instruments: 3, days: 1, seed: 1, output: file });
    await tickloom.close();
  });

  after(async () => {
    for (const database of databases) await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  interface Loaded {
    readonly report: RunReport;
    readonly again: RunReport;
    readonly verified: string;
    /** Rows, transactions that brought them, and what they are and where they stand in the file. */
    readonly held: { readonly rows: string; readonly transactions: string; readonly digest: string };
    readonly ledger: Record<string, unknown>;
  }

  async function load(concurrency: number): Promise<Loaded> {
    const database = await createDatabase();
    databases.push(database);
    const tickloom = createTickloom({ database: database.url });
    const client = new pg.Client(database.url);
    try {
      const report = await tickloom.ingest({ paths: [file], concurrency });
      await client.connect();
      const { rows } = await client.query<Loaded['held']>(
        `select count(*) as rows, count(distinct xmin::text) as transactions,
                sum(hashtextextended((ordinal, ts_recv, ts_recv_ns, price, size, symbol)::text, 0)) as digest
           from tickloom.trades t`,
      );
      const ledger = await client.query<Record<string, unknown>>(
        `select status, loaded, row_digest, quarantine_digest, content_sha256, covered::text, symbols
           from tickloom.chunks`,
      );
      const verified = (await tickloom.verify({})).status;
      const again = await tickloom.ingest({ paths: [file], concurrency });
      return { report, again, verified, held: rows[0] as Loaded['held'], ledger: ledger.rows[0] ?? {} };
    } finally {
      await client.end();
      await tickloom.close();
    }
  }

  it('has the rows, the ledger and the report of a load over one', async () => {
    const one = await load(1);
    const two = await load(2);
    expect(one.held.transactions).to.equal('1');
    expect(two.held.transactions).to.equal('2');
    expect(two.held.rows).to.equal(String(RECORDS));
    expect(two.held.digest).to.equal(one.held.digest);
    expect(two.ledger).to.deep.equal(one.ledger);
    expect(two.report.records).to.deep.equal(one.report.records);
    expect(two.report.symbols).to.deep.equal(one.report.symbols);
    expect(two.verified).to.equal('ok');
    expect(two.again.chunks).to.include({ already_loaded: 1, failed: 0 });
  });
});
