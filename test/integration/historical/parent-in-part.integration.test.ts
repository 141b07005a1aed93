import { join } from 'node:path';
import { expect } from 'chai';
import type { ApiRequest, RunReport } from '../../../src/index.js';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../../src/testing/index.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

const DAYS = { start: '2024-01-11', end: '2024-01-16' };

/** Counted is what the stand-in service bills. */
describe('A parent, some of whose instruments were bought singly', function () {
  this.timeout(120_000);
  let gateway: Gateway;
  let held: VerifiedDatabase;
  let tickloom: VerifiedDatabase['tickloom'];

  before(async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES', 'NQ'], recordsPerDay: 200 });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': market } });
  });
  after(() => gateway.close());
  beforeEach(async () => {
    held = await VerifiedDatabase.create();
    tickloom = held.open({ archive: join(held.folder, 'archive'), gateway: gateway.url, apiKey: STAND_IN_KEY });
  });
  afterEach(() => held.close());

  const bought = async (
    symbols: string,
    more: Partial<ApiRequest> = {},
  ): Promise<[report: RunReport, bytes: number]> => {
    const request = { api: 'databento', dataset: 'GLBX.MDP3', schemas: ['trades'], ...DAYS, ...more };
    const before = gateway.bill.bytes;
    const report = await tickloom.ingest({
      paths: [],
      request: { ...request, symbols: symbols.split(',') },
      spending: { maxCost: '5' },
    });
    expect(report.status).to.equal('complete');
    return [report, gateway.bill.bytes - before];
  };
  const rows = async (): Promise<unknown[]> =>
    held.rows(
      'select ts_recv, ts_event, sequence, instrument_id, price, size, symbol from trades order by 1, 2, 3, 4, 5, 6, 7',
    );

  for (const chunk of ['auto', 'day'] as const) {
    it(`brings the others, no record twice, and the same rows, in chunks of ${chunk}`, async () => {
      const [, whole] = await bought('ES.FUT', { chunk });
      const expected = await rows();
      await held.close();
      held = await VerifiedDatabase.create();
      tickloom = held.open({ archive: join(held.folder, 'archive'), gateway: gateway.url, apiKey: STAND_IN_KEY });

      const [, near] = await bought('ESH4', { end: '2024-01-13' });
      const [, far] = await bought('ESM4');
      const [rest, others] = await bought('ES.FUT', { chunk });
      expect(near + far + others).to.equal(whole);
      expect(near).to.be.greaterThan(0);
      expect(rest.records).to.include({ loaded: others / 48, already_loaded: 0 });
      expect(await rows()).to.deep.equal(expected);

      const [again, nothing] = await bought('ES.FUT', { chunk });
      expect([nothing, again.records.decoded, again.chunks.already_loaded]).to.deep.equal([0, 0, again.chunks.planned]);
      await held.expectSound();
    });
  }

  it('is rebuilt for nothing from an archive that has its instruments one by one', async () => {
    await bought('ESH4,ESM4');
    const [, others] = await bought('ES.FUT');
    const expected = await rows();
    await held.rows('truncate trades, coverage, chunks cascade');
    const [, nothing] = await bought('ES.FUT');
    expect([others > 0, nothing]).to.deep.equal([true, 0]);
    expect(await rows()).to.deep.equal(expected);
  });

  it('is bought again with ALL_SYMBOLS, which is said beforehand', async () => {
    await bought('ESH4,ESM4');
    const request = { api: 'databento', dataset: 'GLBX.MDP3', schemas: ['trades'], ...DAYS, symbols: ['ALL_SYMBOLS'] };
    const plan = await tickloom.plan({ request });
    expect(plan.notes.join('\n')).to.match(/2 instruments are there already .* so that is bought again/);
  });
});
