import { expect } from 'chai';
import { resolveConnectionSettings } from '../../../../src/adapters/postgres/connection/connection-settings.js';
import { Database } from '../../../../src/adapters/postgres/connection/database.js';
import { readOnlyQuery } from '../../../../src/adapters/postgres/query/read-only-query.js';
import { readServerStatus } from '../../../../src/adapters/postgres/status/server-status.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import { createDatabase, type TestDatabase } from '../../../support/postgres-server.js';

describe('readOnlyQuery', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  const all = async (sql: string, signal?: AbortSignal): Promise<(string | null)[][]> => {
    const { batches } = await readOnlyQuery(database, sql, signal);
    const rows: (string | null)[][] = [];
    for await (const batch of batches) rows.push(...batch.map((row) => [...row]));
    return rows;
  };
  const rejection = async (sql: string, signal?: AbortSignal): Promise<TickloomError> =>
    all(sql, signal).then(
      () => {
        throw new Error('expected an error');
      },
      (error: unknown) => error as TickloomError,
    );
  const backends = async (): Promise<unknown> =>
    database.withSession(async (session) => {
      const { count } = await session.row<{ count: string }>(
        'select count(*) as count from pg_stat_activity where datname = current_database()',
      );
      return Number(count);
    });

  before(async () => {
    testDatabase = await createDatabase();
    const settings = resolveConnectionSettings(testDatabase.url, {});
    database = new Database(settings as NonNullable<typeof settings>, { dbSchema: 'my schema' });
    await database.withSession((session) =>
      session.query(`create schema "my schema"; create table "my schema".t as select generate_series(1, 2500) as n;
        create sequence "my schema".counter;
        create function "my schema".writes() returns int language sql
          as 'insert into "my schema".t values (0) returning n'`),
    );
  });

  after(async () => {
    await database.close();
    await testDatabase.drop();
  });

  it('lets the database close though nobody has read the rows', async () => {
    const settings = resolveConnectionSettings(testDatabase.url, {});
    for (const sql of ['select 1', 'select * from generate_series(1, 5000)']) {
      const other = new Database(settings as NonNullable<typeof settings>, { dbSchema: 'my schema' });
      const { columns, batches } = await readOnlyQuery(other, sql);
      expect(columns).to.have.length(1);
      await other.close();
      const [first] = (await batches[Symbol.asyncIterator]().next()).value as string[][];
      expect(first).to.deep.equal(['1']);
    }
  });

  it('gives columns with their types, and values as PostgreSQL prints them', async () => {
    const { columns, batches } = await readOnlyQuery(
      database,
      `select 1.50::numeric(10,2) as price, timestamptz '2024-03-01 12:00+01' as at, null as nothing, 'N'::"char" as side, true as yes`,
    );
    expect(columns).to.deep.equal([
      { name: 'price', type: 'numeric(10,2)' },
      { name: 'at', type: 'timestamp with time zone' },
      { name: 'nothing', type: 'text' },
      { name: 'side', type: '"char"' },
      { name: 'yes', type: 'boolean' },
    ]);
    const found = [];
    for await (const batch of batches) found.push(...batch);
    expect(found).to.deep.equal([['1.50', '2024-03-01 11:00:00+00', null, 'N', 't']]);
  });

  it('finds the tables of the db schema, and brings a large result in batches', async () => {
    const { batches } = await readOnlyQuery(database, 'select n from t order by n');
    const sizes: number[] = [];
    for await (const batch of batches) sizes.push(batch.length);
    expect(sizes).to.deep.equal([1000, 1000, 500]);
  });

  it('says the columns of an empty result', async () => {
    const { columns, batches } = await readOnlyQuery(database, 'select n from t where false');
    expect(columns).to.deep.equal([{ name: 'n', type: 'integer' }]);
    for await (const batch of batches) expect(batch).to.equal('no batch');
  });

  it('gives the connection up when the reader leaves early', async () => {
    const before = await backends();
    const { batches } = await readOnlyQuery(database, 'select n from t');
    for await (const batch of batches) {
      expect(batch).to.have.length(1000);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await backends()).to.equal(before);
  });

  for (const sql of [
    'select 1;',
    '-- a comment; with a semicolon\nselect 1',
    '/* one */ ( select 1 )',
    'with a as (select 1) select * from a',
    'values (1)',
    'SHOW server_version_num',
    'explain (costs off) select 1',
  ]) {
    it(`takes ${JSON.stringify(sql)}`, async () => {
      expect(await all(sql)).to.have.length(1);
    });
  }

  it('takes TABLE', async () => {
    expect(await all('table t')).to.have.length(2500);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['select 1; drop table t', /multiple commands/],
    ['select 1; commit; drop table t', /multiple commands/],
    ['drop table t', /begins with "drop table t"/],
    ['', /the query is empty/],
    ['do $$ begin end $$', /may begin with SELECT/],
    ['with gone as (delete from t returning n) select * from gone', /must not contain data-modifying/],
    ['explain analyze delete from t', /read-only transaction/],
    [`select nextval('s')`, /does not exist/],
    ['select pg_catalog.lo_create(0)', /read-only transaction/],
  ];
  for (const [sql, message] of refused) {
    it(`refuses ${JSON.stringify(sql)}`, async () => {
      const error = await rejection(sql);
      expect(error.code).to.equal('QUERY_REJECTED');
      expect(error.message).to.match(message);
      expect(await all('select count(*) from t')).to.deep.equal([['2500']]);
    });
  }

  for (const [sql, words] of [
    [`select pg_read_file('/etc/passwd')`, /permission denied for function pg_read_file/],
    [`select pg_read_binary_file('postgresql.conf')`, /permission denied for function/],
    [`select pg_ls_dir('.')`, /permission denied for function pg_ls_dir/],
    [`select lo_export(1, '/tmp/out')`, /permission denied for function lo_export|read-only transaction/],
    [`select pg_reload_conf()`, /permission denied for function pg_reload_conf/],
    [`select set_config('role', 'postgres', true), pg_read_file('/etc/passwd')`, /permission denied/],
    [`select set_config('transaction_read_only', 'off', true)`, /transaction read-write mode/],
    [`select nextval('"my schema".counter')`, /permission denied|read-only transaction/],
    [`select "my schema".writes()`, /read-only transaction/],
    [`with gone as (delete from t returning n) select * from gone`, /must not contain data-modifying statements/],
    [`select * into copied from t`, /INTO/i],
    [`select 1; drop table t`, /cannot insert multiple commands/],
    [`explain analyze delete from t`, /read-only transaction/],
    [`select n from t for update`, /read-only transaction|must not|not allowed/],
  ] as const) {
    it(`lets PostgreSQL refuse ${JSON.stringify(sql)}`, async () => {
      const error = await rejection(sql);
      expect(error.code).to.equal('QUERY_REJECTED');
      expect(error.message).to.match(words);
      expect((await all('select count(*) from t'))[0]).to.deep.equal(['2500']);
    });
  }

  it('does not end the session of somebody else', async () => {
    await database.withSession(async (other) => {
      const error = await rejection(`select pg_terminate_backend(${other.processId})`);
      expect(error.message).to.match(/permission denied to terminate process|must be a superuser/);
      expect((await other.rows('select 1 as one'))[0]).to.deep.equal({ one: 1 });
    });
  });

  it('reads as an ordinary role too, which has no powers to give up', async () => {
    await database.withSession((session) =>
      session.query(
        `drop role if exists plain; create role plain login; grant usage on schema "my schema" to plain;
         grant select on "my schema".t to plain`,
      ),
    );
    const settings = resolveConnectionSettings(testDatabase.urlAs('plain'), {});
    const plain = new Database(settings as NonNullable<typeof settings>, { dbSchema: 'my schema' });
    const { batches } = await readOnlyQuery(plain, 'select current_user::text, count(*) from t');
    const rows: unknown[] = [];
    for await (const batch of batches) rows.push(...batch);
    expect(rows).to.deep.equal([['plain', '2500']]);
    await plain.close();
    await database.withSession((session) => session.query('drop owned by plain; drop role plain'));
  });

  it("passes on PostgreSQL's words, position and hint", async () => {
    const error = await rejection('select m from t');
    expect(error.message).to.equal('PostgreSQL rejects the query at character 8: column "m" does not exist');
    expect(error.context).to.deep.equal({ sqlstate: '42703', position: 8 });
    const hinted = await rejection('select N1.m from t n1 join t n2 on n3.n = 1');
    expect(hinted.hint).to.be.a('string').and.not.equal('');
  });

  it('rejects what goes wrong after the first batch', async () => {
    const error = await rejection('select 1 / (2000 - n) from t order by n');
    expect(error.code).to.equal('QUERY_REJECTED');
    expect(error.message).to.match(/division by zero/);
  });

  it('leaves nothing of its session behind', async () => {
    await all(`select set_config('search_path', 'elsewhere', false)`);
    await all('select pg_advisory_lock(1)');
    const locks = await all(`select count(*) from pg_locks where locktype = 'advisory'`);
    expect(locks).to.deep.equal([['0']]);
  });

  it('is cancelled while the server thinks', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    expect((await rejection('select pg_sleep(60)', stop.signal)).code).to.equal('CANCELLED');
    expect((await rejection('select 1', stop.signal)).code).to.equal('CANCELLED');
  });

  it('keeps a timeout what it is', async () => {
    const settings = resolveConnectionSettings(`${testDatabase.url}&options=-c%20statement_timeout%3D20`, {});
    const hasty = new Database(settings as NonNullable<typeof settings>, { dbSchema: 'my schema' });
    const error = await readOnlyQuery(hasty, 'select pg_sleep(60)').catch((thrown: unknown) => thrown as TickloomError);
    expect((error as TickloomError).code).to.equal('DATABASE_CONFLICT');
    await hasty.close();
  });

  it('knows version and sizes of the tables', async () => {
    const status = await readServerStatus(database);
    expect(status.serverVersion).to.match(/^18\.\d+$/);
    expect(status.tables.map(({ name, empty }) => ({ name, empty }))).to.deep.equal([{ name: 't', empty: false }]);
    expect(status.tables[0]?.bytes).to.be.above(8192);
    expect(status.tables[0]?.rows).to.be.at.least(0);
  });
});
