import { expect } from 'chai';
import { sampled, startGateway, type Gateway } from '../../../src/testing/index.js';
import { GatewayClient } from '../../support/gateway-client.js';

interface Symbology {
  readonly result: Record<string, { d0: string; d1: string; s: string }[]>;
  readonly partial: string[];
  readonly not_found: string[];
  readonly status: number;
  readonly message: string;
}

const WEEK = { start: '2024-01-08', end: '2024-01-15' };
const DATES = { start_date: WEEK.start, end_date: WEEK.end };

describe('the free endpoints of the stand-in gateway', () => {
  let gateway: Gateway;
  let client: GatewayClient;
  const resolve = (parameters: Record<string, string>): Promise<Symbology> =>
    client.json('symbology.resolve', { stype_in: 'raw_symbol', stype_out: 'instrument_id', ...DATES, ...parameters });

  before(async () => {
    gateway = await startGateway({
      datasets: {
        'GLBX.MDP3': sampled({ ...WEEK, recordsPerDay: 400, closed: ['2024-01-12'] }),
        'IFEU.IMPACT': sampled({ start: '2023-01-02', end: '2023-02-01', roots: ['CL'] }),
      },
      conditions: {
        'GLBX.MDP3': {
          '2024-01-09': 'degraded',
          '2024-01-10': { condition: 'pending', lastModifiedDate: '2024-01-20' },
          '2024-01-12': 'missing',
        },
      },
      unitPrices: { 'GLBX.MDP3': { trades: 10 } },
      bytesPerGb: 1_000_000_000,
    });
    client = new GatewayClient(gateway);
  });
  after(() => gateway.close());

  it('list publishers, datasets and schemas', async () => {
    expect(await client.json('metadata.list_publishers')).to.deep.include({
      publisher_id: 1,
      dataset: 'GLBX.MDP3',
      venue: 'GLBX',
      description: 'CME Globex MDP 3.0',
    });
    expect(await client.json('metadata.list_datasets')).to.deep.equal(['GLBX.MDP3', 'IFEU.IMPACT']);
    expect(await client.json('metadata.list_datasets', { start_date: '2023-02-01' })).to.deep.equal(['GLBX.MDP3']);
    expect(await client.json('metadata.list_datasets', { end_date: '2024-01-08' })).to.deep.equal(['IFEU.IMPACT']);
    expect((await client.get('metadata.list_datasets', { end_date: 'soon' })).status).to.equal(422);
    expect(await client.json('metadata.list_schemas')).to.include.members(['trades', 'tbbo', 'definition']);
  });

  it('describe the fields of a schema by C types, in the order of the encoding', async () => {
    const fields = await client.json<{ name: string; type: string }[]>('metadata.list_fields', {
      schema: 'definition',
      encoding: 'dbn',
    });
    expect(fields.slice(0, 5)).to.deep.equal([
      { name: 'length', type: 'uint8_t' },
      { name: 'rtype', type: 'uint8_t' },
      { name: 'publisher_id', type: 'uint16_t' },
      { name: 'instrument_id', type: 'uint32_t' },
      { name: 'ts_event', type: 'uint64_t' },
    ]);
    expect(fields).to.deep.include({ name: 'raw_symbol', type: 'char[71]' });
    expect(fields.some(({ name }) => name.startsWith('_'))).to.equal(false);
    const csv = await client.json<{ name: string }[]>('metadata.list_fields', {
      dataset: '',
      schema: 'trades',
      encoding: 'csv',
    });
    expect(csv[0]?.name).to.equal('ts_recv');
  });

  it('list prices by mode', async () => {
    const prices =
      await client.json<{ mode: string; unit_prices: Record<string, number> }[]>('metadata.list_unit_prices');
    expect(prices.map(({ mode }) => mode)).to.deep.equal(['historical', 'historical-streaming', 'live']);
    expect(prices[1]?.unit_prices).to.include({ trades: 10, tbbo: 25 });
  });

  it('give the condition of the days up to and with the last one', async () => {
    const all = await client.json<{ date: string }[]>('metadata.get_dataset_condition', {
      start_date: '2024-01-09',
      end_date: '2024-01-14',
    });
    expect(all).to.deep.equal([
      { date: '2024-01-09', condition: 'degraded', last_modified_date: '2024-01-10' },
      { date: '2024-01-10', condition: 'pending', last_modified_date: '2024-01-20' },
      { date: '2024-01-11', condition: 'available', last_modified_date: '2024-01-12' },
      { date: '2024-01-12', condition: 'missing', last_modified_date: null },
      { date: '2024-01-14', condition: 'available', last_modified_date: '2024-01-15' },
    ]);
    expect((await client.json<unknown[]>('metadata.get_dataset_condition')).length).to.equal(6);
    const turned = { start_date: '2024-01-10', end_date: '2024-01-09' };
    expect((await client.get('metadata.get_dataset_condition', turned)).status).to.equal(422);
    gateway.setCondition('GLBX.MDP3', '2024-01-10', 'available');
    const [changed] = await client.json<unknown[]>('metadata.get_dataset_condition', {
      start_date: '2024-01-10',
      end_date: '2024-01-10',
    });
    expect(changed).to.include({ condition: 'available', last_modified_date: '2024-01-11' });
  });

  it('warn of days of reduced quality with the data', async () => {
    const response = await client.range({ symbols: 'ESM4', start: '2024-01-08', end: '2024-01-10' });
    expect(response.headers.get('x-warning')).to.contain('2024-01-09 (degraded)');
    await response.arrayBuffer();
  });

  it('give the range of the dataset and of each schema', async () => {
    const whole = { start: '2024-01-08T00:00:00.000000000Z', end: '2024-01-15T00:00:00.000000000Z' };
    const range = await client.json<{ schema: Record<string, unknown> }>('metadata.get_dataset_range');
    expect(range).to.include(whole);
    expect(range.schema['trades']).to.deep.equal(whole);
  });

  for (const schema of ['trades', 'tbbo', 'ohlcv-1m', 'statistics', 'definition']) {
    it(`count, size and price what ${schema} has, as bare numbers`, async () => {
      const wanted = { symbols: 'ES.FUT', stype_in: 'parent', schema, ...WEEK };
      const { records } = await client.decoded(wanted);
      const size = records.reduce((sum, record) => sum + record.length / 2, 0);
      expect(await client.json('metadata.get_record_count', wanted)).to.equal(records.length);
      expect(await client.json('metadata.get_billable_size', wanted)).to.equal(size);
      const prices: Record<string, number> = { trades: 10, tbbo: 25, 'ohlcv-1m': 280, statistics: 11, definition: 5 };
      const cost = await (await client.post('metadata.get_cost', wanted)).json();
      expect(cost).to.be.closeTo((size * (prices[schema] as number)) / 1e9, 1e-12);
      const live = await client.json<number>('metadata.get_cost', { ...wanted, mode: 'live' });
      expect(live).to.be.greaterThan(cost as number);
    });
  }

  it('count up to a limit', async () => {
    const wanted = { symbols: 'ESM4', ...WEEK, limit: '7' };
    expect(await client.json('metadata.get_record_count', wanted)).to.equal(7);
    expect(await client.json('metadata.get_billable_size', wanted)).to.equal(7 * 48);
  });

  it('count exactly for multiples of ten minutes and take other ranges outward', async () => {
    const count = (start: string, end: string, schema = 'trades'): Promise<number> =>
      client.json('metadata.get_record_count', { symbols: 'ESM4', schema, start, end });
    const exact = { symbols: 'ESM4', start: '2024-01-11T10:10', end: '2024-01-11T12:00' };
    const { records } = await client.decoded(exact);
    expect(await count(exact.start, exact.end)).to.equal(records.length);
    expect(await count('2024-01-11T10:13:07', '2024-01-11T11:51:00')).to.equal(records.length);
    const day = await count('2024-01-11', '2024-01-12', 'definition');
    expect(await count('2024-01-11T13:00', '2024-01-11T14:00', 'definition')).to.equal(day);
    expect(day).to.equal(2);
  });

  it('resolve continuous symbols with their rolls', async () => {
    const { result, status, message } = await resolve({
      symbols: 'ES.c.0,ES.v.0,ES.n.0,NQ.c.1',
      stype_in: 'continuous',
    });
    expect([status, message]).to.deep.equal([0, 'OK']);
    const starts = Object.fromEntries(
      Object.entries(result).map(([symbol, days]) => [symbol, days.map(({ d0 }) => d0)]),
    );
    expect(starts).to.deep.equal({
      'ES.c.0': ['2024-01-08', '2024-01-10'],
      'ES.v.0': ['2024-01-08', '2024-01-09'],
      'ES.n.0': ['2024-01-08', '2024-01-10'],
      'NQ.c.1': ['2024-01-08', '2024-01-10'],
    });
    expect(result['ES.c.0']?.at(-1)?.d1).to.equal('2024-01-15');
    const raw = await resolve({
      symbols: result['ES.c.0']?.map(({ s }) => s).join(',') ?? '',
      stype_in: 'instrument_id',
      stype_out: 'raw_symbol',
    });
    expect(Object.values(raw.result).map((days) => days[0]?.s)).to.deep.equal(['ESH4', 'ESM4']);
  });

  it('resolve a parent to its futures and spreads', async () => {
    const { result } = await resolve({ symbols: 'ZR.FUT', stype_in: 'parent', end_date: '2024-01-09' });
    const ids = result['ZR.FUT']?.map(({ s }) => s) ?? [];
    const raw = await resolve({ symbols: ids.join(','), stype_in: 'instrument_id', stype_out: 'raw_symbol' });
    expect(Object.values(raw.result).map((days) => days[0]?.s)).to.deep.equal([
      'ZRF4',
      'ZRH4',
      'ZRK4',
      'ZRF4-ZRH4',
      'ZRH4-ZRK4',
    ]);
  });

  it('resolve all symbols', async () => {
    const { result, partial } = await resolve({ symbols: 'ALL_SYMBOLS' });
    expect(Object.keys(result)).to.include.members(['ESH4', 'NQM4', 'ZRF4-ZRH4']);
    expect(partial).to.include('ESH4');
  });

  it('name what resolves in part and not at all, with status 200', async () => {
    const reply = await resolve({ symbols: 'ESH4,ESM4,NOPE' });
    expect(reply).to.deep.include({ partial: ['ESH4'], not_found: ['NOPE'], status: 1, message: 'Partially resolved' });
    expect(reply.result['NOPE']).to.deep.equal([]);
    expect(reply).to.have.all.keys(
      ...['result', 'symbols', 'stype_in', 'stype_out', 'start_date', 'end_date', 'partial', 'not_found', 'message'],
      'status',
    );
    expect(await resolve({ symbols: 'NOPE' })).to.include({ status: 2, message: 'Not found' });
    const saturday = await resolve({ symbols: 'ESM4', start_date: '2024-01-13', end_date: '2024-01-14' });
    expect(saturday.not_found).to.deep.equal(['ESM4']);
  });

  it('fill the end date, and refuse an empty range of dates', async () => {
    const symbols = { symbols: 'ESM4', stype_in: 'raw_symbol', stype_out: 'instrument_id' };
    const day = await client.json('symbology.resolve', { ...symbols, start_date: '2024-01-11' });
    expect(day).to.include({ start_date: '2024-01-11', end_date: '2024-01-12' });
    const month = await client.json('symbology.resolve', { ...symbols, start_date: '2024-01' });
    expect(month).to.include({ start_date: '2024-01-01', end_date: '2024-02-01' });
    expect(await client.refusal('symbology.resolve', { ...symbols, ...DATES, end_date: WEEK.start })).to.deep.equal([
      422,
      'data_date_range_start_on_or_after_end',
    ]);
    for (const wrong of [{ start_date: 'soon' }, { start_date: '1704758400000000000' }, { end_date: '20240110' }]) {
      expect((await client.refusal('symbology.resolve', { ...symbols, ...DATES, ...wrong }))[0]).to.equal(422);
    }
    expect((await client.refusal('symbology.resolve', { ...symbols, ...DATES, symbols: '' }))[0]).to.equal(422);
  });

  it('cost nothing', async () => {
    expect(
      gateway.requests
        .filter(({ endpoint }) => !endpoint.startsWith('timeseries.'))
        .every(({ billedBytes }) => billedBytes === 0),
    ).to.equal(true);
  });
});
