import { expect } from 'chai';
import { DbnDecoder, LineWriter } from '../../../src/core/dbn/index.js';
import { dbnFiles, sampled, startGateway, type Gateway } from '../../../src/testing/index.js';
import { decodeBytes, GatewayClient } from '../../support/gateway-client.js';

const SCHEMAS = ['trades', 'tbbo', 'ohlcv-1s', 'ohlcv-1m', 'ohlcv-1h', 'ohlcv-1d', 'statistics', 'definition'];
const WEEK = { start: '2024-01-08', end: '2024-01-15' };
const TS_RECV_OF_TRADE = 32;

const instrumentOf = (record: string): number => Buffer.from(record, 'hex').readUInt32LE(4);
const timeOf = (record: string, at = TS_RECV_OF_TRADE): bigint => Buffer.from(record, 'hex').readBigUInt64LE(at);

describe('timeseries.get_range of the stand-in gateway', () => {
  let gateway: Gateway;
  let client: GatewayClient;

  before(async () => {
    const data = sampled({ ...WEEK, recordsPerDay: { ES: 600, NQ: 300, ZR: 5 } });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': data }, frameBytes: 16_384 });
    client = new GatewayClient(gateway);
  });
  after(() => gateway.close());

  it('answers with csv that is not compressed when nothing else is asked for', async () => {
    const response = await client.get('timeseries.get_range', { symbols: 'ESH4', start: '2024-01-09T15' });
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('text/csv');
    const lines = (await response.text()).trim().split('\n');
    expect(lines[0]).to.equal(
      'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence',
    );
    expect(lines.length).to.be.greaterThan(5);
    const from = BigInt(Date.parse('2024-01-09T15:00:00Z')) * 1_000_000n;
    for (const line of lines.slice(1)) {
      const time = BigInt(line.split(',')[0] as string);
      expect(time >= from && time < from + 3_600_000_000_000n).to.equal(true);
    }
  });

  it('streams a compressed file in chunks, of several frames, named in its headers', async () => {
    const response = await client.range({ symbols: 'ES.c.0', stype_in: 'continuous', ...WEEK });
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('application/zstd');
    expect(response.headers.get('content-length')).to.equal(null);
    expect(response.headers.get('transfer-encoding')).to.equal('chunked');
    expect(response.headers.get('content-disposition')).to.equal(
      'attachment; filename=glbx-mdp3-20240108-20240114.trades.dbn.zst',
    );
    expect(response.headers.get('request-id')).to.equal(gateway.requests.at(-1)?.id);
    const bytes = Buffer.from(await response.arrayBuffer());
    const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
    let frames = 0;
    for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) frames += 1;
    expect(frames).to.be.greaterThan(3);
    expect((await decodeBytes(bytes)).records.length).to.be.greaterThan(2_000);
  });

  for (const schema of SCHEMAS) {
    it(`gives the same ${schema} records by raw symbol, parent, id and all symbols`, async () => {
      const { result } = await client.json<{ result: Record<string, { s: string }[]> }>('symbology.resolve', {
        symbols: 'ES.FUT',
        stype_in: 'parent',
        stype_out: 'instrument_id',
        start_date: WEEK.start,
        end_date: WEEK.end,
      });
      const ids = [...new Set((result['ES.FUT'] ?? []).map(({ s }) => s))];
      const byId = await client.decoded({ schema, symbols: ids.join(','), stype_in: 'instrument_id', ...WEEK });
      const byParent = await client.decoded({ schema, symbols: 'ES.FUT', stype_in: 'parent', ...WEEK });
      const names = byParent.metadata.mappings.map(({ rawSymbol }) => rawSymbol);
      const byRaw = await client.decoded({ schema, symbols: names.join(','), ...WEEK });
      const all = await client.decoded({ schema, ...WEEK });
      expect(byParent.records.length).to.be.greaterThan(5);
      expect(byId.records).to.deep.equal(byParent.records);
      expect(byRaw.records).to.deep.equal(byParent.records);
      expect(all.records.filter((record) => ids.includes(String(instrumentOf(record))))).to.deep.equal(
        byParent.records,
      );
      expect(all.records.length).to.be.greaterThan(byParent.records.length);
      expect(all.metadata.mappings).to.deep.equal([]);
      expect(all.metadata.symbols).to.deep.equal(['ALL_SYMBOLS']);
    });
  }

  it('follows a continuous symbol over its roll, as its mapping says', async () => {
    const { metadata, records } = await client.decoded({ symbols: 'ES.c.0,NQ.c.0', stype_in: 'continuous', ...WEEK });
    expect(metadata.mappings.map(({ rawSymbol }) => rawSymbol)).to.deep.equal(['ES.c.0', 'NQ.c.0']);
    for (const { intervals } of metadata.mappings) {
      expect(intervals.map(({ startDate, endDate }) => [startDate, endDate])).to.deep.equal([
        [20240108, 20240111],
        [20240111, 20240115],
      ]);
    }
    const roll = BigInt(Date.parse('2024-01-11')) * 1_000_000n;
    for (const record of records) {
      const which = timeOf(record) < roll ? 0 : 1;
      const ids = metadata.mappings.map(({ intervals }) => Number(intervals[which]?.symbol));
      expect(ids).to.include(instrumentOf(record));
    }
  });

  it('gives records in order of time, oddities included', async () => {
    const { records } = await client.decoded({ ...WEEK });
    const times = records.map((record) => timeOf(record));
    expect(times.every((time, index) => index === 0 || time >= (times[index - 1] as bigint))).to.equal(true);
    const events = records.map((record) => timeOf(record, 8));
    expect(events.some((time, index) => index > 0 && time < (events[index - 1] as bigint))).to.equal(true);
    expect(new Set(records).size).to.be.lessThan(records.length);
    const shared = records.filter(
      (record, index) =>
        times[index] === times[index - 1] && instrumentOf(record) !== instrumentOf(records[index - 1]!),
    );
    expect(shared.length).to.be.greaterThan(0);
  });

  it('takes the start in and leaves the end out', async () => {
    const day = { symbols: 'ESH4', start: '2024-01-09' };
    const { records } = await client.decoded(day);
    const [first, last] = [timeOf(records[0]!), timeOf(records.at(-1)!)];
    const inside = await client.decoded({ ...day, start: String(first), end: String(last) });
    expect(inside.records).to.deep.equal(records.filter((record) => timeOf(record) < last));
    const after = await client.decoded({ ...day, start: String(first + 1n), end: String(last + 1n) });
    expect(after.records).to.deep.equal(records.filter((record) => timeOf(record) > first));
  });

  it('fills the end from the form of the start', async () => {
    const cases: [string, string, string][] = [
      ['2024-01-09', '2024-01-09T00:00:00Z', '2024-01-10T00:00:00Z'],
      ['2024-01-09T01', '2024-01-09T01:00:00Z', '2024-01-09T02:00:00Z'],
      ['2024-01-09T00:01', '2024-01-09T00:01:00Z', '2024-01-09T00:02:00Z'],
      ['2024-01-09T02:00+01:00', '2024-01-09T01:00:00Z', '2024-01-09T01:01:00Z'],
    ];
    for (const [start, from, to] of cases) {
      const { metadata } = await client.decoded({ symbols: 'ESH4', start });
      expect([metadata.start, metadata.end]).to.deep.equal(
        [from, to].map((time) => BigInt(Date.parse(time)) * 1_000_000n),
      );
    }
    expect((await client.refusal('timeseries.get_range', { start: '2024-01-09T00:00:01' }))[0]).to.equal(422);
  });

  it('takes times with decimals and as nanoseconds', async () => {
    const nanos = 1704790800123456789n;
    const iso = { start: '2024-01-09T09:00:00.123456789Z', end: '2024-01-10 09:00' };
    const { metadata } = await client.decoded({ symbols: 'ESH4', ...iso });
    expect(metadata.start).to.equal(nanos);
    const same = await client.decoded({ symbols: 'ESH4', start: String(nanos), end: String(metadata.end) });
    expect(same.metadata).to.deep.equal(metadata);
  });

  it('stops at a limit and says it in the header', async () => {
    const all = await client.decoded({ symbols: 'ESH4', ...WEEK });
    const { metadata, records } = await client.decoded({ symbols: 'ESH4', ...WEEK, limit: '700' });
    expect(metadata.limit).to.equal(700n);
    expect(records).to.deep.equal(all.records.slice(0, 700));
  });

  it('takes a limit of 0 for none, and warns', async () => {
    const all = await client.decoded({ symbols: 'ESH4', start: '2024-01-09' });
    const response = await client.range({ symbols: 'ESH4', start: '2024-01-09', limit: '0' });
    expect(JSON.parse(response.headers.get('x-warning') as string)).to.deep.equal([
      'Warning: No data found for the request you submitted.',
    ]);
    expect((await decodeBytes(new Uint8Array(await response.arrayBuffer()))).records).to.deep.equal(all.records);
  });

  it('answers an empty range with a header alone and a warning', async () => {
    const response = await client.range({ symbols: 'ESH4', start: '2024-01-09T21:10' });
    expect(response.status).to.equal(200);
    expect(response.headers.get('x-warning')).to.contain('No data found');
    const { metadata, records } = await decodeBytes(new Uint8Array(await response.arrayBuffer()));
    expect(records).to.deep.equal([]);
    expect(metadata.symbols).to.deep.equal(['ESH4']);
    expect(metadata.mappings).to.have.length(1);
  });

  it('answers 206 when symbols resolve only in part, and names them', async () => {
    const response = await client.range({ symbols: 'ESH4,ESM4,NOPE', ...WEEK });
    expect(response.status).to.equal(206);
    const { metadata } = await decodeBytes(new Uint8Array(await response.arrayBuffer()));
    expect(metadata.partial).to.deep.equal(['ESH4']);
    expect(metadata.notFound).to.deep.equal(['NOPE']);
    expect(metadata.mappings.map(({ rawSymbol }) => rawSymbol)).to.deep.equal(['ESH4', 'ESM4']);
  });

  it('maps ids to raw symbols when asked to', async () => {
    const { metadata } = await client.decoded({
      symbols: '124290',
      stype_in: 'instrument_id',
      stype_out: 'raw_symbol',
      start: '2024-01-09',
    });
    expect(metadata.mappings).to.deep.equal([
      { rawSymbol: '124290', intervals: [{ startDate: 20240109, endDate: 20240110, symbol: 'ESH4' }] },
    ]);
  });

  it('prints csv and json as our own writer does, with symbols', async () => {
    const wanted = { symbols: 'ES.FUT', stype_in: 'parent', start: '2024-01-09T15', pretty_px: 'True', pretty_ts: '1' };
    const plain = { symbols: 'ES.FUT', stype_in: 'parent', start: '2024-01-09T15' };
    const dbn = new Uint8Array(await (await client.range({ ...plain, compression: 'none' })).arrayBuffer());
    const decoder = new DbnDecoder();
    decoder.push(dbn);
    const batches = [...decoder.batches()];
    const names = new Map(
      decoder.metadata?.mappings.map(({ rawSymbol, intervals }) => [Number(intervals[0]?.symbol), rawSymbol]),
    );
    for (const encoding of ['csv', 'json'] as const) {
      const response = await client.post('timeseries.get_range', { ...wanted, encoding, map_symbols: 'true' });
      let expected = '';
      for (const batch of batches) {
        const writer = new LineWriter(batch.layout!, encoding === 'csv' ? 'csv' : 'jsonl', {
          prettyPx: true,
          prettyTs: true,
          symbolOf: ({ view }, index) => names.get(view.getUint32((batch.offsets[index] as number) + 4, true)),
        });
        expected += (expected === '' ? writer.header : '') + writer.text(batch);
      }
      expect(await response.text()).to.equal(expected);
      expect(response.headers.get('content-type')).to.equal(encoding === 'csv' ? 'text/csv' : 'application/json');
    }
  });

  it('compresses csv as well', async () => {
    const wanted = { symbols: 'ESH4', start: '2024-01-09T15' };
    const response = await client.post('timeseries.get_range', { ...wanted, compression: 'zstd' });
    expect(response.headers.get('content-type')).to.equal('application/zstd');
    expect(response.headers.get('content-disposition')).to.contain('.trades.csv.zst');
    expect(Buffer.from(await response.arrayBuffer()).readUInt32LE(0)).to.equal(0xfd2fb528);
  });

  it('makes bars of the trades that it serves', async () => {
    const wanted = { symbols: 'ESH4', start: '2024-01-09', pretty_px: 'true' };
    const lines = async (schema: string): Promise<string[][]> => {
      const text = await (await client.post('timeseries.get_range', { ...wanted, schema })).text();
      return text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(','));
    };
    const trades = (await lines('trades')).filter((fields) => fields[8] !== '');
    const [bar] = await lines('ohlcv-1d');
    const prices = trades.map((fields) => Number(fields[8]));
    expect(bar?.slice(4, 8).map(Number)).to.deep.equal([
      prices[0],
      Math.max(...prices),
      Math.min(...prices),
      prices.at(-1),
    ]);
    expect(Number(bar?.[8])).to.equal(trades.reduce((sum, fields) => sum + Number(fields[9]), 0));
    const volume = async (schema: string): Promise<number> =>
      (await lines(schema)).reduce((sum, fields) => sum + Number(fields[8]), 0);
    expect(await volume('ohlcv-1m')).to.equal(Number(bar?.[8]));
    expect(await volume('ohlcv-1s')).to.equal(Number(bar?.[8]));
  });

  it('bills what it sent, each time anew', async () => {
    const before = gateway.bill;
    const { records } = await client.decoded({ symbols: 'ESH4', start: '2024-01-09' });
    const once = gateway.bill;
    expect(once.bytes - before.bytes).to.equal(records.length * 48);
    await client.decoded({ symbols: 'ESH4', start: '2024-01-09' });
    expect(gateway.bill.bytes - once.bytes).to.equal(records.length * 48);
    expect(once.usd - before.usd).to.be.closeTo((records.length * 48 * 28) / 2 ** 30, 1e-12);
    const count = once.requests['timeseries.get_range'] as number;
    expect(gateway.bill.requests['timeseries.get_range']).to.equal(count + 1);
    expect(gateway.requests.at(-1)).to.include({ status: 200, completed: true, done: true });
  });

  it('gives other values from the moment the vendor revises a day', async () => {
    const other = await startGateway({ datasets: { 'GLBX.MDP3': sampled(WEEK) } });
    try {
      const own = new GatewayClient(other);
      const wanted = { symbols: 'ESH4', start: '2024-01-09', end: '2024-01-11' };
      const first = await own.decoded(wanted);
      other.revise('GLBX.MDP3', '2024-01-10');
      const second = await own.decoded(wanted);
      const differing = second.records.filter((record, index) => record !== first.records[index]);
      expect(differing.length).to.be.greaterThan(10);
      const day = BigInt(Date.parse('2024-01-10')) * 1_000_000n;
      expect(differing.every((record) => timeOf(record) >= day)).to.equal(true);
      expect((await own.decoded(wanted)).records).to.deep.equal(second.records);
      expect(() => other.revise('XNAS.ITCH', '2024-01-10')).to.throw('does not serve "XNAS.ITCH"');
    } finally {
      await other.close();
    }
  });

  for (const version of [1, 2, 3] as const) {
    it(`serves version ${version} of DBN, with the records of that version`, async () => {
      const other = await startGateway({ datasets: { 'GLBX.MDP3': sampled({ ...WEEK, roots: ['ZR'] }) }, version });
      try {
        for (const [schema, size] of Object.entries({
          trades: [48, 48, 48],
          statistics: [64, 64, 80],
          definition: [360, 400, 520],
        })) {
          const { metadata, records } = await new GatewayClient(other).decoded({ schema, start: '2024-01-09' });
          expect(metadata.version).to.equal(version);
          expect(new Set(records.map((record) => record.length / 2))).to.deep.equal(new Set([size[version - 1]]));
        }
      } finally {
        await other.close();
      }
    });
  }

  it('serves the same file that it made again from its bytes', async () => {
    const body = new Uint8Array(
      await (await client.range({ symbols: 'ES.c.0', stype_in: 'continuous', ...WEEK })).arrayBuffer(),
    );
    const other = await startGateway({ datasets: { 'GLBX.MDP3': dbnFiles([body]) } });
    try {
      const again = await new GatewayClient(other).decoded({ symbols: 'ES.c.0', stype_in: 'continuous', ...WEEK });
      expect(again).to.deep.equal(await decodeBytes(body));
    } finally {
      await other.close();
    }
  });
});
