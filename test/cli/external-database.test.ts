import { expect } from 'chai';
import { startTestServer, type TestServer } from '../support/postgres-server.js';
import { CliSandbox } from '../support/run-cli.js';

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
});
