import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sampled, STAND_IN_KEY, startGateway } from '../../src/testing/index.js';
import { exportDatabase } from '../support/export-database.js';
import { CliSandbox, PACKAGE_ROOT, type CliResult } from '../support/run-cli.js';
import { trades, tradesFile } from '../support/trade-file.js';

const program = (name: string): string => join(PACKAGE_ROOT, `dist/examples/${name}.js`);

describe('the examples', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let env: Record<string, string>;

  before(async () => {
    sandbox = await CliSandbox.create({ covered: false });
    env = { DATABASE_URL: await exportDatabase(), TICKLOOM_HOME: join(sandbox.root, 'state') };
    await mkdir(join(sandbox.cwd, 'data'));
    await writeFile(join(sandbox.cwd, 'data/a.dbn'), tradesFile(trades(20)));
    await writeFile(join(sandbox.cwd, 'data/b.dbn'), tradesFile(trades(5)).subarray(0, -7));
  });
  after(() => sandbox.remove());

  const run = (name: string, args: readonly string[], more: Record<string, string> = {}): Promise<CliResult> =>
    sandbox.exec(process.execPath, [program(name), ...args], { env: { ...env, ...more } });

  it('hold a script that loads files and asks a question', async () => {
    const first = await run('load-files', ['data/a.dbn']);
    expect(first).to.deep.equal({ code: 0, stdout: 'complete: 20 loaded, 0 there already\nESH4 20\n', stderr: '' });
    const second = await run('load-files', ['data']);
    expect(second.stdout).to.match(/^incomplete: 0 loaded, 20 there already\ndata\/b\.dbn: DECODE_TRUNCATED: /);
    expect(second.code).to.equal(1);
    const third = await run('load-files', ['nosuch.dbn']);
    expect(third.stdout).to.match(/^PATH_NOT_FOUND: /);
    expect(third.code).to.equal(1);
  });

  it('hold a service that starts ingests, streams their progress and stops them', async () => {
    await writeFile(join(sandbox.cwd, 'data/c.dbn'), tradesFile(trades(2), { dataset: 'XNAS.ITCH' }));
    let child: ChildProcess | undefined;
    const ended = sandbox.exec(process.execPath, [program('http-service')], {
      env: { ...env, DATA: join(sandbox.cwd, 'data'), PORT: '0' },
      onStart: (started) => (child = started),
    });
    const [line] = (await once(child?.stdout as NodeJS.ReadableStream, 'data')) as [string];
    const { port } = JSON.parse(line) as { readonly port: number };
    const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`, init);
    const start = async (...files: string[]): Promise<number> => {
      const response = await ask('/ingests', { method: 'POST', body: JSON.stringify({ files }) });
      expect(response.status).to.equal(202);
      return ((await response.json()) as { readonly id: number }).id;
    };
    const eventsOf = async (id: number): Promise<string[]> => {
      const response = await ask(`/ingests/${id}/events`);
      expect(response.headers.get('content-type')).to.equal('text/event-stream');
      return (await response.text()).split('\n\n').filter((event) => event !== '');
    };
    try {
      const events = await eventsOf(await start('c.dbn'));
      expect(events[0]).to.match(/^event: run_started\ndata: \{/);
      expect(events.at(-1))
        .to.match(/^event: run_finished\n/)
        .and.to.contain('"loaded":2');
      const failed = await start('../nosuch.dbn');
      expect((await eventsOf(failed)).join()).to.match(/^event: failed\n.*PATH_NOT_FOUND/s);
      expect(await (await ask(`/ingests/${failed}`)).json()).to.deep.equal({ done: true, events: 1 });
      expect((await ask(`/ingests/${failed}`, { method: 'DELETE' })).status).to.equal(202);
      expect((await ask('/ingests/77')).status).to.equal(404);
      expect((await ask('/ingests', { method: 'POST', body: '{' })).status).to.equal(400);
      expect(await (await ask('/metrics')).text()).to.equal(
        'tickloom_chunks_loaded_total 1\ntickloom_chunks_failed_total 0\ntickloom_rows_stored_total 2\ntickloom_records_rejected_total 0\n',
      );
    } finally {
      child?.kill('SIGTERM');
    }
    const { code, stderr } = await ended;
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
  });

  it('hold a nightly job that buys a day once, and says what is wrong', async () => {
    const gateway = await startGateway({ datasets: { 'GLBX.MDP3': sampled({ recordsPerDay: 50 }) } });
    try {
      const access = { DATABENTO_GATEWAY: gateway.url, DATABENTO_API_KEY: STAND_IN_KEY };
      const first = await run('nightly', ['2024-01-09'], access);
      expect(first.code, first.stdout + first.stderr).to.equal(0);
      const line = JSON.parse(first.stdout) as { readonly records: { readonly loaded: number } };
      expect(line).to.include({ day: '2024-01-09', status: 'complete', verified: 'ok' });
      expect(line.records.loaded).to.be.greaterThan(0);
      const { bytes } = gateway.bill;
      const second = await run('nightly', ['2024-01-09'], access);
      expect(second.code, second.stdout).to.equal(0);
      expect(gateway.bill.bytes).to.equal(bytes);
      const wrong = await run('nightly', ['2024-01-09'], { DATABENTO_GATEWAY: gateway.url });
      expect(JSON.parse(wrong.stdout)).to.include({ status: 'failed', code: 'API_KEY_INVALID' });
      expect(wrong.code).to.equal(1);
    } finally {
      await gateway.close();
    }
  });
});
