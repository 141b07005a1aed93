import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  createTickloom,
  type ApiRequest,
  type RunReport,
  type StaleReport,
  type Tickloom,
} from '../../../src/index.js';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../../src/testing/index.js';
import { createDatabase } from '../../support/postgres-server.js';

const DATASET = 'GLBX.MDP3';
const REQUEST: ApiRequest = {
  ...{ api: 'databento', dataset: DATASET, schemas: ['trades'], symbols: ['ES.c.0'], chunk: 'day' },
  ...{ start: '2024-01-09', end: '2024-01-12' },
};

describe('days that the vendor has changed', function () {
  this.timeout(60_000);
  let folder: string;
  let gateway: Gateway;
  let tickloom: Tickloom;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-stale-'));
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES'], recordsPerDay: 50 });
    gateway = await startGateway({ datasets: { [DATASET]: market } });
    const access = { archive: join(folder, 'archive'), gateway: gateway.url, apiKey: STAND_IN_KEY };
    tickloom = createTickloom({ database: (await createDatabase()).url, ...access });
  });
  after(async () => {
    await tickloom.close();
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  const ingest = (request: Partial<ApiRequest> = {}, more = {}): Promise<RunReport> =>
    tickloom.ingest({ paths: [], request: { ...REQUEST, ...request }, ...more });
  const modified = (date: string, lastModifiedDate: string, condition = 'available'): void =>
    gateway.setCondition(DATASET, date, { condition: condition as 'available', lastModifiedDate });
  const days = ({ days: stale }: StaleReport): unknown[] =>
    stale.map(({ date, bought, now }) => [date, bought.condition, now.condition, now.last_modified_date]);

  it('are none, and the service is not asked, where nothing was bought', async () => {
    const asked = gateway.requests.length;
    expect(await tickloom.staleCoverage()).to.deep.equal({ days: [], compared: 0, commands: [] });
    expect(gateway.requests.length).to.equal(asked);
  });

  it('are none while nothing has changed', async () => {
    expect((await ingest()).status).to.equal('complete');
    const bill = gateway.bill.usd;
    expect(await tickloom.staleCoverage()).to.deep.equal({ days: [], compared: 3, commands: [] });
    expect(gateway.bill.usd).to.equal(bill);
  });

  it('are listed with what was said then and now, and with the command that buys them again', async () => {
    modified('2024-01-10', '2024-02-01', 'degraded');
    gateway.revise(DATASET, '2024-01-11');
    modified('2024-01-11', '2024-02-02');
    modified('2024-01-15', '2024-02-02');
    const report = await tickloom.staleCoverage({ dataset: DATASET, schema: 'trades', symbols: ['ES.c.0'] });
    expect(days(report)).to.deep.equal([
      ['2024-01-10', 'available', 'degraded', '2024-02-01'],
      ['2024-01-11', 'available', 'available', '2024-02-02'],
    ]);
    expect(report.days[0]).to.include({ schema: 'trades', stype_in: 'continuous' });
    expect(report.commands).to.deep.equal([
      'tickloom ingest --api databento --dataset GLBX.MDP3 --schema trades --stype-in continuous --symbols ES.c.0 ' +
        '--start 2024-01-10 --end 2024-01-12 --force --refetch',
    ]);
    expect((await tickloom.staleCoverage({ schema: 'tbbo' })).compared).to.equal(0);
  });

  it('are stale no more when they were bought again, whether their records changed or not', async () => {
    const again = { start: '2024-01-10', end: '2024-01-12' };
    const report = await ingest(again, { force: true, refetch: true });
    expect(report.status).to.equal('complete');
    expect(days(await tickloom.staleCoverage())).to.deep.equal([]);
    expect((await tickloom.verify({ deep: true })).status).to.equal('ok');
  });

  it('are those of a batch job as well', async () => {
    const request = { ...REQUEST, start: '2024-01-16', end: '2024-01-18' };
    const [job] = (await tickloom.batch.submit({ request })).jobs;
    gateway.setJobState(job?.job_id ?? '', 'done');
    expect((await tickloom.ingest({ paths: [], batch: job?.job_id ?? '' })).status).to.equal('complete');
    expect((await tickloom.staleCoverage()).compared).to.equal(5);
    modified('2024-01-17', '2024-03-01');
    expect(days(await tickloom.staleCoverage())).to.deep.equal([
      ['2024-01-17', 'available', 'available', '2024-03-01'],
    ]);
  });
});
