import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DatabaseStatus, RunReport } from '../../src/index.js';
import { BIN, CliSandbox, PACKAGE_ROOT } from '../support/run-cli.js';
import { skipWithoutTerminal } from '../support/skip-because.js';

/** A process under test: what it has printed so far, and its end. */
class Running {
  stdout = '';
  stderr = '';
  /** The exit code as a shell sees it. */
  readonly ended: Promise<number>;

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = once(child, 'close').then(
      ([code, signal]: (number | NodeJS.Signals | null)[]) =>
        // as a shell counts: npm ends itself by the signal that its child was ended by
        (code as number | null) ?? 128 + constants.signals[signal as NodeJS.Signals],
    );
  }

  /** Resolves when the text has appeared on stderr. */
  async says(text: string): Promise<void> {
    while (!this.stderr.includes(text)) {
      await Promise.race([once(this.child.stderr as NodeJS.ReadableStream, 'data'), this.ended]);
      if (this.child.exitCode !== null) break;
    }
    expect(this.stderr).to.contain(text);
  }
}

describe('signals', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  before(async () => {
    sandbox = await CliSandbox.create();
    const { code, stderr } = await sandbox.run(['db', 'start']);
    expect(code, stderr).to.equal(0);
  });
  after(async () => {
    await sandbox.run(['db', 'stop']);
    await sandbox.remove();
  });

  /** Starts a command in a process group of its own, as a terminal does; its stdin stays open. */
  const start = (program: string, args: readonly string[], env: Record<string, string> = {}): Running =>
    new Running(
      spawn(program, args, {
        cwd: sandbox.cwd,
        env: { ...sandbox.env, ...env },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
  const ingest = (...flags: string[]): Running => start(process.execPath, [BIN, 'ingest', '-', '--json', ...flags]);
  /** Signals the whole process group, as ^C at a terminal does. */
  const signalGroup = ({ child }: Running, signal: NodeJS.Signals): void => {
    process.kill(-(child.pid ?? 0), signal);
  };

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const) {
    it(`ends an ingest with ${code} and a full report at ${signal}`, async () => {
      const running = ingest();
      await running.says('1 chunk');
      running.child.kill(signal);
      expect(await running.ended).to.equal(code);
      const report = JSON.parse(running.stdout) as RunReport;
      expect(report.status).to.equal('cancelled');
      expect(report.records).to.include({ loaded: 0 });
    });
  }

  it('ends with 130 and a document while the program is still being loaded', async () => {
    // as soon as somebody listens, and before main, which gives the process its title
    const early =
      'const at = setInterval(() => { if (process.listenerCount("SIGINT") === 0) return; clearInterval(at); if (process.title !== "tickloom") process.kill(process.pid, "SIGINT"); }, 0);';
    await writeFile(join(sandbox.root, 'early.cjs'), early);
    const args = ['--require', join(sandbox.root, 'early.cjs'), BIN, 'schemas', 'list', '--json'];
    const { code, stdout } = await sandbox.exec(process.execPath, args);
    expect(JSON.parse(stdout)).to.have.nested.property('error.code', 'CANCELLED');
    expect(code).to.equal(130);
  });

  it('ends at once at the second Ctrl-C', async () => {
    const running = ingest();
    await running.says('1 chunk');
    running.child.kill('SIGINT');
    await running.says('interrupted');
    running.child.kill('SIGINT');
    expect(await running.ended).to.equal(130);
    expect(JSON.parse(running.stdout)).to.have.nested.property('error.code', 'CANCELLED');
  });

  it('calls a run that was killed interrupted, and goes on calling one running that runs', async () => {
    const killed = ingest();
    const running = ingest();
    await Promise.all([killed.says('1 chunk'), running.says('1 chunk')]);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const list = async (): Promise<string[]> => {
      const { stdout } = await sandbox.run(['runs', 'list', '--json']);
      return (JSON.parse(stdout) as { status: string }[]).slice(0, 2).map(({ status }) => status);
    };
    // the server finds out a moment after the process is gone
    while (!(await list()).includes('interrupted'));
    expect((await list()).sort()).to.deep.equal(['interrupted', 'running']);
    running.child.kill('SIGINT');
    expect(await running.ended).to.equal(130);
    expect((await list()).sort()).to.deep.equal(['cancelled', 'interrupted']);
  });

  it('ends a query with 130 and one document', async () => {
    const running = start(process.execPath, [BIN, 'query', 'select pg_advisory_lock(60), pg_sleep(60)', '--json']);
    // the query is on its way once it holds its lock, which every role can see
    for (;;) {
      const { stdout } = await sandbox.run([
        'query',
        '--format',
        'csv',
        "select count(*) from pg_locks where locktype = 'advisory' and objid = 60 and granted",
      ]);
      if (stdout === 'count\n1\n') break;
    }
    running.child.kill('SIGINT');
    expect(await running.ended).to.equal(130);
    expect(JSON.parse(running.stdout)).to.have.nested.property('error.code', 'CANCELLED');
  });

  for (const [signal, code, moment] of [
    ['SIGINT', 130, 'run 1 of'],
    ['SIGTERM', 143, 'run 1 of'],
    ['SIGTERM', 143, 'preparing the rows'],
  ] as const) {
    it(`ends a bench at ${signal} in "${moment}" with ${code}, and leaves no folder and no server`, async () => {
      const folder = join(sandbox.root, `bench-${signal}-${moment.replaceAll(' ', '-')}`);
      await mkdir(folder);
      const bench = join(PACKAGE_ROOT, 'dist/bench/run.js');
      const what = ['--schema', 'trades', '--records', '100000', '--runs', '1000', '--only', 'copy-ready'];
      const running = start(process.execPath, [bench, ...what], { TMPDIR: folder });
      await running.says(moment);
      const home = join(folder, (await readdir(folder)).join(), 'trades/home');
      const { stdout } = await sandbox.run(['db', 'status', '--json'], { env: { TICKLOOM_HOME: home } });
      const { pid } = JSON.parse(stdout) as DatabaseStatus;
      if (moment === 'run 1 of') expect(pid).to.be.a('number');
      running.child.kill(signal);
      expect(await running.ended, running.stderr).to.equal(code);
      expect(running.stderr).not.to.contain('bench:');
      expect(await readdir(folder)).to.deep.equal([]);
      if (pid !== null) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
    });
  }

  /** A package in the working folder that runs Tickloom by a script of its own, and as a program. */
  const makeProject = async (): Promise<void> => {
    await writeFile(
      join(sandbox.cwd, 'package.json'),
      JSON.stringify({
        name: 'project',
        version: '1.0.0',
        bin: { tickloom: './tickloom.mjs' },
        scripts: { load: `"${process.execPath}" "${BIN}" ingest - --json` },
      }),
    );
    await writeFile(join(sandbox.cwd, 'tickloom.mjs'), `#!/usr/bin/env node\nawait import(${JSON.stringify(BIN)});\n`, {
      mode: 0o755,
    });
  };

  for (const [tool, args] of [
    ['npm', ['run', '--silent', 'load']],
    ['npx', ['--no-install', 'tickloom', 'ingest', '-', '--json']],
  ] as const) {
    it(`takes a Ctrl-C that arrives twice through ${tool} for one`, async function () {
      await makeProject();
      const running = start(tool, args, { npm_config_update_notifier: 'false' });
      await running.says('1 chunk');
      signalGroup(running, 'SIGINT');
      expect(await running.ended).to.equal(130);
      expect((JSON.parse(running.stdout) as RunReport).status).to.equal('cancelled');
    });
  }

  describe('typed as ^C at a terminal', () => {
    before(async function () {
      skipWithoutTerminal(this);
      await makeProject();
    });

    const bare = `'${process.execPath}' '${BIN}' ingest - --progress plain`;
    const npx = 'npx --no-install tickloom ingest - --progress plain';
    const npm = 'npm run --silent load -- --progress plain';
    for (const [title, command, times] of [
      ['once', bare, 1],
      ['twice', bare, 2],
      ['once through npx', npx, 1],
      ['twice through npx', npx, 2],
      ['once through npm run', npm, 1],
      ['twice through npm run', npm, 2],
    ] as const) {
      it(`end an ingest with 130, ${title}, and leave nobody waiting`, async () => {
        let typed = 0;
        const { code, stdout } = await sandbox.exec('script', ['-qec', command, '/dev/null'], {
          env: { TERM: 'xterm', npm_config_update_notifier: 'false' },
          keepStdinOpen: true,
          onStart: ({ stdin, stdout: screen }) => {
            let seen = '';
            screen?.on('data', (text: string) => {
              seen += text;
              if ((typed === 0 && seen.includes('1 chunk')) || (typed === 1 && times === 2 && seen.includes('^C'))) {
                typed++;
                stdin?.write('\x03');
              }
            });
          },
        });
        expect(code, stdout).to.equal(130);
        const { stdout: runs } = await sandbox.run(['runs', 'list', '--json', '--limit', '1']);
        // at the second ^C the process ends where it stands, and the ledger finds out by itself
        expect((JSON.parse(runs) as { status: string }[])[0]?.status).to.be.oneOf(
          times === 1 ? ['cancelled'] : ['cancelled', 'interrupted', 'running'],
        );
      });
    }
  });
});
