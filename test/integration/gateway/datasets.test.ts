import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { encodeDbn, newMetadata, type RecordToEncode } from '../../../src/core/dbn/index.js';
import { generateSample } from '../../../src/core/sample/index.js';
import { dbnFiles, sampled, startGateway, type Gateway, type GatewayDataset } from '../../../src/testing/index.js';
import { decodeBytes, GatewayClient } from '../../support/gateway-client.js';

const nanos = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;

function sampleBytes(request: Partial<Parameters<typeof generateSample>[0]>): Buffer {
  const wanted = { schema: 'trades', records: 3_000, instruments: 2, days: 4, seed: 1, ...request };
  return Buffer.concat([...generateSample(wanted).bytes()]);
}

const trade = (time: string, instrument_id = 7): RecordToEncode => ({
  layout: 'trade',
  values: { ts_event: nanos(time), ts_recv: nanos(time), instrument_id, price: 1n, size: 1, action: 'T' },
});

describe('datasets of the stand-in gateway', () => {
  const open: Gateway[] = [];
  const serve = async (data: GatewayDataset | Promise<GatewayDataset>): Promise<GatewayClient> => {
    const gateway = await startGateway({ datasets: { 'GLBX.MDP3': data } });
    open.push(gateway);
    return new GatewayClient(gateway);
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((gateway) => gateway.close()));
  });

  describe('from DBN files', () => {
    it('serve their records by every symbol that their headers know', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'tickloom-gateway-'));
      try {
        const path = join(folder, 'trades.dbn');
        const continuous = sampleBytes({});
        await writeFile(path, continuous);
        const client = await serve(dbnFiles([path, sampleBytes({ schema: 'definition', records: 200 })]));
        const range = { start: '2024-03-04', end: '2024-03-08' };
        const { records, metadata } = await decodeBytes(continuous);
        const unmapped = 999_999_999;
        const mapped = records.filter((record) => Buffer.from(record, 'hex').readUInt32LE(4) !== unmapped);
        const symbols = metadata.symbols.join(',');
        const byContinuous = await client.decoded({ symbols, stype_in: 'continuous', ...range });
        expect(byContinuous.records).to.deep.equal(mapped);
        expect(byContinuous.metadata.mappings).to.deep.equal(metadata.mappings);
        const byParent = await client.decoded({ symbols: 'ES.FUT,NQ.FUT', stype_in: 'parent', ...range });
        expect(byParent.records).to.deep.equal(mapped);
        expect(byParent.metadata.mappings.map(({ rawSymbol }) => rawSymbol)).to.include.members(['ESH4', 'ESM4']);
        expect((await client.decoded(range)).records).to.deep.equal(records);
        const byId = await client.decoded({ symbols: String(unmapped), stype_in: 'instrument_id', ...range });
        expect(byId.records.length).to.equal(records.length - mapped.length);
        expect(await client.json('metadata.get_record_count', range)).to.equal(records.length);
        expect(await client.json('metadata.list_schemas')).to.deep.equal(['trades', 'definition']);
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    it('serve parents of futures and options from the headers of a parent request', async () => {
      const file = sampleBytes({ schema: 'definition', records: 400, stypeIn: 'parent' });
      const client = await serve(dbnFiles([file]));
      const range = { schema: 'definition', stype_in: 'parent', start: '2024-03-04', end: '2024-03-08' };
      const futures = await client.decoded({ ...range, symbols: 'ES.FUT' });
      const options = await client.decoded({ ...range, symbols: 'ES.OPT' });
      expect(futures.metadata.mappings.every(({ rawSymbol }) => !rawSymbol.includes(' '))).to.equal(true);
      expect(options.metadata.mappings.every(({ rawSymbol }) => rawSymbol.includes(' '))).to.equal(true);
      expect(options.records.length).to.be.greaterThan(0);
    });

    it('serve older files in the version asked for', async () => {
      const client = await serve(dbnFiles([sampleBytes({ schema: 'statistics', version: 1, records: 100 })]));
      const { metadata, records } = await client.decoded({
        schema: 'statistics',
        start: '2024-03-04',
        end: '2024-03-08',
      });
      expect(metadata.version).to.equal(3);
      expect(new Set(records.map((record) => record.length / 2))).to.deep.equal(new Set([80]));
    });

    it('keep the order of a file whose times run backwards, and leave out what has no time', async () => {
      const metadata = newMetadata({
        dataset: 'GLBX.MDP3',
        schema: 'trades',
        start: nanos('2024-01-09'),
        end: nanos('2024-01-11'),
        mappings: [
          { rawSymbol: 'ESH4', intervals: [{ startDate: 20240109, endDate: 20240111, symbol: '7' }] },
          { rawSymbol: 'OLD', intervals: [{ startDate: 20240109, endDate: 20240111, symbol: '' }] },
        ],
      });
      const times = ['2024-01-09T02:00Z', '2024-01-09T01:00Z', '2024-01-10T01:00Z', '2024-01-09T03:00Z'];
      const timeless = { layout: 'trade', values: { instrument_id: 7, action: 'T' } };
      const bytes = encodeDbn(metadata, [...times.map((time) => trade(time)), timeless]);
      const client = await serve(dbnFiles([bytes]));
      const served = await client.decoded({ symbols: 'ESH4', start: '2024-01-09', end: '2024-01-11' });
      expect(served.records).to.deep.equal((await decodeBytes(bytes)).records.slice(0, -1));
      const first = await client.decoded({ symbols: 'ESH4', start: '2024-01-09' });
      expect(first.records.length).to.equal(3);
      expect((await client.get('timeseries.get_range', { symbols: 'OLD', start: '2024-01-09' })).status).to.equal(422);
    });

    it('learn symbols from a request by id, and the schema of mixed files from their records', async () => {
      const metadata = newMetadata({
        dataset: 'GLBX.MDP3',
        schema: null,
        stypeIn: 'instrument_id',
        stypeOut: 'raw_symbol',
        mappings: [{ rawSymbol: '7', intervals: [{ startDate: 20240109, endDate: 20240110, symbol: 'ESH4' }] }],
      });
      const bar = {
        layout: 'ohlcv',
        values: {
          rtype: 35,
          ts_event: nanos('2024-01-09'),
          instrument_id: 7,
          open: 1n,
          high: 1n,
          low: 1n,
          close: 1n,
          volume: 1n,
        },
      };
      const client = await serve(dbnFiles([encodeDbn(metadata, [trade('2024-01-09T05:00Z'), bar])]));
      const range = { start: String(nanos('2024-01-09T05:00Z')), end: String(nanos('2024-01-09T05:00Z') + 1n) };
      expect((await client.decoded({ symbols: 'ESH4', ...range })).records.length).to.equal(1);
      expect(await client.json('metadata.list_schemas')).to.deep.equal(['trades', 'ohlcv-1d']);
    });
  });

  describe('that are made up', () => {
    it('are the same for the same options and differ by seed', async () => {
      const wanted = { symbols: 'ESH4', start: '2024-01-08' };
      const options = { start: '2024-01-08', end: '2024-01-10', rolls: [] };
      const records = async (seed: number): Promise<string[]> =>
        (await (await serve(sampled({ ...options, seed }))).decoded(wanted)).records;
      expect(await records(1)).to.deep.equal(await records(1));
      expect(await records(2)).not.to.deep.equal(await records(1));
    });

    it('give a day the same records in any range', async () => {
      const wanted = { symbols: 'ZRK4', start: '2024-01-10' };
      const rolls = ['2024-01-20'];
      const short = await serve(sampled({ start: '2024-01-10', end: '2024-01-11', rolls, roots: ['ZR'] }));
      const long = await serve(sampled({ start: '2024-01-02', end: '2024-03-01', rolls, roots: ['ES', 'ZR'] }));
      expect((await long.decoded(wanted)).records).to.deep.equal((await short.decoded(wanted)).records);
    });

    it('roll where they are told to, and on third Fridays', async () => {
      const client = await serve(
        sampled({ start: '2024-01-02', end: '2024-07-01', rolls: ['2024-02-06'], roots: ['ES'] }),
      );
      const { result } = await client.json<{ result: Record<string, { d0: string }[]> }>('symbology.resolve', {
        symbols: 'ES.c.0',
        stype_in: 'continuous',
        stype_out: 'instrument_id',
        start_date: '2024-01-02',
        end_date: '2024-07-01',
      });
      expect(result['ES.c.0']?.map(({ d0 }) => d0)).to.deep.equal(['2024-01-02', '2024-02-06', '2024-06-23']);
    });

    it('are closed on weekends and on the days named', async () => {
      const client = await serve(sampled({ start: '2024-01-08', end: '2024-01-22', closed: ['2024-01-15'] }));
      const { records } = await client.decoded({
        symbols: 'ES.c.0',
        stype_in: 'continuous',
        schema: 'ohlcv-1d',
        start: '2024-01-08',
        end: '2024-01-22',
      });
      const days = records.map((record) =>
        new Date(Number(Buffer.from(record, 'hex').readBigUInt64LE(8) / 1_000_000n)).toISOString().slice(8, 10),
      );
      expect(days.join(' ')).to.equal('08 09 10 11 12 14 16 17 18 19 21');
    });

    it('have from a handful to very many records a day', async () => {
      const client = await serve(sampled({ recordsPerDay: { ES: 200_000, NQ: 3 }, end: '2024-01-10', rolls: [] }));
      const count = (symbols: string): Promise<number> =>
        client.json('metadata.get_record_count', { symbols, start: '2024-01-09' });
      expect(await count('ESH4')).to.equal(200_000);
      expect(await count('NQH4')).to.equal(3);
      const { records } = await client.decoded({ symbols: 'ESH4', start: '2024-01-09', limit: '100000' });
      expect(records.length).to.equal(100_000);
    });

    it('refuse options that make no market', () => {
      expect(() => sampled({ roots: ['XX'] })).to.throw('no product "XX"; known: ES, NQ');
      expect(() => sampled({ start: '2024-02-30' })).to.throw('no date');
      expect(() => sampled({ start: '2024-01-08', end: '2024-01-08' })).to.throw('ends after it starts');
    });
  });
});
