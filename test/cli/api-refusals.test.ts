import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sampled, STAND_IN_KEY, type GatewayRequest } from '../../src/testing/index.js';
import type { RunReport } from '../../src/index.js';
import { ApiDesk } from '../support/api-desk.js';
import type { CliResult } from '../support/run-cli.js';

const REQUEST = ['--dataset', 'GLBX.MDP3', '--schema', 'trades', '--symbols', 'ES.c.0'];
const DAYS = ['--start', '2024-01-08', '--end', '2024-01-12', '--chunk', 'day'];
const NOTHING = { bytes: 0, usd: 0, requests: 0 };
const key = (letter: string): string => `db-${letter.repeat(29)}`;

describe('a request that is refused', function () {
  this.timeout(120_000);
  let desk: ApiDesk;

  before(async () => {
    const market = { start: '2024-01-01', end: '2024-02-01', roots: ['ES'], recordsPerDay: 100 };
    desk = await ApiDesk.open({
      datasets: { 'GLBX.MDP3': sampled(market), 'XNAS.ITCH': sampled(market) },
      accounts: {
        [STAND_IN_KEY]: {},
        [key('P')]: { noFunds: true },
        [key('L')]: { locked: true },
        [key('E')]: { datasets: ['XNAS.ITCH'] },
        [key('U')]: { until: { 'GLBX.MDP3': '2024-01-10' } },
      },
      // a day of trades is a few dollars
      unitPrices: { 'XNAS.ITCH': { trades: 500_000 } },
    });
  });
  after(() => desk.close());

  const ingest = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
    desk.run(['ingest', '--api', 'databento', ...args], { env });

  /** Runs it, and gives what was asked of the gateway meanwhile. */
  async function asked(work: () => Promise<void>): Promise<readonly GatewayRequest[]> {
    const before = desk.gateway.requests.length;
    await work();
    return desk.gateway.requests.slice(before);
  }

  describe('for want of access', () => {
    for (const [what, letter, status, line] of [
      [
        'a wrong key',
        'W',
        401,
        /^metadata\.list_datasets: the service does not accept the API key \(HTTP 401, request id /,
      ],
      [
        'a locked account',
        'L',
        403,
        /^metadata\.list_datasets: the account is locked \(HTTP 403, auth_account_locked, /,
      ],
      ['no entitlement', 'E', 403, /: the account has no licence for these data \(HTTP 403, license_not_found_/],
      ['no funds', 'P', 402, /: the account has not enough credit \(HTTP 402, account_insufficient_funds, request id /],
    ] as const) {
      it(`${what} ends it with 4 and one line, and nothing is tried again`, async () => {
        const requests = await asked(async () => {
          const { code, stdout, stderr } = await ingest([...REQUEST, ...DAYS], { DATABENTO_API_KEY: key(letter) });
          expect(code, stderr).to.equal(4);
          expect(stdout).to.equal('');
          const said = stderr.split('\n').filter((text) => line.test(text));
          expect(said, stderr).to.have.lengthOf(1);
          expect(stderr)
            .to.match(/\nhint: [A-Z][^\n]+\.\n$/)
            .and.not.contain('again, ');
          expect(stderr).not.to.contain(key(letter));
        });
        expect(requests.filter((request) => request.status === status)).to.have.lengthOf(1);
        expect(requests.every(({ billedBytes }) => billedBytes === 0)).to.equal(true);
      });
    }

    it('no funds leave the whole report with --json, and a run in the ledger', async () => {
      const { code, stdout } = await ingest([...REQUEST, ...DAYS, '--json'], { DATABENTO_API_KEY: key('P') });
      expect(code).to.equal(4);
      const report = JSON.parse(stdout) as RunReport;
      expect(report).to.include({ status: 'failed' }).and.have.nested.property('cost_usd.spent', 0);
      expect(report.chunks).to.deep.equal({ planned: 4, loaded: 0, already_loaded: 0, failed: 1 });
      expect(report.details[0]?.error).to.include({ code: 'ACCESS_DENIED' });
      const [run] = await desk.rows(`select status from runs where run_id = '${report.run_id}'`);
      expect(run).to.deep.equal({ status: 'failed' });
    });

    it('a range that the account does not have says so, and ends with 2', async () => {
      const { code, stderr } = await ingest([...REQUEST, ...DAYS], { DATABENTO_API_KEY: key('U') });
      expect(code).to.equal(2);
      expect(stderr).to.match(/: the account may not have all of the range \(HTTP 422, dataset_unavailable_range, /);
      expect(stderr).to.contain('2024-01-10').and.contain('hint: Change the range');
    });

    it('is one more line of JSON for who reads progress as JSON', async () => {
      const { code, stderr } = await ingest([...REQUEST, ...DAYS, '--progress', 'json'], {
        DATABENTO_API_KEY: key('W'),
      });
      expect(code).to.equal(4);
      const lines = stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines.at(-1)).to.include({ message_type: 'error', code: 'ACCESS_DENIED' });
    });
  });

  describe('for its cost', () => {
    const dear = ['--dataset', 'XNAS.ITCH', '--schema', 'trades', '--symbols', 'ES.c.0', ...DAYS];
    it('ends with 8 above 5 dollars where nobody can be asked, and above a cap whoever agrees', async () => {
      for (const [flags, message] of [
        [
          [],
          /^the estimated cost of \d+\.\d{1,2} USD is more than the 5 USD that a run may cost when nobody can be asked;/m,
        ],
        [
          ['--max-cost', '0.5', '--yes'],
          /^the estimated cost of .* is more than the cap of 0\.5 USD; nothing was bought$/m,
        ],
      ] as const) {
        const billed = await desk.billed(async () => {
          const { code, stderr } = await ingest([...dear, ...flags]);
          expect(code, stderr).to.equal(8);
          expect(stderr)
            .to.match(message)
            .and.match(/\nhint: [^\n]+\.\n$/);
        });
        expect(billed).to.deep.equal(NOTHING);
      }
    });

    it('takes the unattended cost from the environment, and records size × count × price in chunk and report', async () => {
      const limits = { TICKLOOM_MAX_UNATTENDED_COST: '100' };
      let report: RunReport | undefined;
      const billed = await desk.billed(async () => {
        const { code, stdout, stderr } = await ingest([...dear, '--json'], limits);
        expect(code, stderr).to.equal(0);
        report = JSON.parse(stdout) as RunReport;
      });
      const price = 500_000 / 2 ** 30;
      expect(billed.bytes)
        .to.equal((report?.records.loaded ?? 0) * 48)
        .and.above(0);
      expect(report?.cost_usd.spent).to.be.closeTo(billed.bytes * price, 1e-6);
      expect(report?.cost_usd.estimated).to.be.closeTo(billed.bytes * price, 1e-6);
      const chunks = await desk.rows<{ cost: string; loaded: string }>(
        `select cost_usd as cost, loaded from chunks where dataset = 'XNAS.ITCH' and status = 'loaded'`,
      );
      expect(chunks).to.have.lengthOf(4);
      for (const { cost, loaded } of chunks) expect(Number(cost)).to.be.closeTo(Number(loaded) * 48 * price, 1e-9);
    });
  });

  describe('from a job of the config file', () => {
    const config = (text: string): Promise<void> => writeFile(join(desk.sandbox.cwd, 'tickloom.config.yaml'), text);
    after(() => config(''));

    it('is none when it is right: it runs, and a flag goes before what it says', async () => {
      await config(`jobs:
  rice:
    dataset: GLBX.MDP3
    schema: trades,ohlcv-1d
    symbols: [ES.c.0]
    stypeIn: continuous
    start: 2024-01-15
    end: 2024-01-20
`);
      const { code, stdout, stderr } = await desk.run(['ingest', '--job', 'rice', '--end', '2024-01-17', '--json']);
      expect(code, stderr).to.equal(0);
      const report = JSON.parse(stdout) as RunReport;
      expect(
        report.details.map(({ schema, start, end }) => [schema, start?.slice(0, 10), end?.slice(0, 10)]),
      ).to.deep.equal([
        ['trades', '2024-01-15', '2024-01-17'],
        ['ohlcv-1d', '2024-01-15', '2024-01-17'],
      ]);
      const again = await desk.run(['ingest', '--job', 'rice', '--end', '2024-01-17']);
      expect(again.code, again.stderr).to.equal(0);
      expect(again.stderr).to.contain('nothing to buy; in the database: 2 chunks');
    });

    it('names a wrong key with its nearest right one, and a job that is not there', async () => {
      await config(`jobs:
  rice:
    dataset: GLBX.MDP3
    symbol: ES.c.0
`);
      const wrong = await desk.run(['ingest', '--job', 'rice']);
      expect(wrong.code, wrong.stderr).to.equal(2);
      expect(wrong.stderr).to.contain('symbol').and.contain('symbols');
      await config('jobs: { rice: { dataset: GLBX.MDP3 } }');
      const missing = await desk.run(['ingest', '--job', 'rise']);
      expect(missing.code, missing.stderr).to.equal(2);
      expect(missing.stderr).to.contain('rise').and.contain('rice');
    });
  });
});
