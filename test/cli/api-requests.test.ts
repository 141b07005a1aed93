import { expect } from 'chai';
import { sampled } from '../../src/testing/index.js';
import { ApiDesk } from '../support/api-desk.js';
import { expectSameRows, rowsOfService, rowsOfTable, type TextRow } from '../support/service-rows.js';

/** Symbols and days of the commands, as they stand in the documentation. */
const ASKED = {
  tbbo: { symbols: 'ZR.c.0', start: '2024-01-10', end: '2024-01-11' },
  trades: { symbols: 'ES.c.0,NQ.c.0', start: '2024-01-08', end: '2024-01-15' },
  'ohlcv-1d': { symbols: 'ES.c.0,NQ.c.0', start: '2024-01-08', end: '2024-01-15' },
  statistics: { symbols: 'ES.c.0,NQ.c.0', start: '2024-01-08', end: '2024-01-15' },
  definition: { symbols: 'ES.c.0,NQ.c.0', start: '2024-01-08', end: '2024-01-15' },
} as const;

describe('the commands that buy from the API', function () {
  this.timeout(120_000);
  let desk: ApiDesk;

  before(async () => {
    // the middle of the range, a Wednesday, is where the front contracts roll
    const rolls = ['2024-01-10'];
    const market = sampled({
      start: '2024-01-01',
      end: '2024-02-01',
      roots: ['ES', 'NQ', 'ZR'],
      recordsPerDay: 200,
      rolls,
    });
    desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market } });
  });
  after(() => desk.close());

  for (const [schema, { symbols, start, end }] of Object.entries(ASKED)) {
    describe(`of ${schema}`, () => {
      const table = schema.replace('-', '_');
      const range = ['--start-date', start, '--end-date', end];
      let expected: TextRow[];
      before(async () => {
        const query = { dataset: 'GLBX.MDP3', schema, symbols, stype_in: 'continuous', start, end };
        expected = await rowsOfService(desk.gateway, query);
      });

      it('bring every record, value by value, and say what they cost', async () => {
        const asked = ['--dataset', 'GLBX.MDP3', '--schema', schema, '--symbols', symbols, ...range];
        const command = ['ingest', '--api', 'databento', ...asked, '--stype-in', 'continuous', '--force'];
        let stderr = '';
        const billed = await desk.billed(async () => {
          const ran = await desk.run(command);
          ({ stderr } = ran);
          expect(ran.code, stderr).to.equal(0);
          expect(ran.stdout).to.equal('');
        });
        expectSameRows(await rowsOfTable(desk.client, table), expected);
        expect(billed.requests).to.equal(1);
        const [chunk] = await desk.rows<{ cost_usd: string; loaded: string }>(
          'select cost_usd, loaded from chunks order by chunk_id desc limit 1',
        );
        expect(Number(chunk?.loaded)).to.equal(expected.length);
        expect(Number(chunk?.cost_usd)).to.be.closeTo(billed.usd, 1e-12).and.above(0);
        expect(stderr).to.match(/to buy: 1 chunk, [\d,]+ records, [\d.]+ \w+, estimated at \$/);
        expect(stderr).to.match(/\ncost +\$[\d.]+ +spent by our count, \$[\d.]+ estimated\n/);
      });

      it('replace without buying, with the symbology from the symbols and the dataset from the environment', async () => {
        const command = ['ingest', '--api', 'databento', '--schema', schema, '--symbols', symbols, ...range];
        const more = ['--force', '--verbose', '--json'];
        const billed = await desk.billed(async () => {
          const { code, stdout, stderr } = await desk.run([...command, ...more], {
            env: { TICKLOOM_DATASET: 'GLBX.MDP3' },
          });
          expect(code, stderr).to.equal(0);
          const report = JSON.parse(stdout) as { records: Record<string, number>; cost_usd: unknown };
          expect(report.records).to.include({ loaded: expected.length, replaced: expected.length });
          expect(report.cost_usd).to.deep.equal({ estimated: 0, spent: 0 });
          expect(stderr).to.contain('symbols are read as continuous (from the form of the symbols)');
          expect(stderr).to.contain('nothing to buy; in the archive: 1 chunk');
        });
        expect(billed).to.deep.equal({ bytes: 0, usd: 0, requests: 0 });
        expectSameRows(await rowsOfTable(desk.client, table), expected);
      });
    });
  }

  describe('together', () => {
    it('leave a database that verifies, with every row under the symbol of its time', async () => {
      const { code, stdout } = await desk.run(['verify', '--deep', '--json']);
      expect(code, stdout).to.equal(0);
      const symbols = await desk.rows(
        'select symbol, count(distinct instrument_id)::int as contracts from trades group by symbol order by symbol',
      );
      expect(symbols).to.deep.equal([
        { symbol: 'ES.c.0', contracts: 2 },
        { symbol: 'NQ.c.0', contracts: 2 },
      ]);
    });
  });
});
