import { expect } from 'chai';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../../src/testing/index.js';
import { basic, GatewayClient } from '../../support/gateway-client.js';

const RANGE = 'timeseries.get_range';
const DAY = { symbols: 'ESH4', start: '2024-01-09' };
const key = (name: string): string => `db-${name.padEnd(29, '0')}`;

describe('what the stand-in gateway refuses', () => {
  let gateway: Gateway;
  let client: GatewayClient;
  const as = (name: string): GatewayClient => new GatewayClient(gateway, undefined, basic(key(name)));

  before(async () => {
    const nanos = (date: string): bigint => BigInt(Date.parse(date)) * 1_000_000n;
    gateway = await startGateway({
      datasets: {
        'GLBX.MDP3': sampled({
          schemas: ['trades', 'ohlcv-1d', 'definition'],
          ranges: { definition: { start: nanos('2024-01-09'), end: nanos('2024-01-12') } },
        }),
        'IFEU.IMPACT': sampled({ roots: ['CL'], publisherId: 57 }),
      },
      accounts: {
        [STAND_IN_KEY]: {},
        [key('Poor')]: { noFunds: true },
        [key('Locked')]: { locked: true },
        [key('Unlicensed')]: { datasets: ['IFEU.IMPACT'] },
        [key('Delayed')]: { until: { 'GLBX.MDP3': '2024-01-12' } },
      },
    });
    client = new GatewayClient(gateway);
  });
  after(() => gateway.close());

  it('asks for Basic authentication', async () => {
    const response = await fetch(`${gateway.url}/v0/metadata.list_datasets`);
    expect(response.status).to.equal(401);
    expect(response.headers.get('www-authenticate')).to.equal('Basic');
    expect(response.headers.get('request-id')).to.match(/^[0-9a-f-]{36}$/);
    expect(await response.json()).to.deep.equal({ detail: 'Not authenticated' });
  });

  it('refuses an unknown key, a password and another scheme', async () => {
    for (const headers of [
      basic(key('Unknown')),
      basic(STAND_IN_KEY, 'x'),
      { authorization: `Bearer ${STAND_IN_KEY}` },
    ]) {
      const [status, detail] = await new GatewayClient(gateway, {}, headers).refusal(RANGE, DAY);
      expect(status).to.equal(401);
      expect(detail).to.be.a('string');
    }
  });

  it('tells a locked account, one without money and one without a licence apart', async () => {
    expect(await as('Locked').refusal('symbology.resolve')).to.deep.equal([403, 'auth_account_locked']);
    expect(await as('Poor').refusal(RANGE, DAY)).to.deep.equal([402, 'account_insufficient_funds']);
    expect(await as('Poor').refusal('batch.submit_job', { ...DAY, schema: 'trades', encoding: 'dbn' })).to.deep.equal([
      402,
      'account_insufficient_funds',
    ]);
    expect((await as('Poor').post('metadata.get_cost', DAY)).status).to.equal(200);
    expect(await as('Unlicensed').refusal(RANGE, DAY)).to.deep.equal([403, 'license_not_found_unauthorized']);
    expect(gateway.bill.bytes).to.equal(0);
  });

  it('sells recent data only with a subscription', async () => {
    const wanted = { symbols: 'ES.FUT', stype_in: 'parent', start: '2024-01-11' };
    expect((await as('Delayed').post(RANGE, wanted)).status).to.equal(200);
    const [status, name] = await as('Delayed').refusal(RANGE, { ...wanted, end: '2024-01-12T00:00:00.000000001' });
    expect([status, name]).to.deep.equal([422, 'dataset_unavailable_range']);
  });

  it('knows the cases of a range that does not fit', async () => {
    const cases: [Record<string, string>, string][] = [
      [{ start: '2024-01-09', end: '2024-01-09' }, 'data_time_range_start_on_or_after_end'],
      [{ start: '2024-01-10', end: '2024-01-09' }, 'data_time_range_start_on_or_after_end'],
      [{ start: '2024-01-07', end: '2024-01-09' }, 'data_start_before_available_start'],
      [{ start: '2024-01-22', end: '2024-01-23' }, 'data_start_after_available_end'],
      [{ start: '2024-01-10', end: '2024-01-23' }, 'data_end_after_available_end'],
      [{ start: '2024-01-10', end: '2024-01-13', schema: 'definition' }, 'data_schema_not_fully_available'],
      [{ start: '2024-01-08', end: '2024-01-10', schema: 'definition' }, 'data_schema_not_fully_available'],
      [{ start: '2024-01-08', end: '2024-01-10', schema: 'mbo' }, 'data_schema_not_available'],
    ];
    for (const endpoint of [RANGE, 'metadata.get_record_count', 'metadata.get_billable_size', 'metadata.get_cost']) {
      for (const [range, name] of cases) {
        expect(await client.refusal(endpoint, { symbols: 'ESH4', ...range })).to.deep.equal([422, name]);
      }
    }
  });

  it('says in the payload where the data begins and ends', async () => {
    const response = await client.get(RANGE, { symbols: 'ESH4', start: '2024-01-10', end: '2024-02-01' });
    const { detail } = (await response.json()) as { detail: { payload: object; docs: string; status_code: number } };
    expect(detail.payload).to.deep.equal({
      dataset: 'GLBX.MDP3',
      start: '2024-01-10T00:00:00.000000000Z',
      end: '2024-02-01T00:00:00.000000000Z',
      available_start: '2024-01-08T00:00:00.000000000Z',
      available_end: '2024-01-22T00:00:00.000000000Z',
    });
    expect(detail.status_code).to.equal(422);
    expect(detail.docs).to.match(/^https:/);
  });

  it('finds no symbol on a day without a session', async () => {
    const saturday = { start: '2024-01-13', end: '2024-01-14' };
    const refused = [422, 'symbology_invalid_request'];
    expect(await client.refusal(RANGE, { ...saturday, symbols: 'ESM4' })).to.deep.equal(refused);
    expect(await client.refusal(RANGE, { ...saturday, symbols: 'ES.FUT', stype_in: 'parent' })).to.deep.equal(refused);
    expect(await client.refusal(RANGE, { ...DAY, symbols: 'NOPE' })).to.deep.equal(refused);
    expect((await client.range(saturday)).headers.get('x-warning')).to.contain('No data found');
  });

  it('refuses symbols of the wrong form', async () => {
    const cases: Record<string, string>[] = [
      { symbols: 'ES', stype_in: 'parent' },
      { symbols: 'ES.C.0', stype_in: 'continuous' },
      { symbols: 'ES.FUT', stype_in: 'continuous' },
      { symbols: 'ESH4', stype_in: 'instrument_id' },
      { symbols: '4294967296', stype_in: 'instrument_id' },
      { symbols: 'ESH4,', stype_in: 'raw_symbol' },
      { symbols: 'ALL_SYMBOLS', stype_in: 'continuous' },
      { symbols: 'ALL_SYMBOLS,ESH4' },
    ];
    for (const wanted of cases) {
      expect(await client.refusal(RANGE, { start: '2024-01-09', ...wanted })).to.deep.equal([
        400,
        'symbology_invalid_symbol',
      ]);
    }
  });

  it('refuses pairs of symbologies that do not exist, and mapped symbols of all', async () => {
    const pairs: Record<string, string>[] = [
      { stype_out: 'raw_symbol' },
      { stype_in: 'smart' },
      { stype_out: 'parent' },
    ];
    for (const pair of pairs) {
      expect((await client.refusal(RANGE, { ...DAY, ...pair }))[1]).to.equal('symbology_invalid_request');
    }
    const [status] = await client.refusal(RANGE, { start: '2024-01-09', map_symbols: 'true' });
    expect(status).to.equal(422);
  });

  it('takes 2,000 symbols and no more', async () => {
    const many = (count: number): string => Array.from({ length: count }, (_, index) => `X${index}`).join(',');
    expect((await client.refusal(RANGE, { ...DAY, symbols: many(2_000) }))[1]).to.equal('symbology_invalid_request');
    const [status, detail] = await client.refusal(RANGE, { ...DAY, symbols: many(2_001) });
    expect(status).to.equal(422);
    expect(detail).to.be.an('array');
  });

  it('points at the parameter that is wrong', async () => {
    const cases: [Record<string, string>, string][] = [
      [{ dataset: '' }, 'dataset'],
      [{ dataset: 'XNAS.ITCH' }, 'dataset'],
      [{ schema: 'ticks' }, 'schema'],
      [{ stype_in: 'ticker' }, 'stype_in'],
      [{ encoding: 'parquet' }, 'encoding'],
      [{ compression: 'gzip' }, 'compression'],
      [{ start: '' }, 'start'],
      [{ start: 'yesterday' }, 'start'],
      [{ start: '2024-02-30' }, 'start'],
      [{ start: '99999999999999999999' }, 'start'],
      [{ end: '2024-13' }, 'end'],
      [{ limit: 'many' }, 'limit'],
      [{ limit: '-1' }, 'limit'],
      [{ pretty_px: 'maybe' }, 'pretty_px'],
    ];
    for (const [wrong, name] of cases) {
      const response = await client.post(RANGE, { ...DAY, ...wrong });
      const { detail } = (await response.json()) as { detail: { loc: string[]; msg: string; type: string }[] };
      expect(response.status).to.equal(422);
      expect(detail[0]?.loc).to.deep.equal(['body', name]);
      expect(detail[0]).to.have.all.keys('loc', 'msg', 'type');
    }
    const byQuery = await client.get(RANGE, { ...DAY, schema: 'ticks' });
    expect(((await byQuery.json()) as { detail: { loc: string[] }[] }).detail[0]?.loc).to.deep.equal([
      'query',
      'schema',
    ]);
  });

  it('refuses a limit of 0 where it only counts', async () => {
    for (const endpoint of ['metadata.get_record_count', 'metadata.get_billable_size', 'metadata.get_cost']) {
      expect((await client.refusal(endpoint, { ...DAY, limit: '0' }))[0]).to.equal(422);
    }
  });

  it('knows its addresses and their methods', async () => {
    expect((await client.get('metadata.list_everything')).status).to.equal(404);
    expect((await fetch(`${gateway.url}/`, { headers: basic(STAND_IN_KEY) })).status).to.equal(404);
    const wrong = await client.post('metadata.list_datasets');
    expect([wrong.status, wrong.headers.get('allow')]).to.deep.equal([405, 'GET']);
    expect((await client.get('batch.submit_job')).status).to.equal(405);
  });

  it('sees when a key stands where it does not belong', async () => {
    const seen = async (send: () => Promise<unknown>): Promise<boolean | undefined> => {
      await send();
      return gateway.requests.at(-1)?.keyLeaked;
    };
    const headers = basic(STAND_IN_KEY);
    expect(await seen(() => client.get('metadata.list_datasets'))).to.equal(false);
    expect(await seen(() => client.get('metadata.list_datasets', { key: STAND_IN_KEY }))).to.equal(true);
    expect(await seen(() => client.post('symbology.resolve', { key: STAND_IN_KEY }))).to.equal(true);
    const encoded = encodeURIComponent(Buffer.from(`${STAND_IN_KEY}:`).toString('base64'));
    expect(await seen(() => fetch(`${gateway.url}/v0/metadata.list_datasets?a=${encoded}`, { headers }))).to.equal(
      true,
    );
    expect(await seen(() => client.get('metadata.list_datasets', {}, { referer: STAND_IN_KEY }))).to.equal(true);
    expect(JSON.stringify(gateway.requests.map((request) => request.headers))).not.to.contain(
      headers.authorization?.slice(6),
    );
  });

  it('keeps the rate limits when told to', async () => {
    const limited = await startGateway({ datasets: { 'GLBX.MDP3': sampled() }, rateLimits: true });
    try {
      const own = new GatewayClient(limited);
      const job = { ...DAY, schema: 'ohlcv-1d', encoding: 'dbn' };
      const replies = await Promise.all(Array.from({ length: 22 }, () => own.post('batch.submit_job', job)));
      const refused = replies.filter(({ status }) => status === 429);
      expect(refused.length).to.equal(2);
      expect(refused[0]?.headers.get('retry-after')).to.equal('1');
      expect((await own.get('metadata.list_schemas')).status).to.equal(200);
    } finally {
      await limited.close();
    }
  });
});
