import { expect } from 'chai';
import type { HistoricalClient } from '../../../../src/adapters/databento/index.js';
import type { RangeRequest } from '../../../../src/core/historical/range-request.js';
import { clientOf, TEST_KEY } from '../../../support/historical-client.js';
import { ScriptedGateway, json, chunked, type Answer } from '../../../support/scripted-gateway.js';
import { rejected } from '../../../support/thrown.js';

const RANGE: RangeRequest = {
  dataset: 'GLBX.MDP3',
  schema: 'trades',
  stypeIn: 'raw_symbol',
  symbols: ['ESH4', 'AAPL  250221C00250000'],
  start: 1_704_844_800_000_000_000n,
  end: 1_704_931_200_000_000_000n,
  limit: null,
};
const RANGE_PARAMETERS = {
  dataset: 'GLBX.MDP3',
  schema: 'trades',
  stype_in: 'raw_symbol',
  stype_out: 'instrument_id',
  symbols: 'ESH4,AAPL  250221C00250000',
  start: '1704844800000000000',
  end: '1704931200000000000',
};
const RESOLVE = {
  dataset: 'GLBX.MDP3',
  stypeIn: 'continuous',
  stypeOut: 'instrument_id',
  symbols: ['ES.c.0', 'NQ.c.0'],
  startDate: '2024-01-10',
  endDate: '2024-01-12',
} as const;

const SHORT_JOB = { id: 'GLBX-20240110-5DEFXVTMSM', state: 'done', ts_received: '2024-01-10T00:00:00.000000001Z' };
const LONG_JOB = {
  ...SHORT_JOB,
  user_id: 'U1',
  cost_usd: 0.1000000001,
  dataset: 'GLBX.MDP3',
  symbols: 'ESH4,NQH4',
  stype_in: 'raw_symbol',
  stype_out: 'instrument_id',
  schema: 'trades',
  start: '2024-01-10 00:00:00+00:00',
  end: '2024-01-11 00:00:00.500000+00:00',
  limit: null,
  encoding: 'dbn',
  compression: null,
  pretty_px: false,
  pretty_ts: false,
  map_symbols: false,
  split_symbols: false,
  split_duration: null,
  split_size: null,
  packaging: null,
  delivery: 'download',
  record_count: 12,
  billed_size: 576,
  actual_size: 400,
  package_size: null,
  ts_queued: '2024-01-10T00:00:01Z',
  ts_process_start: null,
  ts_process_done: null,
  ts_expiration: null,
  progress: 100,
  a_field_of_tomorrow: { deep: [1] },
};
const FILE = {
  filename: 'glbx-mdp3-20240110.trades.dbn.zst',
  size: 3,
  hash: 'sha256:00',
  urls: { https: 'https://api.databento.com/v0/batch/download/U1/J1/f', ftp: 'ftp://x' },
};

/** Asks one thing of a gateway that gives one answer. */
async function ask<T>(
  answer: Answer,
  call: (client: HistoricalClient) => Promise<T>,
): Promise<{ readonly result: T; readonly gateway: ScriptedGateway; readonly warnings: readonly string[] }> {
  const gateway = await ScriptedGateway.start(answer);
  const { client, warnings } = clientOf(gateway, { userAgent: 'Tickloom/1.2.3' });
  try {
    return { result: await call(client), gateway, warnings };
  } finally {
    client.close();
    await gateway.close();
  }
}

describe('the endpoints of the Historical API', () => {
  for (const [path, answer, call, expected, parameters] of [
    [
      'metadata.list_publishers',
      [{ publisher_id: 1, dataset: 'GLBX.MDP3', venue: 'GLBX', description: 'CME', more: [1] }],
      (client) => client.metadata.listPublishers(),
      [{ publisher_id: 1, dataset: 'GLBX.MDP3', venue: 'GLBX', description: 'CME' }],
      {},
    ],
    ['metadata.list_datasets', ['A.B', 'C.D'], (client) => client.listDatasets(), ['A.B', 'C.D'], {}],
    [
      'metadata.list_datasets',
      [],
      (client) => client.metadata.listDatasets({ startDate: '2024-01-01', endDate: '2024-02-01' }),
      [],
      { start_date: '2024-01-01', end_date: '2024-02-01' },
    ],
    ['metadata.list_schemas', ['mbo'], (client) => client.listSchemas('A.B'), ['mbo'], { dataset: 'A.B' }],
    [
      'metadata.list_fields',
      [{ name: 'length', type: 'uint8_t' }],
      (client) => client.metadata.listFields({ schema: 'trades', encoding: 'dbn' }),
      [{ name: 'length', type: 'uint8_t' }],
      { schema: 'trades', encoding: 'dbn' },
    ],
    [
      'metadata.list_unit_prices',
      '[{"mode": "historical-streaming", "unit_prices": {"trades": 28.000000000000000001, "mbo": 2e-1}}]',
      (client) => client.metadata.listUnitPrices('A.B'),
      [
        {
          mode: 'historical-streaming',
          unit_prices: new Map([
            ['trades', '28.000000000000000001'],
            ['mbo', '2e-1'],
          ]),
        },
      ],
      { dataset: 'A.B' },
    ],
    [
      'metadata.get_dataset_condition',
      [
        { date: '2024-01-10', condition: 'available', last_modified_date: '2024-01-11' },
        { date: '2024-01-11', condition: 'of tomorrow', last_modified_date: null },
        { date: '2024-01-12', condition: 'missing' },
      ],
      (client) => client.datasetCondition('A.B', '2024-01-10', '2024-03-01'),
      [
        { date: '2024-01-10', condition: 'available', lastModifiedDate: '2024-01-11' },
        { date: '2024-01-11', condition: 'of tomorrow', lastModifiedDate: null },
        { date: '2024-01-12', condition: 'missing', lastModifiedDate: null },
      ],
      // the end of this endpoint is inclusive
      { dataset: 'A.B', start_date: '2024-01-10', end_date: '2024-02-29' },
    ],
    [
      'metadata.get_dataset_range',
      {
        start: '2010-06-06T00:00:00.000000000Z',
        end: '2024-01-10 00:00:00+00:00',
        schema: { mbo: { start: '2017-05-21', end: '2024-01-10T00:00:00.000000005Z' } },
      },
      (client) => client.datasetRange('A.B'),
      {
        start: 1_275_782_400_000_000_000n,
        end: 1_704_844_800_000_000_000n,
        schemas: new Map([['mbo', { start: 1_495_324_800_000_000_000n, end: 1_704_844_800_000_000_005n }]]),
      },
      { dataset: 'A.B' },
    ],
    [
      'metadata.get_dataset_range',
      { start: '2010-06-06', end: '2024-01-10' },
      (client) => client.datasetRange('A.B'),
      { start: 1_275_782_400_000_000_000n, end: 1_704_844_800_000_000_000n, schemas: new Map() },
      { dataset: 'A.B' },
    ],
    ['metadata.get_record_count', '42\n', (client) => client.recordCount(RANGE), 42, RANGE_PARAMETERS],
    ['metadata.get_billable_size', '0', (client) => client.billableSize(RANGE), 0, RANGE_PARAMETERS],
    [
      'metadata.get_cost',
      '0.123456789012',
      (client) => client.cost({ ...RANGE, limit: 5n }),
      123_456_789_012n,
      { ...RANGE_PARAMETERS, limit: '5' },
    ],
    [
      'metadata.get_cost',
      '1.00000000000000000000000000000001',
      (client) => client.metadata.getCost(RANGE),
      '1.00000000000000000000000000000001',
      RANGE_PARAMETERS,
    ],
    [
      'symbology.resolve',
      {
        result: { 'ES.c.0': [{ d0: '2024-01-10', d1: '2024-01-12', s: '17077' }], 'NQ.c.0': [] },
        partial: [],
        not_found: ['NQ.c.0'],
      },
      (client) => client.resolve(RESOLVE),
      {
        intervals: new Map([
          ['ES.c.0', [{ startDate: '2024-01-10', endDate: '2024-01-12', symbol: '17077' }]],
          ['NQ.c.0', []],
        ]),
        partial: [],
        notFound: ['NQ.c.0'],
      },
      {
        dataset: 'GLBX.MDP3',
        symbols: 'ES.c.0,NQ.c.0',
        stype_in: 'continuous',
        stype_out: 'instrument_id',
        start_date: '2024-01-10',
        end_date: '2024-01-12',
      },
    ],
    [
      'batch.list_jobs',
      [SHORT_JOB],
      async (client) =>
        (await client.batch.listJobs({ states: ['done', 'queued'], since: 5n, short: true })).map(
          ({ id, state, ts_received, symbols, compression, cost_usd }) => [
            id,
            state,
            ts_received,
            symbols,
            compression,
            cost_usd,
          ],
        ),
      [[SHORT_JOB.id, 'done', 1_704_844_800_000_000_001n, null, null, null]],
      { states: 'done,queued', since: '5', short: 'true' },
    ],
    ['batch.list_jobs', [], (client) => client.batch.listJobs(), [], {}],
    [
      'batch.list_files',
      [FILE, { ...FILE, hash: null }],
      (client) => client.batch.listFiles('J1'),
      [
        { ...FILE, urls: FILE.urls.https },
        { ...FILE, urls: FILE.urls.https, hash: null },
      ],
      { job_id: 'J1' },
    ],
  ] as readonly [string, unknown, (client: HistoricalClient) => Promise<unknown>, unknown, object][]) {
    it(`asks ${path} and reads its reply: ${JSON.stringify(answer).slice(0, 60)}`, async () => {
      const { result, gateway } = await ask(json(answer), call);
      expect(structuredClone(result)).to.deep.equal(expected);
      expect(gateway.requests).to.have.lengthOf(1);
      expect(gateway.lastRequest.path.split('?')[0]).to.equal(`/v0/${path}`);
      expect(gateway.lastRequest.parameters).to.deep.equal(parameters);
      const posted = ['get_record_count', 'get_billable_size', 'get_cost', 'resolve'].includes(
        path.split('.')[1] ?? '',
      );
      expect(gateway.lastRequest.method).to.equal(posted ? 'POST' : 'GET');
    });
  }

  it('sends the key as the user of Basic authentication, and says who asks', async () => {
    const { gateway } = await ask(json('7'), (client) => client.recordCount(RANGE));
    expect(gateway.lastRequest.headers).to.include({
      authorization: `Basic ${Buffer.from(`${TEST_KEY}:`).toString('base64')}`,
      accept: 'application/json',
      'user-agent': 'Tickloom/1.2.3',
      'content-type': 'application/x-www-form-urlencoded',
      'accept-encoding': 'identity',
    });
    expect(gateway.lastRequest.body).to.contain('symbols=ESH4%2CAAPL++250221C00250000');
  });

  it('reads a job in all its fields', async () => {
    const { result, gateway } = await ask(json(LONG_JOB), (client) => client.batch.getJobDetails('J1'));
    expect(gateway.lastRequest.path).to.equal('/v0/batch.get_job_details?job_id=J1');
    expect(result).to.deep.include({
      user_id: 'U1',
      cost_usd: '0.1000000001',
      symbols: ['ESH4', 'NQH4'],
      compression: 'none',
      split_duration: 'none',
      start: 1_704_844_800_000_000_000n,
      end: 1_704_931_200_500_000_000n,
      limit: null,
      record_count: 12,
      package_size: null,
      progress: '100',
      pretty_px: false,
    });
    expect(result).not.to.have.property('a_field_of_tomorrow');
  });

  it('reads the symbols of a job as an array too, and a state of tomorrow', async () => {
    const job = { ...LONG_JOB, symbols: ['ESH4'], state: 'thinking', compression: 'zstd' };
    const { result } = await ask(json(job), (client) => client.batch.getJobDetails('J1'));
    expect(result).to.deep.include({ symbols: ['ESH4'], state: 'thinking', compression: 'zstd' });
  });

  it('submits a job with the defaults of the official clients', async () => {
    const { gateway } = await ask(json(LONG_JOB), (client) => client.batch.submitJob(RANGE));
    expect(gateway.lastRequest.method).to.equal('POST');
    expect(gateway.lastRequest.path).to.equal('/v0/batch.submit_job');
    expect(gateway.lastRequest.headers.connection).to.equal('close');
    expect(gateway.lastRequest.parameters).to.deep.equal({
      ...RANGE_PARAMETERS,
      encoding: 'dbn',
      compression: 'zstd',
      pretty_px: 'false',
      pretty_ts: 'false',
      map_symbols: 'false',
      split_symbols: 'false',
      split_duration: 'day',
      delivery: 'download',
    });
  });

  it('submits a job as it is wanted', async () => {
    const { gateway } = await ask(json(LONG_JOB), (client) =>
      client.batch.submitJob({
        ...RANGE,
        limit: 9n,
        stypeOut: 'raw_symbol',
        encoding: 'csv',
        compression: 'none',
        prettyPx: true,
        prettyTs: true,
        splitSymbols: true,
        splitDuration: 'none',
        splitSize: 2e9,
      }),
    );
    expect(gateway.lastRequest.parameters).to.deep.include({
      limit: '9',
      stype_out: 'raw_symbol',
      encoding: 'csv',
      compression: 'none',
      pretty_px: 'true',
      pretty_ts: 'true',
      map_symbols: 'true',
      split_symbols: 'true',
      split_duration: 'none',
      split_size: '2000000000',
    });
  });

  it('always asks get_range for compressed DBN', async () => {
    const headers = {
      'Content-Type': 'application/zstd',
      'Content-Disposition': 'attachment; filename="a b.dbn.zst"',
      'X-Warning': '["Warning: one", "DeprecationWarning: two"]',
    };
    const { result, gateway, warnings } = await ask(chunked(['DBN', ' and so on'], 206, headers), async (client) => {
      const reply = await client.range(RANGE);
      const parts: string[] = [];
      for await (const part of reply.body) parts.push(Buffer.from(part).toString());
      return { ...reply, body: parts.join('') };
    });
    expect(gateway.lastRequest.parameters).to.deep.equal({ ...RANGE_PARAMETERS, encoding: 'dbn', compression: 'zstd' });
    expect(gateway.lastRequest.headers.accept).to.equal('application/octet-stream');
    expect(result).to.deep.equal({
      status: 206,
      partial: true,
      requestId: 'req-1',
      contentType: 'application/zstd',
      fileName: 'a b.dbn.zst',
      body: 'DBN and so on',
    });
    expect(warnings).to.deep.equal(['Warning: one', 'DeprecationWarning: two']);
  });

  it('needs no header of get_range', async () => {
    const answer: Answer = (response) =>
      response.writeHead(200, { 'Content-Disposition': 'filename=x.dbn' }).end('DBN');
    const { result } = await ask(answer, (client) => client.range(RANGE));
    expect(result).to.deep.include({ partial: false, requestId: null, contentType: null, fileName: 'x.dbn' });
    const bare = await ask(chunked(['DBN']), (client) => client.range(RANGE));
    expect(bare.result.fileName).to.equal(null);
  });

  it('resolves more than 2,000 symbols in parts, and puts them together', async () => {
    const symbols = Array.from({ length: 4001 }, (_, index) => `S${index}`);
    const answer: Answer = (response, request) => {
      const [first = ''] = (request.parameters.symbols ?? '').split(',');
      json({ result: { [first]: [] }, partial: [`p${first}`], not_found: [first] })(response, request);
    };
    const { result, gateway } = await ask(answer, (client) => client.resolve({ ...RESOLVE, symbols }));
    expect(gateway.requests.map(({ parameters }) => parameters.symbols?.split(',').length)).to.deep.equal([
      2000, 2000, 1,
    ]);
    expect([...result.intervals.keys()]).to.deep.equal(['S0', 'S2000', 'S4000']);
    expect(result.partial).to.deep.equal(['pS0', 'pS2000', 'pS4000']);
    expect(result.notFound).to.deep.equal(['S0', 'S2000', 'S4000']);
  });

  it('knows the price of streaming, and no price where there is none', async () => {
    const prices = [
      { mode: 'historical', unit_prices: { trades: 1 } },
      { mode: 'historical-streaming', unit_prices: { trades: 28.5 } },
    ];
    const price = (schema: string) => ask(json(prices), (client) => client.streamingPrice('A.B', schema));
    expect((await price('trades')).result).to.equal(28_500_000_000_000n);
    expect((await price('mbo')).result).to.equal(null);
  });

  it('has no condition to ask for where there is no day', async () => {
    const { result, gateway } = await ask(json([]), (client) =>
      client.datasetCondition('A', '2024-01-10', '2024-01-10'),
    );
    expect(result).to.deep.equal([]);
    expect(gateway.requests).to.deep.equal([]);
  });

  for (const [symbols, why] of [
    [[], 'there is none'],
    [['A', ' '], '" " is none'],
    [['A,B'], '"A,B" is none'],
    [['A', 'ALL_SYMBOLS'], 'stands with others'],
    [Array<string>(2001).fill('A'), '2001 are more than 2000'],
  ] as const) {
    it(`asks nothing for symbols that would be read otherwise: ${why}`, async () => {
      const error = await ask(json('1'), (client) => rejected(client.range({ ...RANGE, symbols })));
      expect(error.result.code).to.equal('USAGE');
      expect(error.result.message).to.contain(why);
      expect(error.gateway.requests).to.deep.equal([]);
    });
  }

  it('asks nothing for no records, which get_range would take for all of them', async () => {
    const { result, gateway } = await ask(json('1'), (client) => rejected(client.range({ ...RANGE, limit: 0n })));
    expect(result.code).to.equal('USAGE');
    expect(gateway.requests).to.deep.equal([]);
  });
});

describe('a reply that is not as documented', () => {
  for (const [name, call, answer, why] of [
    ['a count in quotes', (client) => client.recordCount(RANGE), '"42"', '"value" expected a whole number, found "42"'],
    ['a count with a fraction', (client) => client.recordCount(RANGE), '4.5', 'found 4.5'],
    ['a negative count', (client) => client.recordCount(RANGE), '-1', 'found -1'],
    ['a count no double holds', (client) => client.billableSize(RANGE), '9007199254740993', 'found 9007199254740993'],
    [
      'a cost in an object',
      (client) => client.cost(RANGE),
      { usd: 1 },
      'expected a number not below 0, found an object',
    ],
    ['a cost below nothing', (client) => client.cost(RANGE), '-0.5', 'expected a number not below 0, found -0.5'],
    [
      'a list that is none',
      (client) => client.metadata.listPublishers(),
      { a: 1 },
      'expected an array, found an object',
    ],
    [
      'an entry that is no object',
      (client) => client.metadata.listPublishers(),
      [3],
      '"[0]" expected an object, found 3',
    ],
    [
      'a missing field',
      (client) => client.metadata.listPublishers(),
      [{ publisher_id: 1, dataset: 'A', venue: 'B' }],
      '"[0].description" expected a text, found nothing',
    ],
    ['a list of numbers', (client) => client.listSchemas('A'), ['mbo', 1], '"value" expected texts, found an array'],
    ['null', (client) => client.listSchemas('A'), null, 'expected an array, found null'],
    [
      'a wrong date',
      (client) => client.datasetCondition('A', '2024-01-10', '2024-01-11'),
      [{ date: '10 Jan', condition: 'available', last_modified_date: null }],
      '"[0].date" expected a date, YYYY-MM-DD, found "10 Jan"',
    ],
    [
      'a wrong time of a schema',
      (client) => client.datasetRange('A'),
      { start: '2024-01-10', end: '2024-01-11', schema: { mbo: { start: true, end: '2024-01-11' } } },
      '"schema.mbo.start" expected a UTC time, found true',
    ],
    [
      'a price in quotes',
      (client) => client.streamingPrice('A', 'mbo'),
      [{ mode: 'live', unit_prices: { mbo: '1' } }],
      '"[0].unit_prices" expected an object of numbers',
    ],
    [
      'a price below nothing',
      (client) => client.streamingPrice('A', 'mbo'),
      [{ mode: 'historical-streaming', unit_prices: { mbo: -1 } }],
      '"[0].unit_prices" expected an object of numbers not below 0',
    ],
    [
      'prices in an array',
      (client) => client.streamingPrice('A', 'mbo'),
      [{ mode: 'live', unit_prices: [] }],
      '"[0].unit_prices" expected an object of numbers not below 0, found an array',
    ],
    [
      'a resolution without result',
      (client) => client.resolve(RESOLVE),
      { partial: [], not_found: [] },
      '"result" expected an object',
    ],
    [
      'an interval without its end',
      (client) => client.resolve(RESOLVE),
      { result: { ES: [{ d0: '2024-01-10', s: '1' }] }, partial: [], not_found: [] },
      '"result.ES[0].d1" expected a date',
    ],
    [
      'symbols of a job in an object',
      (client) => client.batch.getJobDetails('J'),
      { ...SHORT_JOB, symbols: {} },
      '"symbols" expected a text or an array of texts, found an object',
    ],
    [
      'a compression that is a number',
      (client) => client.batch.getJobDetails('J'),
      { ...SHORT_JOB, compression: 1 },
      '"compression" expected a text, found 1',
    ],
    [
      'a file without an address',
      (client) => client.batch.listFiles('J'),
      [{ ...FILE, urls: { ftp: 'x' } }],
      '"[0].urls" expected an object with an https address',
    ],
    ['a flag in words', (client) => client.batch.getJobDetails('J'), { ...SHORT_JOB, pretty_px: 'no' }, '"pretty_px"'],
  ] as readonly [string, (client: HistoricalClient) => Promise<unknown>, unknown, string][]) {
    it(`is an error that names endpoint, field and what was found: ${name}`, async () => {
      const { result: error, gateway } = await ask(json(answer), (client) => rejected(call(client)));
      expect(error.code).to.equal('REPLY_INVALID');
      expect(error.message).to.contain(why).and.contain('request id req-1');
      expect(error.context.endpoint).to.be.a('string');
      expect(error.message).to.contain(error.context.endpoint);
      // asking again would not help
      expect(gateway.requests).to.have.lengthOf(1);
    });
  }
});
