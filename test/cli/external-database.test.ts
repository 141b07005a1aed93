import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { startTestServer, type TestServer } from '../support/postgres-server.js';
import { BIN, CliSandbox } from '../support/run-cli.js';
import { skipWithoutTerminal } from '../support/skip-because.js';

const PASSWORD = 'Hunter2 Secret/@';
const ENCODED = encodeURIComponent(PASSWORD);

describe('the commands on a database that wants a password', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let server: TestServer;
  let url: string;

  before(async () => {
    sandbox = await CliSandbox.create();
    server = await startTestServer({ password: PASSWORD });
    url = server.tcpUrl ?? '';
    await sandbox.run(['sample', '--schema', 'trades', '--records', '100', '--output', 'x.dbn']);
  });
  after(async () => {
    await server.kill('SIGQUIT');
    await sandbox.remove();
  });

  const expectNoSecret = (text: string): void => {
    for (const secret of [PASSWORD, ENCODED, 'Hunter2']) expect(text).not.to.contain(secret);
  };

  it('load into it, and keep the password out of the ledger and of everything that is printed', async () => {
    const loaded = await sandbox.run(['ingest', 'x.dbn', '--database', url, '--json', '--verbose'], {
      env: { DEBUG: '*' },
    });
    expect(loaded.code, loaded.stderr).to.equal(0);
    expectNoSecret(loaded.stdout + loaded.stderr);
    const env = { DATABASE_URL: url };
    const runs = await sandbox.run(['runs', 'list', '--json'], { env });
    expect(runs.stdout).to.contain(':***@');
    expectNoSecret(runs.stdout);
    for (const args of [['db', 'status'], ['doctor']]) {
      const { code, stdout, stderr } = await sandbox.run(args, { env });
      expect(code, stderr).to.equal(0);
      expectNoSecret(stdout + stderr);
    }
  });

  it('print the password for db url alone', async () => {
    const { stdout } = await sandbox.run(['db', 'url', '--database', url]);
    expect(stdout).to.contain(ENCODED);
  });

  it('end with 2 when the password is wrong, and repeat neither', async () => {
    const wrong = url.replace(ENCODED, 'Wrong-Hunter2');
    for (const args of [['runs', 'list'], ['ingest', 'x.dbn'], ['doctor']]) {
      const { code, stdout, stderr } = await sandbox.run([...args, '--database', wrong, '--verbose']);
      expect(code, stderr).to.equal(2);
      expectNoSecret(stdout + stderr);
    }
  });

  it('leave the database alone that db start and db stop are not for', async () => {
    const { code, stderr } = await sandbox.run(['db', 'stop', '--database', url]);
    expect(stderr).to.match(/^only the embedded database can be stopped[^\n]*\nhint: /);
    expect(code).to.equal(2);
  });

  describe('at Ctrl-C while somebody else holds the table', () => {
    let holder: pg.Client;
    /** Another one: what a transaction sees of the other sessions stays as it first saw them. */
    let watcher: pg.Client;
    let holderPid = 0;
    before(async () => {
      const { code, stderr } = await sandbox.run(['ingest', 'x.dbn', '--database', url]);
      expect(code, stderr).to.equal(0);
      await sandbox.run([
        'sample',
        '--schema',
        'trades',
        '--records',
        '50',
        '--start',
        '2024-06-03',
        '--output',
        'y.dbn',
      ]);
      holder = new pg.Client({ connectionString: url });
      watcher = new pg.Client({ connectionString: url });
      await Promise.all([holder.connect(), watcher.connect()]);
      holderPid = (await holder.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
      await holder.query('begin; lock table tickloom.trades in access exclusive mode');
    });
    after(() => Promise.all([holder.end(), watcher.end()]));

    /** How many of the other sessions wait for a lock, or, with `any`, are there at all. */
    const sessions = async (which: 'waiting' | 'any'): Promise<number> => {
      const { rows } = await watcher.query<{ count: string }>(
        `select count(*) from pg_stat_activity where pid not in (pg_backend_pid(), $2) and backend_type = 'client backend'
           and datname = current_database() and (wait_event_type = 'Lock' or $1 = 'any')`,
        [which, holderPid],
      );
      return Number(rows[0]?.count);
    };
    const interruptWhenItWaits = async (interrupt: () => void): Promise<void> => {
      while ((await sessions('waiting')) === 0) await sleep(20);
      interrupt();
    };
    const expectNobodyLeft = async (): Promise<void> => {
      while ((await sessions('any')) > 0) await sleep(20);
      const { rows } = await watcher.query('select status from tickloom.runs order by started_at desc limit 1');
      expect(rows).to.deep.equal([{ status: 'cancelled' }]);
    };

    it('end with 130, and leave nothing that waits in the server', async () => {
      let interrupted: Promise<void> | undefined;
      const { code, stderr } = await sandbox.run(['ingest', 'y.dbn', '--database', url], {
        onStart: (child: ChildProcess) => {
          interrupted = interruptWhenItWaits(() => child.kill('SIGINT'));
        },
      });
      await interrupted;
      expect(code, stderr).to.equal(130);
      await expectNobodyLeft();
    });

    it('do so too when it is typed at a terminal', async function () {
      skipWithoutTerminal(this);
      let typed: Promise<void> | undefined;
      const { code, stdout } = await sandbox.exec(
        'script',
        ['-qec', `'${process.execPath}' '${BIN}' ingest y.dbn`, '/dev/null'],
        {
          env: { TERM: 'xterm', DATABASE_URL: url },
          keepStdinOpen: true,
          onStart: ({ stdin }) => {
            typed = interruptWhenItWaits(() => stdin?.write('\x03'));
          },
        },
      );
      await typed;
      expect(code, stdout).to.equal(130);
      await expectNobodyLeft();
    });

    it('load what is left once the table is free', async () => {
      await holder.query('commit');
      const { code, stdout, stderr } = await sandbox.run(['ingest', 'x.dbn', 'y.dbn', '--database', url, '--json']);
      expect(code, stderr).to.equal(0);
      expect(JSON.parse(stdout)).to.have.nested.property('chunks.loaded', 1);
      const { rows } = await holder.query('select count(*)::int from tickloom.trades');
      expect(rows).to.deep.equal([{ count: 150 }]);
    });
  });
});
