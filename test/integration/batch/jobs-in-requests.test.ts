import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { encodeMetadata } from '../../../src/core/dbn/encode/encode-metadata.js';
import { newMetadata } from '../../../src/core/dbn/encode/dbn-encoder.js';
import type { ApiRequest, IngestRequest, ProgressEvent, PurchaseOffer, RunReport } from '../../../src/index.js';
import { createTickloom } from '../../../src/index.js';
import { sampled, STAND_IN_KEY, type FaultFunction, type GatewayOptions } from '../../../src/testing/index.js';
import { ApiDesk } from '../../support/api-desk.js';
import { at } from '../../support/declared-market.js';
import { rowsOfService, rowsOfTable, withoutOrdinals } from '../../support/service-rows.js';
import { rejected } from '../../support/thrown.js';

const TRADE_BYTES = 48;
const DAYS: ApiRequest = {
  api: 'databento',
  dataset: 'GLBX.MDP3',
  schemas: ['trades'],
  symbols: ['ES.c.0'],
  start: '2024-01-09',
  end: '2024-01-12',
};
const ASKED = { ...DAYS, end: '2024-01-13' };
const NOTHING = { bytes: 0, usd: 0, requests: 0 };

interface Ran {
  readonly report: RunReport;
  /** With their levels. */
  readonly notes: string;
  /** What a person was asked. */
  readonly offers: readonly PurchaseOffer[];
}

/** Requests that a batch job serves in part. Counted is what the stand-in service bills. */
describe('batch jobs in a request', function () {
  this.timeout(120_000);
  let desk: ApiDesk;

  const open = async (more: Partial<GatewayOptions> = {}): Promise<void> => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES', 'NQ'], recordsPerDay: 50 });
    desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market }, ...more });
  };
  beforeEach(() => open());
  afterEach(() => desk.close());

  const isDone = async (id: string): Promise<string> => {
    for (;;) {
      const jobs = await desk.tickloom().batch.list({ states: ['done'] });
      if (jobs.some(({ job_id }) => job_id === id)) return id;
    }
  };
  const finished = async (request: Partial<ApiRequest> = {}): Promise<string> => {
    const { jobs } = await desk.tickloom().batch.submit({ request: { ...DAYS, ...request } });
    return isDone(jobs[0]?.job_id ?? '');
  };
  const archived = async (request: Partial<ApiRequest> = {}): Promise<{ id: string; folder: string }> => {
    const id = await finished(request);
    return { id, folder: (await desk.tickloom().batch.download({ jobId: id })).folder };
  };
  /** Past Tickloom, which submits no job over a day that is not finished. */
  const finishedAnyhow = async (changes: Record<string, string> = {}): Promise<string> => {
    const form = { dataset: 'GLBX.MDP3', schema: 'trades', symbols: 'ES.c.0', stype_in: 'continuous' };
    const body = new URLSearchParams({
      ...{ ...form, start: DAYS.start, end: DAYS.end ?? '', encoding: 'dbn', compression: 'zstd' },
      ...changes,
    });
    const headers = { authorization: `Basic ${Buffer.from(`${STAND_IN_KEY}:`).toString('base64')}` };
    const reply = await fetch(`${desk.gateway.url}/v0/batch.submit_job`, { method: 'POST', body, headers });
    return isDone(((await reply.json()) as { id: string }).id);
  };
  const ingest = async (request: Partial<ApiRequest> = {}, more: Partial<IngestRequest> = {}): Promise<Ran> => {
    const notes: string[] = [];
    const offers: PurchaseOffer[] = [];
    const reporter = {
      report: (event: ProgressEvent) => void (event.type === 'note' && notes.push(`${event.level}: ${event.text}`)),
      close: async () => undefined,
    };
    const confirm = async (offer: PurchaseOffer): Promise<boolean> => offers.push(offer) > 0;
    const asked = { paths: [], request: { ...ASKED, ...request }, spending: { confirm }, ...more };
    const report = await desk.tickloom().ingest(asked, { reporter });
    return { report, notes: notes.join('\n'), offers };
  };
  /** Everything that was asked for is held, once, covered, and as the service has it. */
  const expectHeld = async (until = '2024-01-13'): Promise<void> => {
    const form = { dataset: 'GLBX.MDP3', schema: 'trades', symbols: 'ES.c.0', stype_in: 'continuous' };
    const expected = await rowsOfService(desk.gateway, { ...form, start: DAYS.start, end: until });
    const held = await rowsOfTable(desk.client, 'trades');
    expect(held.length).to.be.greaterThan(100);
    const inTime = <T>(rows: readonly T[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(inTime(withoutOrdinals(held))).to.deep.equal(inTime(withoutOrdinals(expected)));
    const [covered] = await desk.tickloom().coverage({ schema: 'trades', symbols: ['ES.c.0'] });
    expect(covered?.intervals).to.deep.equal([
      { start: '2024-01-09T00:00:00.000000000Z', end: `${until}T00:00:00.000000000Z` },
    ]);
    expect((await desk.tickloom().verify({ deep: true })).status).to.equal('ok');
    const again = await desk.billed(async () => {
      const { report } = await ingest();
      expect(report.records).to.include({ decoded: 0, loaded: 0 });
    });
    expect(again).to.deep.equal(NOTHING);
  };
  const dataFile = async (folder: string): Promise<string> =>
    join(folder, (await readdir(folder)).find((name) => name.includes('20240110')) ?? '');
  const calls = (endpoint: string): number => desk.gateway.requests.filter((one) => one.endpoint === endpoint).length;

  const downloads: readonly (readonly [what: string, faults: FaultFunction, why: RegExp])[] = [
    [
      'are gone though the list still names them',
      ({ endpoint }) => (endpoint === 'batch.list_files' ? { kind: 'status', status: 410, body: 'string' } : undefined),
      /HTTP 410|no longer|gone/i,
    ],
    [
      'are not what the service says they are',
      ({ endpoint }) => (endpoint === 'batch.file' ? { kind: 'corrupt' } : undefined),
      /SHA-256/,
    ],
    [
      'are not found',
      ({ endpoint }) => (endpoint === 'batch.file' ? { kind: 'status', status: 404, body: 'string' } : undefined),
      /404/,
    ],
  ];
  for (const [what, faults, why] of downloads) {
    it(`are planned without when their files ${what}, for the price that a person is asked for`, async () => {
      const job = await finished();
      desk.gateway.setFaults(faults);
      const billed = await desk.billed(async () => {
        const { report, notes, offers } = await ingest();
        expect(report.status).to.equal('complete');
        expect(notes)
          .to.match(new RegExp(`warning: batch job ${job} cannot be taken, .* without it: `))
          .and.match(why);
        expect(offers.map(({ chunks }) => chunks)).to.deep.equal([1]);
        expect(Number(offers[0]?.costUsd)).to.be.closeTo(report.cost_usd.spent, 1e-9).and.above(0);
        expect(report.cost_usd.estimated).to.be.closeTo(report.cost_usd.spent, 1e-9);
      });
      expect(billed).to.include({ requests: 1 });
      desk.gateway.setFaults();
      await expectHeld();
    });
  }

  it('end the run, and nothing is bought, when their files cannot be had just now', async () => {
    const job = await finished();
    desk.gateway.setFaults(({ endpoint }) => {
      if (endpoint === 'batch.get_job_details') desk.gateway.setJobState(job, 'queued'); // and processing, once asked
      return undefined;
    });
    const billed = await desk.billed(async () => {
      expect((await rejected(ingest())).code).to.equal('BATCH_NOT_READY');
    });
    expect(billed).to.deep.equal(NOTHING);
    desk.gateway.setFaults();
    desk.gateway.setJobState(job, 'done');
    expect(await desk.billed(async () => void (await ingest()))).to.include({ requests: 1 });
    await expectHeld();
  });

  const damages: readonly (readonly [what: string, damage: (folder: string) => Promise<void>])[] = [
    ['a file is cut', async (folder) => truncate(await dataFile(folder), 100)],
    ['a file was moved away', async (folder) => rm(await dataFile(folder))],
    ['the record is no record', async (folder) => writeFile(join(folder, 'tickloom.json'), '{')],
    [
      'a byte of a file is another',
      async (folder) => {
        const path = await dataFile(folder);
        const bytes = await readFile(path);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        await writeFile(path, bytes);
      },
    ],
  ];
  for (const [what, damage] of damages) {
    it(`of which ${what} in the archive are downloaded again for nothing`, async () => {
      const { id, folder } = await archived();
      await damage(folder);
      const billed = await desk.billed(async () => {
        const { report, notes, offers } = await ingest();
        expect(report.status).to.equal('complete');
        expect(notes).to.contain(`info: downloading job ${id} for nothing`);
        expect(offers).to.have.lengthOf(1);
      });
      expect(billed.bytes).to.be.below(70 * TRADE_BYTES);
      expect((await desk.tickloom().archive.verify()).entries.map(({ status }) => status)).to.deep.equal(['ok', 'ok']);
      await expectHeld();
    });

    it(`of which ${what} in the archive, and that have expired, are bought anew`, async () => {
      const { id, folder } = await archived();
      await damage(folder);
      desk.gateway.setJobState(id, 'expired');
      const plan = await desk.tickloom().plan({ request: ASKED });
      const { report, notes, offers } = await ingest();
      expect(report.status).to.equal('complete');
      expect(notes).to.match(new RegExp(`batch job ${id} (cannot be taken|has to be downloaded again)`));
      expect(Number(offers[0]?.costUsd)).to.be.closeTo(report.cost_usd.spent, 1e-9).and.above(0);
      if (!what.includes('byte')) expect(plan.chunks).to.include({ batch: 0 });
      await expectHeld();
    });
  }

  it('are downloaded before a person is asked, and a no buys nothing', async () => {
    await finished();
    const confirm = async (): Promise<boolean> => {
      expect(calls('batch.file')).to.be.above(3);
      return false;
    };
    const billed = await desk.billed(async () => {
      expect((await rejected(ingest({}, { spending: { confirm } }))).code).to.equal('COST_CAP');
    });
    expect(billed).to.deep.equal(NOTHING);
  });

  it('are downloaded no further, and nothing is bought, at an interruption', async () => {
    await finished();
    const stop = new AbortController();
    desk.gateway.setFaults(({ endpoint }) => {
      if (endpoint !== 'batch.file') return undefined;
      stop.abort();
      return { kind: 'stall' };
    });
    const billed = await desk.billed(async () => {
      const run = desk.tickloom().ingest({ paths: [], request: ASKED }, { signal: stop.signal });
      expect((await rejected(run)).code).to.equal('CANCELLED');
    });
    expect(billed).to.deep.equal(NOTHING);
    desk.gateway.setFaults();
    await ingest();
    await expectHeld();
  });

  const finishDay = (): void => {
    const today = new Date().toISOString().slice(0, 10);
    desk.gateway.setCondition('GLBX.MDP3', '2024-01-10', { condition: 'available', lastModifiedDate: today });
    desk.gateway.revise('GLBX.MDP3', '2024-01-10');
  };
  for (const here of [false, true]) {
    const where = here ? 'in the archive' : "at the vendor's";
    it(`${where} have nothing of a day that was not finished when they were made`, async () => {
      desk.gateway.setCondition('GLBX.MDP3', '2024-01-10', 'pending');
      const job = await finishedAnyhow();
      if (here) await desk.tickloom().batch.download({ jobId: job });
      finishDay();
      const billed = await desk.billed(async () => {
        const { report, notes, offers } = await ingest();
        expect(report.status).to.equal('complete');
        expect(notes).to.match(/in batch jobs, for nothing: 1 chunk/);
        expect(offers.map(({ chunks }) => chunks)).to.deep.equal([2]);
      });
      expect(billed).to.include({ requests: 2 });
      await expectHeld();
    });

    it(`${where} are taken while a day is not finished, which is bought later`, async () => {
      desk.gateway.setCondition('GLBX.MDP3', '2024-01-10', 'pending');
      const job = await finishedAnyhow();
      if (here) await desk.tickloom().batch.download({ jobId: job });
      const first = await ingest();
      expect(first.report.status).to.equal('complete');
      expect(first.notes).to.match(/in batch jobs, for nothing: 1 chunk/);
      const ofTheDay = `ts_recv >= '2024-01-10' and ts_recv < '2024-01-11'`;
      expect(await rowsOfTable(desk.client, 'trades', ofTheDay)).to.deep.equal([]);
      finishDay();
      expect(await desk.billed(() => ingest())).to.include({ requests: 1 });
      await expectHeld();
    });
  }

  it('that may have days that were not finished are priced by plan as if they had not, and by ingest as they are', async () => {
    const job = await finished();
    const today = new Date().toISOString().slice(0, 10);
    desk.gateway.setCondition('GLBX.MDP3', '2024-01-10', { condition: 'available', lastModifiedDate: today });
    const plan = await desk.tickloom().plan({ request: DAYS });
    expect(plan.chunks).to.include({ batch: 1, buy: 1 });
    expect(plan.notes.join('\n')).to.match(
      new RegExp(`2024-01-10 was changed by the vendor since batch job ${job} was submitted`),
    );
    expect(plan.cost_usd.estimated).to.be.above(0);
    const dry = await ingest({ end: DAYS.end }, { dryRun: true });
    expect(dry.report.cost_usd.estimated).to.equal(plan.cost_usd.estimated);
    const billed = await desk.billed(async () => {
      const { report, offers, notes } = await ingest({ end: DAYS.end });
      expect([report.status, offers, report.cost_usd.estimated]).to.deep.equal(['complete', [], 0]);
      expect(notes).not.to.contain('was changed by the vendor');
    });
    expect(billed).to.deep.equal(NOTHING);
  });

  it('with the same limit are taken, and with another are not', async () => {
    await finished({ limit: 40 });
    const same = await desk.billed(async () => {
      const { report } = await ingest({ end: DAYS.end, limit: 40 });
      expect(report.records).to.include({ loaded: 40 });
    });
    expect(same).to.deep.equal(NOTHING);
    expect(await desk.billed(() => ingest({ end: DAYS.end, limit: 41 }))).to.include({ requests: 1 });
  });

  it('that are not done yet are named before their data are bought once more', async () => {
    await desk.close();
    await open({ jobStates: ['processing'] });
    const { jobs } = await desk.tickloom().batch.submit({ request: DAYS });
    const { notes } = await desk.tickloom().plan({ request: ASKED });
    expect(notes.join('\n')).to.contain(
      `batch job ${jobs[0]?.job_id ?? ''}, which is paid for and processing, will have some of this for nothing`,
    );
  });

  it('of which one tells nothing leave the others known', async () => {
    await desk.close();
    await open({ shortJobLists: true });
    const one = await finished({ end: '2024-01-10' });
    const other = await finished({ start: '2024-01-10' });
    desk.gateway.setFaults(({ endpoint, parameters }) =>
      endpoint === 'batch.get_job_details' && parameters['job_id'] === one
        ? { kind: 'status', status: 404, body: 'string' }
        : undefined,
    );
    const said: string[] = [];
    const listed = await desk.tickloom().batch.list({}, { onNote: (text) => said.push(text) });
    expect(said.join('\n')).to.contain(`no more is known of batch job ${one} than that it is there: `);
    expect(listed.map(({ job_id, schema }) => [job_id, schema])).to.deep.equal([
      [one, null],
      [other, 'trades'],
    ]);
    const plan = await desk.tickloom().plan({ request: DAYS });
    expect(plan.chunks).to.include({ batch: 1, buy: 1 });
    expect(plan.notes.join('\n')).to.match(new RegExp(`no more is known of batch job ${one} than that it is there: `));
    // whoever cannot tell whether the same was submitted must not submit it
    const submitting = desk.tickloom().batch.submit({ request: DAYS });
    expect((await rejected(submitting)).code).to.equal('REQUEST_REJECTED');
  });

  it('whose files are no part of what they are for are named, and not taken', async () => {
    const { id, folder } = await archived();
    const path = join(folder, 'odd.dbn');
    const range = { start: at('2024-01-10'), end: null };
    const header = { dataset: 'GLBX.MDP3', schema: 'trades', stypeIn: 'continuous', symbols: ['ES.c.0'] } as const;
    const bytes = encodeMetadata(newMetadata({ ...header, ...range }));
    await writeFile(path, bytes);
    const record = join(folder, 'tickloom.json');
    const { files, ...rest } = JSON.parse(await readFile(record, 'utf8')) as { files: { file: string }[] };
    const others = files.filter(({ file }) => !file.includes('20240110'));
    await rm(await dataFile(folder));
    const odd = { file: 'odd.dbn', bytes: bytes.length, sha256: null };
    await writeFile(record, JSON.stringify({ ...rest, files: [...others, odd] }));
    desk.gateway.setJobState(id, 'expired');
    await rm(join(folder, 'manifest.json'), { force: true });
    await writeFile(
      record,
      JSON.stringify({ ...rest, files: [...others.filter(({ file }) => file !== 'manifest.json'), odd] }),
    );
    const { report, notes } = await ingest();
    expect(report.status).to.equal('complete');
    expect(notes).to.match(/odd\.dbn" does not say that it is a part of what the job is for/);
    await expectHeld();
  });

  it('that are done and have expired are submitted again, by the clock of the service and not by ours', async () => {
    const job = await finished();
    const submit = async (serviceDays: number, ourDays: number) => {
      const later = (time: Date, days: number): Date => new Date(time.getTime() + days * 86_400_000);
      const headers = { Date: later(new Date(), serviceDays).toUTCString() };
      desk.gateway.setFaults(() => ({ kind: 'headers', headers }));
      const tickloom = createTickloom({
        ...{ database: desk.url, archive: desk.archive, env: desk.env },
        replace: {
          clock: (clock) => ({
            now: () => later(clock.now(), ourDays),
            monotonicMs: () => clock.monotonicMs(),
            peakRssBytes: () => clock.peakRssBytes(),
            uuid: () => clock.uuid(),
          }),
        },
      });
      return tickloom.batch.submit({ request: DAYS }).finally(() => tickloom.close());
    };
    expect((await submit(0, 1000)).jobs[0]).to.include({ job_id: job, status: 'there', state: 'done' });
    expect((await submit(29, 0)).jobs[0]).to.include({ job_id: job, status: 'there', state: 'done' });
    expect((await submit(31, -1000)).jobs[0]).to.include({ status: 'submitted' });
    expect(calls('batch.submit_job')).to.equal(2);
  });
});
