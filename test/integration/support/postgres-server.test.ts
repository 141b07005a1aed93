import { expect } from 'chai';
import pg from 'pg';
import { TEST_POSTGRES_VERSIONS, createDatabase, startTestServer, testServer } from '../../support/postgres-server.js';

async function value(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

describe('test servers', () => {
  for (const version of TEST_POSTGRES_VERSIONS.filter((each) => each !== 'timescale')) {
    it(`runs a real PostgreSQL ${version}, once per process`, async () => {
      const server = await testServer(version);
      expect(await value(server.url, 'show server_version')).to.match(new RegExp(`^${version}\\.`));
      expect(await testServer(version)).to.equal(server);
    });

    it(`clones a template on PostgreSQL ${version} that is prepared once`, async () => {
      let prepared = 0;
      const template = {
        name: 'one table',
        async prepare(url: string) {
          prepared += 1;
          await value(url, 'create table t as select 42 as answer');
        },
      };
      const [one, two] = await Promise.all([
        createDatabase({ version, template }),
        createDatabase({ version, template }),
      ]);
      await value(one.url, 'update t set answer = 43');
      expect(await value(two.url, 'select answer from t')).to.equal(42);
      expect(prepared).to.equal(1);
      await one.drop();
    });
  }

  it('asks for a password over TCP when it was given one', async () => {
    const server = await startTestServer({ password: "it's a secret" });
    expect(await value(server.tcpUrl ?? '', 'select current_user')).to.equal('postgres');
    const wrong = (server.tcpUrl ?? '').replace('secret', 'guess');
    const failure = await value(wrong, 'select 1').catch((error: unknown) => error);
    expect(failure).to.have.property('code', '28P01');
  });

  it('comes back on the same socket after it was killed', async () => {
    const server = await startTestServer();
    const before = server.pid;
    await server.kill('SIGKILL');
    await server.restart();
    expect(server.pid).not.to.equal(before);
    expect(await value(server.url, 'select 1')).to.equal(1);
  });
});
