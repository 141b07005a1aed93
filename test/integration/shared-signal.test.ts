import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { createTickloom } from '../../src/index.js';
import { sampled } from '../../src/testing/index.js';
import { ApiDesk } from '../support/api-desk.js';
import { createDatabase } from '../support/postgres-server.js';
import { DAY, MONDAY, trade, tradesFile } from '../support/trade-file.js';

/** More than the ten listeners from which on Node warns of a leak. */
const AT_ONCE = 16;

/** The names of the warnings that Node gives while something is done. */
async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  const note = ({ name }: Error): unknown => names.push(name);
  process.on('warning', note);
  try {
    await work();
    await setImmediate();
  } finally {
    process.off('warning', note);
  }
  return names;
}

describe('a signal that much listens to at once brings no warning', function () {
  this.timeout(120_000);

  it('where a run loads many files side by side', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tickloom-signal-'));
    const tickloom = createTickloom({ database: (await createDatabase()).url });
    try {
      for (let day = 0; day < AT_ONCE; day += 1) {
        const [start, seconds] = [MONDAY + BigInt(day) * DAY, day * 86_400];
        await writeFile(join(folder, `${day}.dbn`), tradesFile([trade(seconds)], { start, end: start + DAY }));
      }
      const { signal } = new AbortController();
      const load = () => tickloom.ingest({ paths: [folder], concurrency: AT_ONCE, workers: 0 }, { signal });
      expect(await warningsOf(load)).to.deep.equal([]);
    } finally {
      await tickloom.close();
      await rm(folder, { recursive: true });
    }
  });

  it('where a host makes many calls with the one that it has', async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-12', roots: ['ES'], recordsPerDay: 5 });
    const desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market } });
    try {
      const { signal } = new AbortController();
      const request = { dataset: 'GLBX.MDP3', symbols: ['ES.c.0'], start: '2024-01-08' };
      const ask = () => desk.tickloom().symbols.resolve(request, { signal });
      expect(await warningsOf(() => Promise.all(Array.from({ length: AT_ONCE }, ask)))).to.deep.equal([]);
    } finally {
      await desk.close();
    }
  });
});
