import pg from 'pg';

/** All that a database holds, but for ids and times of runs: for each table how many rows and a digest of them. */
export type Snapshot = ReadonlyMap<string, string>;

const SCHEMA = 'tickloom';
/** What two sound runs may differ in. Digests leave `chunk_id` out, so they are compared like any other column. */
const OWN_TO_A_RUN = new Set([
  'chunk_id',
  'run_id',
  'quarantine_id',
  'started_at',
  'finished_at',
  'applied_at',
  'settled_at',
]);
/** How often a chunk was seen, or had to be tried, is the story of the runs. */
const LEDGER_WHERE = `status not in ('already_loaded', 'failed', 'cancelled')`;

/**
 * Reads the whole database through plain SQL.
 * @param ledger false where a repeated command adds to the ledger, as `--force` does
 */
export async function takeSnapshot(url: string, { ledger }: { readonly ledger: boolean }): Promise<Snapshot> {
  return withClient(url, async (client) => {
    const snapshot = new Map<string, string>();
    for (const table of await tablesOf(client)) {
      if (table.name === 'runs' || (table.name === 'chunks' && !ledger)) continue;
      const columns = table.columns.filter((column) => !OWN_TO_A_RUN.has(column)).map((name) => `t."${name}"::text`);
      if (table.columns.includes('chunk_id') && table.name !== 'chunks') {
        // A row belongs to content, whatever number its chunk got.
        columns.push(`(select content_sha256 from ${SCHEMA}.chunks c where c.chunk_id = t.chunk_id)`);
      }
      const where = table.name === 'chunks' ? `where ${LEDGER_WHERE}` : '';
      snapshot.set(
        table.name,
        await value(
          client,
          `select count(*) || ' rows ' || coalesce(md5(string_agg(line, e'\\n' order by line)), '') from (
             select row(${columns.join(', ')})::text collate "C" as line from ${SCHEMA}."${table.name}" t ${where}) lines`,
        ),
      );
    }
    snapshot.set(
      'relations',
      await value(
        client,
        `select string_agg(relkind::text || ' ' || relname, ', ' order by relname collate "C") from pg_class
          where relnamespace = '${SCHEMA}'::regnamespace`,
      ),
    );
    return snapshot;
  });
}

/** What must hold in any database at rest; each sentence says what does not. */
export async function findLeftovers(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const found: string[] = [];
    const expectNone = async (what: string, sql: string): Promise<void> => {
      const count = await value(client, sql);
      if (count !== '0') found.push(`${count} ${what}`);
    };
    await expectNone('chunks still loading', `select count(*)::text from ${SCHEMA}.chunks where status = 'loading'`);
    await expectNone(
      'chunks loaded without digests',
      `select count(*)::text from ${SCHEMA}.chunks
      where status = 'loaded' and (row_digest is null or quarantine_digest is null)`,
    );
    await expectNone('claims left behind', `select count(*)::text from ${SCHEMA}.claims`);
    await expectNone('purchases left behind', `select count(*)::text from ${SCHEMA}.purchases`);
    await expectNone('runs still running', `select count(*)::text from ${SCHEMA}.runs where status = 'running'`);
    await expectNone('prepared transactions', 'select count(*)::text from pg_prepared_xacts');
    for (const { name, columns } of await tablesOf(client)) {
      const unit = BARS.get(name);
      if (unit !== undefined) await expectNone(`rows too many or too few in ${name}`, wrongBars(name, unit));
      if (!columns.includes('chunk_id') || name === 'chunks') continue;
      if (name === 'unfinished_chunks') {
        await expectNone('chunks of which parts are there', `select count(*)::text from ${SCHEMA}."${name}"`);
        continue;
      }
      await expectNone(
        `rows in ${name} of no loaded chunk`,
        `select count(*)::text from ${SCHEMA}."${name}" t where not exists (
           select from ${SCHEMA}.chunks c where c.chunk_id = t.chunk_id and c.status = 'loaded')`,
      );
      if (name === 'quarantine') continue;
      await expectNone(
        `places taken twice in ${name}`,
        `select count(*)::text from (select from ${SCHEMA}."${name}" group by chunk_id, ordinal having count(*) > 1) d`,
      );
    }
    const sessions = `select count(*)::text from pg_stat_activity where datname = current_database()
      and pid <> pg_backend_pid() and backend_type = 'client backend' and xact_start is not null`;
    // A backend notices that its client is gone when it next looks.
    for (let turn = 0; turn < 100 && (await value(client, sessions)) !== '0'; turn += 1) await delay(50);
    await expectNone('transactions left open in the server', sessions);
    return found;
  });
}

export function differences(expected: Snapshot, found: Snapshot): string[] {
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((table) => {
    const [there, here] = [expected.get(table) ?? 'missing', found.get(table) ?? 'missing'];
    return there === here ? [] : [`${table}: expected ${there}, found ${here}`];
  });
}

/** Runs statements of the harness itself, past whatever stands between the command and the server. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The views of bars, and the unit of time that one of theirs is long. */
const BARS: ReadonlyMap<string, string> = new Map([
  ['bars_1s', 'second'],
  ['bars_1m', 'minute'],
  ['bars_1h', 'hour'],
  ['bars_1d', 'day'],
]);

/** Counts the bars that are not what the trades there come to, and those that are missing. */
function wrongBars(name: string, unit: string): string {
  const found = `select publisher_id, instrument_id, symbol, ts_event, high, low, volume from ${SCHEMA}.${name}`;
  const right = `select publisher_id, instrument_id, symbol, date_trunc('${unit}', ts_recv, 'UTC'),
                        max(price), min(price), sum(size)::bigint
                   from ${SCHEMA}.trades where action = 'T' and price is not null group by 1, 2, 3, 4`;
  return `select count(*)::text from ((${found} except all ${right}) union all (${right} except all ${found})) wrong`;
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

async function tablesOf(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select table_name as name, array_agg(column_name::text order by ordinal_position) as columns
       from information_schema.columns where table_schema = '${SCHEMA}' group by table_name order by table_name`,
  );
  return rows;
}

async function value(client: pg.Client, sql: string): Promise<string> {
  const { rows } = await client.query<Record<string, string>>(sql);
  return Object.values(rows[0] ?? {})[0] ?? '';
}
