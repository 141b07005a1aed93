import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '../support/postgres-server.js';
import { CliSandbox, type CliResult } from '../support/run-cli.js';
import { trades, tradesFile } from '../support/trade-file.js';

/** Quotes, SQL, an escape sequence, a mark that turns the direction of text, a line break, a way out of a folder. */
const HOSTILE_DATASET = `x'"; --\u001b[2J`;
const HOSTILE_SYMBOL = `'); drop table trades; --\u001b]0;title\u0007\u202e\n../../etc/passwd"`;
const HOSTILE_SCHEMA = `we"ird'; drop schema public; -- \u001b[31m é`;
/** What a terminal would obey. */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

describe('values from outside that mean harm', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let database: TestDatabase;
  let file: string;

  const run = (...args: string[]): Promise<CliResult> =>
    sandbox.run(args, { env: { DATABASE_URL: database.url, TICKLOOM_DB_SCHEMA: HOSTILE_SCHEMA } });

  before(async () => {
    sandbox = await CliSandbox.create({ covered: false });
    database = await createDatabase();
    file = join(sandbox.cwd, 'hostile.dbn');
    // The encoder refuses such a symbol, so it takes the place of another of its length.
    const stand = 'S'.repeat(Buffer.byteLength(HOSTILE_SYMBOL));
    const intervals = [{ startDate: 20240304, endDate: 20240305, symbol: '5482' }];
    const [late] = trades(1);
    const unfit = { layout: 'trade', values: { ...late?.values, ts_recv: 2n ** 64n - 1n } };
    const bytes = tradesFile([...trades(20), unfit], {
      dataset: HOSTILE_DATASET,
      symbols: [stand],
      mappings: [{ rawSymbol: stand, intervals }],
    });
    const text = Buffer.from(bytes).toString('latin1');
    await writeFile(file, text.replaceAll(stand, Buffer.from(HOSTILE_SYMBOL).toString('latin1')), 'latin1');
    const loaded = await run('ingest', 'hostile.dbn');
    expect(loaded.code, loaded.stderr).to.equal(3);
  });

  after(async () => {
    await sandbox.remove();
    await database.drop();
  });

  const rowsOf = async (sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query(`set search_path = ${pg.escapeIdentifier(HOSTILE_SCHEMA)}`);
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('are stored as they are, and nothing of them is run', async () => {
    expect(
      await rowsOf('select distinct symbol, dataset, count(*)::int as rows from trades group by 1, 2'),
    ).to.deep.equal([{ symbol: HOSTILE_SYMBOL, dataset: HOSTILE_DATASET, rows: 20 }]);
    expect(await rowsOf('select distinct dataset from coverage')).to.deep.equal([{ dataset: HOSTILE_DATASET }]);
    expect(await rowsOf('select symbol from symbology')).to.deep.equal([{ symbol: HOSTILE_SYMBOL }]);
    expect(
      await rowsOf(`select from pg_namespace where nspname in ('public', ${pg.escapeLiteral(HOSTILE_SCHEMA)})`),
    ).to.have.length(2);
  });

  it('select what they name and nothing else', async () => {
    const found = await run('coverage', '--dataset', HOSTILE_DATASET, '--json');
    expect(JSON.parse(found.stdout)).to.have.length.above(0);
    const none = await run('coverage', '--dataset', `' or true --`, '--json');
    expect(JSON.parse(none.stdout)).to.deep.equal([]);
    const exported = await run(
      'export',
      '--schema',
      'trades',
      '--dataset',
      HOSTILE_DATASET,
      '--symbols',
      HOSTILE_SYMBOL.replaceAll(',', ''),
      '--format',
      'jsonl',
    );
    expect(exported.stdout.trim().split('\n')).to.have.length(20);
  });

  for (const args of [
    ['coverage'],
    ['runs', 'list'],
    ['quarantine', 'list'],
    ['db', 'status'],
    ['ingest', '--verbose', 'hostile.dbn'],
    ['query', 'select symbol, dataset from trades limit 3'],
    ['query', `select '\u001b[2J' as "\u001b[31m\u202e"`],
    ['query', `select "\u001b[31mmissing"`],
    ['decode', '--metadata', 'hostile.dbn'],
    ['runs', 'list', '--json'],
    ['query', 'select symbol, dataset from trades limit 3', '--format', 'jsonl'],
    ['decode', 'missing-\u001b[2J\u202e.dbn'],
    ['schemas', 'show', '\u001b[2Jtrades'],
    ['runs', 'show', '\u001b[2J'],
    ['\u001b[2Jingest'],
    ['ingest', '--\u001b[31mflag'],
    ['ingest', 'hostile.dbn', '--index', '\u001b[31m'],
  ]) {
    it(`leave the terminal alone: ${JSON.stringify(args.join(' '))}`, async () => {
      const { stdout, stderr } = await run(...args);
      expect(stdout + stderr).not.to.match(OBEYED);
      expect((stdout + stderr).length).to.be.above(0);
    });
  }
});
