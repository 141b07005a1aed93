import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { sampled } from '../../src/testing/index.js';
import type { RunReport } from '../../src/index.js';
import { ApiDesk } from '../support/api-desk.js';
import { BIN } from '../support/run-cli.js';
import { expectSameRows, rowsOfService, rowsOfTable, type TextRow } from '../support/service-rows.js';

const WEEK = { start: '2024-01-08', end: '2024-01-13' } as const;
const ASKED = [
  '--dataset',
  'GLBX.MDP3',
  '--schema',
  'trades',
  '--symbols',
  'ES.c.0',
  '--start',
  WEEK.start,
  '--end',
  WEEK.end,
];
const COMMAND = ['ingest', '--api', 'databento', ...ASKED, '--json'];

describe('a download that is interrupted', function () {
  this.timeout(120_000);
  let desk: ApiDesk;
  let expected: TextRow[];
  let undisturbed: number;

  before(async () => {
    const market = sampled({ ...WEEK, roots: ['ES'], recordsPerDay: 2_000, rolls: ['2024-01-10'] });
    // Frames that are not compressed: what was sent can be had up to the last byte.
    desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market }, zstd: 'raw' });
    const query = { dataset: 'GLBX.MDP3', schema: 'trades', symbols: 'ES.c.0', stype_in: 'continuous', ...WEEK };
    undisturbed = (await desk.billed(async () => (expected = await rowsOfService(desk.gateway, query)))).bytes;
  });
  after(() => desk.close());

  /** Starts the command, waits until half of the answer stands on the disk and nothing more comes, and ends it. */
  async function interruptInTheMiddle(signal: 'SIGINT' | 'SIGKILL'): Promise<{ code: number | null; stdout: string }> {
    let stalled = false;
    desk.gateway.setFaults(({ endpoint }) => {
      if (endpoint !== 'timeseries.get_range') return undefined;
      stalled = true;
      return { kind: 'stall', fraction: 0.5 };
    });
    const child = spawn(process.execPath, [BIN, ...COMMAND], {
      cwd: desk.sandbox.cwd,
      env: { ...desk.sandbox.env, ...desk.env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const ended = once(child, 'close') as Promise<[number | null]>;
    const over = (): boolean => child.exitCode !== null || child.signalCode !== null;
    while (!over() && !(stalled && (await bytesOnDisk(desk.archive)) >= undisturbed / 2)) await pause(20);
    expect(over()).to.equal(false);
    child.kill(signal);
    const [code] = await ended;
    desk.gateway.setFaults();
    return { code, stdout };
  }

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`by ${signal} goes on where it stopped, and no byte that has arrived is paid for again`, async () => {
      await desk.replaceDatabase();
      let report: RunReport | undefined;
      const billed = await desk.billed(async () => {
        const { code, stdout } = await interruptInTheMiddle(signal);
        expect(code).to.equal(signal === 'SIGINT' ? 130 : null);
        if (signal === 'SIGINT') {
          const cancelled = JSON.parse(stdout) as RunReport;
          expect(cancelled).to.include({ status: 'cancelled' });
          expect(cancelled.records).to.include({ decoded: 0, loaded: 0 });
          expect(cancelled.cost_usd.spent).to.be.above(0);
        }
        expect(await desk.rows('select 1 from trades limit 1')).to.deep.equal([]);
        const again = await desk.run(COMMAND);
        expect(again.code, again.stderr).to.equal(0);
        report = JSON.parse(again.stdout) as RunReport;
      });
      expect(billed.requests).to.equal(2);
      expect(billed.bytes)
        .to.be.at.least(undisturbed)
        .and.at.most(undisturbed * 1.02);
      expect(report?.records).to.include({ loaded: expected.length });
      expectSameRows(await rowsOfTable(desk.client, 'trades'), expected);
      // what it cost in all stands with the chunk and in the archive
      const [chunk] = await desk.rows<{ cost: string }>('select cost_usd as cost from chunks where loaded > 0');
      expect(Number(chunk?.cost)).to.be.closeTo(billed.usd, billed.usd * 0.001);
      const { code, stdout } = await desk.run(['archive', 'verify', '--json']);
      expect(code, stdout).to.equal(0);
      for (const name of await readdir(desk.archive, { recursive: true })) expect(name).not.to.contain('unfinished');
      await desk.forgetArchive();
    });
  }
});

/** Of everything below a folder. */
async function bytesOnDisk(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(({ parentPath, name }) =>
      stat(join(parentPath, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
