import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { resolveConnectionSettings } from '../../../../src/adapters/postgres/connection/connection-settings.js';
import { Database } from '../../../../src/adapters/postgres/connection/database.js';
import { Migrator, type MigratorOptions } from '../../../../src/adapters/postgres/migrations/migrator.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import type { ColumnSpec, TableSpec } from '../../../../src/core/model/model-spec.js';
import { testTable } from '../../../support/copy-tuples.js';
import { dumpSchema } from '../../../support/dump-schema.js';
import { createDatabase, TEST_POSTGRES_VERSIONS, type TestDatabase } from '../../../support/postgres-server.js';
import { WireProxy } from '../../../crash/wire-proxy.js';
import { testPlugins } from '../../../support/sink-harness.js';

// Tests run from dist/, the snapshot lies in the sources.
const SNAPSHOT = new URL('../../../../../test/integration/adapters/postgres/schema.snapshot.txt', import.meta.url);
const table = testTable();
const note: ColumnSpec = { name: 'venue', type: 'text', nullable: false, description: 'Added later.' };

function withColumn(spec: TableSpec, column: ColumnSpec): TableSpec {
  return { ...spec, columns: [...spec.columns, column] };
}

async function failure(promise: Promise<unknown>): Promise<TickloomError> {
  return promise.then(
    () => {
      throw new Error('expected an error');
    },
    (error: unknown) => error as TickloomError,
  );
}

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`Migrator on PostgreSQL ${version}`, () => {
    let testDatabase: TestDatabase;
    const open: Database[] = [];

    const connect = (dbSchema = 'tickloom', user?: string): Database => {
      const url = user === undefined ? testDatabase.url : testDatabase.urlAs(user);
      const settings = resolveConnectionSettings(url, {});
      if (settings === undefined) throw new Error('the test has no database');
      const database = new Database(settings, { dbSchema, retries: 0 });
      open.push(database);
      return database;
    };
    const migrator = (database: Database, options: Partial<MigratorOptions> = {}): Migrator =>
      new Migrator(database, { index: 'brin', plugins: testPlugins(table), ...options });
    const run = async (database: Database, sql: string): Promise<Record<string, unknown>[]> =>
      database.withSession((session) => session.rows(sql));

    beforeEach(async () => {
      testDatabase = await createDatabase({ version });
    });

    afterEach(async () => {
      await Promise.all(open.splice(0).map((database) => database.close()));
      await testDatabase.drop();
    });

    it('makes the schema that is on record', async () => {
      const database = connect();
      await migrator(database).migrate();
      const dump = await database.withSession((session) => dumpSchema(session, 'tickloom'));
      if (process.env.UPDATE_SNAPSHOTS !== undefined) await writeFile(SNAPSHOT, dump);
      expect(dump, `differs from ${fileURLToPath(SNAPSHOT)}; UPDATE_SNAPSHOTS=1 rewrites it`).to.equal(
        await readFile(SNAPSHOT, 'utf8'),
      );
    });

    describe('with a connection that is lost at a COMMIT', () => {
      let proxy: WireProxy;

      beforeEach(async () => {
        const { host, port } = connect().settings;
        proxy = await WireProxy.start(`${host}/.s.PGSQL.${port}`);
      });
      afterEach(() => proxy.close());

      /** Loses the connection at some of the commits, before they arrive or before their answers are heard. */
      const losing = (which: readonly number[], when: 'before' | 'after'): (() => number) => {
        let commits = 0;
        proxy.gate = async (held) => {
          if (held.step !== 'commit') return 'pass';
          commits += 1;
          if (!which.includes(commits)) return 'pass';
          if (when === 'after') await held.sendAndWait();
          return 'cut';
        };
        return () => commits;
      };
      const throughProxy = (): Database => {
        const { user, database: name } = connect().settings;
        const url = `postgresql://${user}@127.0.0.1:${proxy.port}/${name}?sslmode=disable`;
        const database = new Database(resolveConnectionSettings(url, {}) as Database['settings'], {
          dbSchema: 'tickloom',
        });
        open.push(database);
        return database;
      };

      for (const [when, steps] of [
        ['before', [1, 2]],
        ['after', [1, 3, 5]],
      ] as const) {
        it(`settles it by its history when the answer is lost ${when === 'after' ? 'after' : 'before'} the commit`, async () => {
          const { pending } = await migrator(connect()).status();
          const commits = losing(steps, when);
          const { applied } = await migrator(throughProxy()).migrate();
          expect(applied).to.deep.equal(pending);
          // a step that came through is not run again
          expect(commits()).to.equal(pending.length + (when === 'after' ? 0 : steps.length));
          expect(await migrator(connect()).status()).to.deep.equal({ applied: pending, pending: [] });
        });
      }

      it('gives up when it is lost again and again, and the next call goes on', async () => {
        const commits = losing([1, 2, 3, 4], 'before');
        const error = await failure(migrator(throughProxy()).migrate());
        expect([error.code, commits()]).to.deep.equal(['DATABASE_LOST', 4]);
        await migrator(throughProxy()).migrate();
        expect((await migrator(connect()).status()).pending).to.deep.equal([]);
      });
    });

    it('says what is pending, applies it once, and has nothing to do afterwards', async () => {
      const database = connect();
      const before = await migrator(database).status();
      expect(before.applied).to.deep.equal([]);
      expect(before.pending[0]).to.equal('000001_migrations.sql');
      expect(before.pending.at(-1)).to.match(/^test\/trades@[0-9a-f]{12}$/);
      expect((await migrator(database).migrate()).applied).to.deep.equal(before.pending);
      expect(await migrator(database).status()).to.deep.equal({ applied: before.pending, pending: [] });
      expect((await migrator(database).migrate()).applied).to.deep.equal([]);
      expect(await run(database, `select plugin_version from tickloom.migrations where plugin = 'test'`)).to.deep.equal(
        [{ plugin_version: '1.0.0' }],
      );
    });

    it('is safe with twenty starters at once', async () => {
      const { pending } = await migrator(connect()).status();
      const starters = Array.from({ length: 20 }, () => migrator(connect()).migrate());
      const applied = (await Promise.all(starters)).flatMap((result) => result.applied);
      expect(applied.sort()).to.deep.equal([...pending].sort());
    });

    it('works in a schema of any name, and in two of them', async () => {
      for (const dbSchema of ['My "odd" schema', "quote's", 'public', 'ünicode']) {
        const database = connect(dbSchema);
        await migrator(database).migrate();
        expect((await migrator(database).status()).pending).to.deep.equal([]);
      }
    });

    it('adds the columns of a later plugin version and keeps the rows', async () => {
      const database = connect();
      await migrator(database).migrate();
      await run(
        database,
        `insert into tickloom.trades (instrument_id, ts_recv, ts_recv_ns, symbol, dataset, chunk_id, ordinal)
         values (1, now(), 0, 'A', 'D', 1, 0)`,
      );
      const later = { plugins: testPlugins(withColumn(table, note)) };
      expect((await migrator(database, later).migrate()).applied).to.have.length(1);
      expect(await run(database, 'select symbol, venue from tickloom.trades')).to.deep.equal([
        { symbol: 'A', venue: null },
      ]);
      // The earlier version has no use for the column, and is not hindered by it.
      expect((await migrator(database).migrate()).applied).to.deep.equal([]);
    });

    it('runs the changes that a plugin brings along, once, in its schema', async () => {
      const database = connect();
      const migrations = [{ name: '0001-view', statements: ['create view priced as select price from trades'] }];
      const plugins = [{ plugin: 'test', version: '1.0.0', tables: [table], migrations }];
      expect((await migrator(database, { plugins }).migrate()).applied).to.include('test/0001-view');
      expect((await migrator(database, { plugins }).migrate()).applied).to.deep.equal([]);
      expect(await run(database, 'select * from tickloom.priced')).to.deep.equal([]);
    });

    it('leaves nothing of a step that fails, and says why', async () => {
      const database = connect();
      const migrations = [{ name: '0001', statements: ['create table half (a int)', 'select 1/0'] }];
      const plugins = [{ plugin: 'test', version: '1.0.0', tables: [table], migrations }];
      expect((await failure(migrator(database, { plugins }).migrate())).message).to.match(/division by zero/);
      expect(await run(database, `select to_regclass('tickloom.half') is null as gone`)).to.deep.equal([
        { gone: true },
      ]);
      expect((await migrator(database).status()).pending).to.deep.equal([]);
    });

    const drifts: readonly (readonly [string, string, RegExp, object])[] = [
      [
        'a column of another type',
        'alter table tickloom.trades alter column price type text',
        /column "price" of table "tickloom.trades" has type text, expected numeric/,
        { table: 'tickloom.trades', column: 'price', expected: 'numeric', found: 'text' },
      ],
      [
        'a missing column',
        'alter table tickloom.trades drop column size',
        /column "size" of table "tickloom.trades" is missing/,
        { column: 'size', expected: 'integer', found: 'none' },
      ],
      [
        'a column that must not be NULL',
        'alter table tickloom.trades alter column note set not null',
        /column "note" of table "tickloom.trades" is NOT NULL/,
        { column: 'note' },
      ],
      [
        'a column that nobody fills',
        'alter table tickloom.trades add column mine int not null',
        /column "mine" of table "tickloom.trades" is NOT NULL without a default/,
        { column: 'mine' },
      ],
      ['a missing table', 'drop table tickloom.trades', /table "tickloom.trades" is missing/, { column: null }],
    ];
    for (const [what, sql, message, context] of drifts) {
      it(`finds ${what}, made by hand`, async () => {
        const database = connect();
        await migrator(database).migrate();
        await run(database, sql);
        const error = await failure(migrator(database).migrate());
        expect(error.code).to.equal('SCHEMA_DRIFT');
        expect(error.message).to.match(message);
        expect(error.context).to.include(context);
      });
    }

    it('knows its tables again where the database quotes every name', async () => {
      await run(connect(), `alter database ${testDatabase.name} set quote_all_identifiers = on`);
      const database = connect();
      await migrator(database).migrate();
      expect((await migrator(database).migrate()).applied).to.deep.equal([]);
    });

    it('welcomes columns and indexes of the user', async () => {
      const database = connect();
      await migrator(database).migrate();
      await run(
        database,
        `alter table tickloom.trades add column mine int, add column at timestamptz not null default now();
         create index on tickloom.trades (price)`,
      );
      expect((await migrator(database).migrate()).applied).to.deep.equal([]);
    });

    it("refuses to take over somebody else's table", async () => {
      const database = connect('public');
      await run(database, 'create table public.trades (id int)');
      const error = await failure(migrator(database).migrate());
      expect(error.code).to.equal('SCHEMA_DRIFT');
      expect(error.message).to.match(/"public.trades" is there already/);
    });

    it('refuses a database that a newer version migrated', async () => {
      const database = connect();
      await migrator(database).migrate();
      await run(database, `insert into tickloom.migrations (name) values ('000999_future.sql')`);
      expect((await failure(migrator(database).migrate())).code).to.equal('DATABASE_UNSUPPORTED');
    });

    it('needs no right to create when everything is there, and names the right when it is not', async () => {
      const owner = connect();
      await migrator(owner).migrate();
      const role = `loader_${version}`;
      await run(owner, `drop role if exists ${role}`);
      await run(owner, `create role ${role} login`);
      await run(owner, `grant usage on schema tickloom to ${role}; grant select on tickloom.migrations to ${role}`);
      expect((await migrator(connect('tickloom', role)).migrate()).applied).to.deep.equal([]);
      const error = await failure(migrator(connect('elsewhere', role)).migrate());
      expect(error.code).to.equal('DATABASE_PERMISSION');
      await run(owner, `drop owned by ${role}; drop role ${role}`);
    });

    it('makes the index that was asked for, the btree not before there are rows', async () => {
      const kinds = { none: [], brin: ['trades_brin'], btree: ['trades_brin'] };
      for (const [index, expected] of Object.entries(kinds)) {
        const database = connect(`index ${index}`);
        await migrator(database, { index: index as 'none' }).migrate();
        const rows = await run(
          database,
          `select indexname from pg_indexes where schemaname = 'index ${index}' and tablename = 'trades' order by 1`,
        );
        expect(rows.map((row) => row.indexname)).to.deep.equal(expected);
        const deferred = await run(
          database,
          `select from "index ${index}".deferred_indexes where table_name = 'trades'`,
        );
        expect(deferred).to.have.length(index === 'btree' ? 1 : 0);
      }
    });
  });
}
