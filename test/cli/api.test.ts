import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../src/testing/index.js';
import type { ArchiveVerification, PlanReport, RunReport } from '../../src/index.js';
import { BIN, CliSandbox, type CliResult } from '../support/run-cli.js';
import { skipWithoutTerminal } from '../support/skip-because.js';

const REQUEST = ['--dataset', 'GLBX.MDP3', '--symbols', 'ES.c.0,NQ.c.0'];
const WEEK = ['--start-date', '2024-01-08', '--end-date', '2024-01-15'];

describe('ingest --api on the command line', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let gateway: Gateway;

  before(async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES', 'NQ'], recordsPerDay: 300 });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': market } });
    sandbox = await CliSandbox.create();
    const { code, stderr } = await sandbox.run(['db', 'start']);
    expect(code, stderr).to.equal(0);
  });
  after(async () => {
    await sandbox.run(['db', 'stop']);
    await sandbox.remove();
    await gateway.close();
  });

  const run = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
    sandbox.run(args, { env: { DATABENTO_GATEWAY: gateway.url, DATABENTO_API_KEY: STAND_IN_KEY, ...env } });
  const trades = (...more: string[]): string[] => [
    ...['ingest', '--api', 'databento', ...REQUEST, '--schema', 'trades', '--json'],
    ...more,
  ];

  it('buys a week once, and gives every row the symbol of its day over a roll', async () => {
    const { code, stdout, stderr } = await run(trades(...WEEK, '--stype-in', 'continuous', '--force', '--verbose'));
    expect(code, stderr).to.equal(0);
    const report = JSON.parse(stdout) as RunReport;
    expect(report.records.loaded)
      .to.equal(gateway.bill.bytes / 48)
      .and.greaterThan(0);
    expect(report.cost_usd.spent).to.be.closeTo(gateway.bill.usd, 1e-9);
    const wrong = await run([
      'query',
      'select count(*) from trades t where 1 <> (select count(*) from symbology s where s.symbol = t.symbol and s.instrument_id = t.instrument_id and t.ts_recv >= s.start_date and t.ts_recv < s.end_date)',
      '--format',
      'csv',
    ]);
    expect(wrong.stdout.trim().split('\n').at(-1)).to.equal('0');
    const { bytes } = gateway.bill;
    const again = await run(trades(...WEEK));
    expect(again.code, again.stderr).to.equal(0);
    expect((JSON.parse(again.stdout) as RunReport).records.decoded).to.equal(0);
    expect(gateway.bill.bytes).to.equal(bytes);
  });

  it('says how the symbols are read also where no progress is shown, unless only errors are to be', async () => {
    const choice = 'symbols are read as continuous (from the form of the symbols)\n';
    expect((await run(trades(...WEEK, '--progress', 'none'))).stderr).to.equal(choice);
    expect((await run(trades(...WEEK, '--progress', 'none', '--stype-in', 'continuous'))).stderr).to.equal('');
    expect((await run(trades(...WEEK, '--quiet'))).stderr).to.equal('');
  });

  it('says before buying that a symbol means nothing, and tries nothing again', async () => {
    const { bytes } = gateway.bill;
    const { code, stdout, stderr } = await run(trades(...WEEK).map((word) => word.replace('NQ.c.0', 'XX.c.0')));
    expect(code).to.equal(2);
    expect(stdout).to.contain('SYMBOL_NOT_FOUND').and.contain('XX.c.0');
    expect(stderr).not.to.contain('trying again');
    expect(gateway.bill.bytes).to.equal(bytes);
  });

  it('ends with 8 and buys nothing where the cap would be passed', async () => {
    const { bytes } = gateway.bill;
    const { code, stdout } = await run(
      trades('--start', '2024-01-16', '--end', '2024-01-18', '--max-cost', '0.0000001'),
    );
    expect(code, stdout).to.equal(8);
    expect(stdout).to.contain('COST_CAP');
    expect(gateway.bill.bytes).to.equal(bytes);
  });

  describe('with a person at the terminal', () => {
    before(function () {
      skipWithoutTerminal(this);
    });

    for (const [answer, typed, exit] of [
      ['a no', 'n\n', 8],
      ['a return', '\n', 8],
      ['the end of the input', '\x04', 8],
      ['^C', '\x03', 130],
      ['a yes', 'y\n', 0],
    ] as const) {
      it(`asks before it buys: ${answer} buys ${exit === 0 ? 'all' : 'nothing'}`, async () => {
        const { bytes } = gateway.bill;
        const days = ['--start', '2024-01-16', '--end', '2024-01-18', '--progress', 'plain'];
        const words = ['ingest', '--api', 'databento', ...REQUEST, '--schema', 'trades', ...days];
        const command = `'${process.execPath}' '${BIN}' ${words.join(' ')}`;
        let asked = false;
        const { code, stdout } = await sandbox.exec('script', ['-qec', command, '/dev/null'], {
          env: { TERM: 'xterm', DATABENTO_GATEWAY: gateway.url, DATABENTO_API_KEY: STAND_IN_KEY },
          keepStdinOpen: true,
          onStart: ({ stdin, stdout: screen }) => {
            let seen = '';
            screen?.on('data', (text: string) => {
              seen += text;
              if (asked || !seen.includes('[y/N]')) return;
              asked = true;
              stdin?.write(typed);
            });
          },
        });
        expect(code, stdout).to.equal(exit);
        expect(stdout).to.contain('estimated at $');
        expect(gateway.bill.bytes > bytes).to.equal(exit === 0);
      });
    }
  });

  it('ends with 4 and the whole report for a key that is not accepted, asked once', async () => {
    const before = gateway.requests.length;
    const { code, stdout } = await run(trades(...WEEK), { DATABENTO_API_KEY: `db-${'W'.repeat(29)}` });
    expect(code).to.equal(4);
    expect((JSON.parse(stdout) as RunReport).details[0]?.error?.code).to.equal('ACCESS_DENIED');
    expect(gateway.requests.length).to.equal(before + 1);
  });

  it('says what is wrong with a key, and not the key', async () => {
    const { code, stderr } = await run(['plan', ...REQUEST, '--schema', 'trades', ...WEEK], {
      DATABENTO_API_KEY: 'db-short',
    });
    expect(code).to.equal(2);
    expect(stderr).to.contain('because it has 8 characters').and.not.contain('db-short');
  });

  it('shows the parts of its plan in a dry run, as plan does', async () => {
    const asked = [...REQUEST, '--schema', 'trades', '--start', '2024-01-08', '--end', '2024-01-17'];
    const plan = await run(['plan', ...asked]);
    expect(plan.stdout)
      .to.match(/covered/)
      .and.match(/buy/);
    const dry = await run(['ingest', '--api', 'databento', ...asked, '--dry-run']);
    expect(dry.stdout).to.equal(plan.stdout);
  });

  it('passes on what the service warns of, once, and what is tried again, whatever asks', async () => {
    const headers = { 'X-Warning': JSON.stringify(['DeprecationWarning: soon no more']) };
    const asked = [...REQUEST, '--schema', 'trades', ...WEEK];
    for (const command of [
      ['plan', ...asked],
      ['ingest', '--api', 'databento', ...asked, '--dry-run'],
      ['ingest', '--api', 'databento', ...asked],
      ['symbols', 'resolve', 'ES.c.0', '--dataset', 'GLBX.MDP3', '--start', '2024-01-08'],
      ['coverage', '--stale'],
      ['batch', 'list'],
      ['batch', 'submit', ...asked, '--dry-run'],
    ]) {
      let first = true;
      gateway.setFaults(() => {
        if (!first) return { kind: 'headers', headers };
        first = false;
        return { kind: 'status', status: 503 };
      });
      const { code, stderr } = await run(command);
      expect(code, stderr).to.equal(0);
      expect(stderr.split('DeprecationWarning: soon no more'), command.join(' ')).to.have.lengthOf(2);
      expect(stderr, command.join(' ')).to.match(/HTTP 503.*trying again, 5 times left/);
    }
    gateway.setFaults();
  });

  it('plans files, and ends with 3 where one cannot be read', async () => {
    await sandbox.run(['sample', '--schema', 'trades', '--records', '100', '--output', 'a.dbn']);
    await writeFile(join(sandbox.cwd, 'b.dbn'), 'no DBN at all, but long enough to be looked at');
    const { code, stdout, stderr } = await run(['plan', 'a.dbn', 'b.dbn', '--json']);
    expect(code, stderr).to.equal(3);
    const { parts, chunks } = JSON.parse(stdout) as PlanReport;
    expect(parts.map(({ state }) => state)).to.deep.equal(['new', 'unreadable']);
    expect(chunks).to.include({ new: 1, unreadable: 1, buy: 0 });
    expect((await run(['plan', 'a.dbn'])).stdout).to.contain('a.dbn');
    expect((await run(['plan', 'a.dbn', '--api', 'databento'])).code).to.equal(2);
  });

  it('finds an entry of the archive whose manifest is broken', async () => {
    expect((await run(['archive', 'verify'])).code).to.equal(0);
    const [entry] = JSON.parse((await run(['archive', 'list', '--json'])).stdout) as { id: string }[];
    await writeFile(join(sandbox.cwd, '.tickloom/archive', entry?.id ?? '', 'manifest.json'), '{');
    const { code, stdout } = await run(['archive', 'verify', '--json']);
    expect(code).to.equal(6);
    expect((JSON.parse(stdout) as ArchiveVerification).entries).to.have.lengthOf(1);
    expect((await run(['archive', 'verify', '--schema', 'tbbo'])).code).to.equal(0);
  });
});
