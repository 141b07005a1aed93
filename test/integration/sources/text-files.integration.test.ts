import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { compress } from '../../../src/adapters/zstd/index.js';
import { createTickloom, type RunReport, type Tickloom } from '../../../src/index.js';
import { createDatabase } from '../../support/postgres-server.js';
import { rejected } from '../../support/thrown.js';

/** A vendor's bars. */
const BARS = {
  schema: 'ohlcv-1m',
  dataset: 'ACME.BARS',
  columns: { symbol: 'ticker', ts_event: 'time', open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v' },
  values: { publisher_id: 1 },
};
const HEADER = 'ticker,time,o,h,l,c,v\n';

/** A dump of trades. */
const TRADES = {
  schema: 'trades',
  dataset: 'ACME.TRADES',
  columns: { instrument_id: 'id', ts_event: 't', ts_recv: 't', price: 'px', size: 'qty', side: 'side', sequence: 'n' },
  values: { publisher_id: 7, action: 'T', flags: 0, depth: 0, ts_in_delta: 0 },
  units: { ts_event: 'ms', ts_recv: 'ms', price: '1e-2' },
  words: { side: { buy: 'B', sell: 'A' } },
};

describe('csv and jsonl files', function () {
  this.timeout(60_000);
  let folder: string;
  let tickloom: Tickloom;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-text-'));
    tickloom = createTickloom({ database: (await createDatabase()).url });
  });
  afterEach(async () => {
    await tickloom.close();
    await rm(folder, { recursive: true });
  });

  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const ingest = (name: string, options: Record<string, unknown>, ...paths: string[]): Promise<RunReport> =>
    tickloom.ingest({ paths, source: { name, options } });
  const rows = async (sql: string): Promise<string[]> => {
    const lines: string[] = [];
    for await (const batch of (await tickloom.query(sql)).batches) lines.push(...batch.map((row) => row.join('|')));
    return lines;
  };
  const firstError = ({ details }: RunReport): string =>
    `${details[0]?.error?.code ?? ''}: ${details[0]?.error?.message ?? ''}`;

  it("load a vendor's bars, every digit and nanosecond as written, under the symbols of their column", async () => {
    const path = await file(
      'bars.csv',
      `\uFEFF${HEADER}ES,2024-01-09T14:30:00.123456789Z,4750.000000001,4751.5,-0.25,4751,18446744073\r\n` +
        '"A ""B"", C",2024-01-09T09:31:00-05:00,1e2,1.5E2,99,100.50,0\r\n\r\n',
    );
    const report = await ingest('csv', BARS, path);
    expect(report.status).to.equal('complete');
    // each of the two symbols travels as a record of its own
    expect(report.records).to.include({ decoded: 4, loaded: 2, control: 2 });
    expect(report.symbols).to.include({ mapped: 2 });
    expect(
      await rows(`select symbol, ts_event at time zone 'UTC', ts_event_ns, open, high, low, close, volume, dataset,
        instrument_id >= 2147483648 from ohlcv_1m order by ordinal`),
    ).to.deep.equal([
      'ES|2024-01-09 14:30:00.123456|789|4750.000000001|4751.5|-0.25|4751|18446744073|ACME.BARS|t',
      'A "B", C|2024-01-09 14:31:00|0|100|150|99|100.5|0|ACME.BARS|t',
    ]);
    expect((await ingest('csv', BARS, path)).records).to.include({ loaded: 0, already_loaded: 2 });
    expect(await tickloom.coverage()).to.deep.equal([]);
    const verified = await tickloom.verify({ deep: true });
    expect(verified).to.include({ status: 'ok', rows: 2 });
    expect(verified.originals).to.deep.equal({ compared: 0, missing: 1, changed: 0 });
  });

  it('load a dump of trades as JSON Lines, zstd too, numbers as exact as they are written', async () => {
    const lines = [
      '{"id": 17, "t": 1704810600123, "px": 475000.5, "qty": 3, "side": "buy", "n": 1}',
      '{"id": 17, "t": 1704810600123.000001, "px": "-1", "qty": null, "side": "sell", "n": 4294967295, "more": [1]}',
      '{"id": 18, "t": 1704810600124, "px": null, "qty": 1, "n": 1e1}',
    ];
    const parts: Uint8Array[] = [];
    const plain = (async function* () {
      yield Buffer.from(lines.join('\n'));
    })();
    for await (const part of compress(plain)) parts.push(part);
    await file('a.jsonl.zst', Buffer.concat(parts));
    await file('b.csv', 'not taken: a folder stands for the files of the source\n');
    const report = await ingest('jsonl', TRADES, folder);
    expect(report.records).to.include({ decoded: 3, loaded: 3 });
    expect(
      await rows(`select symbol, ts_recv at time zone 'UTC', ts_recv_ns, price, size, side, sequence from trades
        order by ordinal`),
    ).to.deep.equal([
      'INSTRUMENT_17|2024-01-09 14:30:00.123|0|4750.005|3|B|1',
      'INSTRUMENT_17|2024-01-09 14:30:00.123|1|-0.01||A|4294967295',
      'INSTRUMENT_18|2024-01-09 14:30:00.124|0||1||10',
    ]);
  });

  it('quarantine a line that breaks a check, and can be replayed', async () => {
    const path = await file('bars.csv', `${HEADER}ES,2024-01-09,10,9,11,10,1\nES,2024-01-10,10,11,9,10,1\n`);
    const report = await ingest('csv', BARS, path);
    expect(report.status).to.equal('incomplete');
    expect(report.records).to.include({ loaded: 1, quarantined: 1 });
    const [entry] = await tickloom.quarantine.list();
    expect((await tickloom.quarantine.show(entry?.id ?? 0)).record).to.include({ high: '9', low: '11' });
    expect(await tickloom.quarantine.replay()).to.include({ status: 'incomplete', replayed: 0, still_open: 1 });
  });

  it('cover a range when the mapping says so, and are then known by it', async () => {
    const range = { start: '2024-01-09', end: '2024-01-10', symbols: 'ES' };
    const options = { ...BARS, range };
    const path = await file('bars.csv', `${HEADER}ES,2024-01-09T00:01:00Z,10,11,9,10,1\n`);
    expect((await ingest('csv', options, path)).records).to.include({ decoded: 1, loaded: 1, control: 0 });
    const covered = await tickloom.coverage();
    expect(covered.map(({ dataset, schema }) => `${dataset} ${schema}`)).to.include('ACME.BARS ohlcv-1m');
    expect(covered.map(({ symbol }) => symbol)).to.include('ES');
    expect((await ingest('csv', options, path)).records).to.include({ loaded: 0, already_loaded: 1 });
    const other = await file('more.csv', `${HEADER}ES,2024-01-09T00:02:00Z,10,11,9,10,1\n`);
    expect(firstError(await ingest('csv', options, other))).to.contain('COVERAGE_CONFLICT');
    const outside = await file('late.csv', `${HEADER}ES,2024-01-10,10,11,9,10,1\n`);
    expect(firstError(await ingest('csv', options, outside))).to.contain('its ts_event is not in the range');
    const stranger = await file('nq.csv', `${HEADER}NQ,2024-01-09,10,11,9,10,1\n`);
    expect(firstError(await ingest('csv', options, stranger))).to.contain('"range.symbols", found "NQ"');
    expect(await rejected(ingest('csv', options, path, other))).to.have.property('code', 'SOURCE_OPTION_INVALID');
  });

  for (const [what, name, options, content, message] of [
    [
      'a price that is none',
      'csv',
      BARS,
      `${HEADER}ES,2024-01-09,10,x1,9,10,1\n`,
      'line 2, column "h": "high" needs a decimal price with at most nine decimals, or nothing, found "x1"',
    ],
    ['a price with ten decimals', 'csv', BARS, `${HEADER}ES,2024-01-09,0.0000000001,1,0,1,1\n`, 'line 2, column "o"'],
    [
      'a price beyond 64 bits',
      'csv',
      BARS,
      `${HEADER}ES,2024-01-09,9223372036.854775808,1,0,1,1\n`,
      'line 2, column "o"',
    ],
    [
      'a time that is none',
      'csv',
      BARS,
      `${HEADER}\nES,2024-02-30,1,1,1,1,1\n`,
      'line 3, column "time": "ts_event" needs a time as',
    ],
    [
      'a missing value',
      'csv',
      BARS,
      `${HEADER}ES,2024-01-09,1,1,1,1,\n`,
      'column "v": "volume" needs a whole number of 8 bytes, and cannot be empty',
    ],
    ['a cell too many', 'csv', BARS, `${HEADER}ES,2024-01-09,1,1,1,1,1,1\n`, 'line 2: has 8 cells, expected 7'],
    [
      'a column that is not there',
      'csv',
      BARS,
      'ticker,time\n',
      'line 1: names no column "o"; there are "ticker", "time"',
    ],
    ['a quote that is not closed', 'csv', BARS, `${HEADER}"ES,2024\n`, 'line 2: opens a quote that is never closed'],
    ['something behind a quote', 'csv', BARS, `${HEADER}"ES"x,2024\n`, 'line 2: has something behind a closing quote'],
    ['no symbol', 'csv', BARS, `${HEADER},2024-01-09,1,1,1,1,1\n`, 'line 2: its symbol needs 1 to 70 bytes of text'],
    [
      'a symbol without an id',
      'csv',
      { ...BARS, instruments: { ES: 1 } },
      `${HEADER}NQ,2024-01-09,1,1,1,1,1\n`,
      'not among "instruments", found "NQ"',
    ],
    [
      'what is not UTF-8',
      'csv',
      BARS,
      Buffer.from([0x61, 0xff, 0x0a]),
      'line 1: at or behind it is a byte that is not UTF-8',
    ],
    ['what is no JSON', 'jsonl', TRADES, '\n{"id": 01}\n', 'line 2: is no JSON object, found "{"id": 01}"'],
    ['a nested value', 'jsonl', TRADES, '{"id": [1]}\n', 'line 1, column "id": is a list'],
    [
      'a word that is no letter',
      'jsonl',
      TRADES,
      '{"id":1,"t":1,"px":1,"qty":1,"side":"hold","n":1}\n',
      'column "side": "side" needs one character of one byte, found "hold"',
    ],
  ] as const) {
    it(`refuse ${what}, naming file, line and value`, async () => {
      const path = await file('bad.txt', content);
      const good = await file('good.txt', name === 'csv' ? HEADER : '');
      const report = await ingest(name, options, path, good);
      expect(firstError(report)).to.contain(`LINE_INVALID: "${path}" line `).and.to.contain(message);
      expect(await rows('select count(*) from chunks where status = $$loaded$$')).to.deep.equal(['1']);
    });
  }

  it('read columns by number, other delimiters, words for nothing and nested members', async () => {
    const columns = { symbol: 1, ts_event: 2, open: 3, high: 3, low: 3, close: 3, volume: 4 };
    const options = { ...BARS, columns, header: 'no', delimiter: 'tab', null: ['NA', '-'], instruments: { ES: 5 } };
    await ingest('csv', options, await file('x.tsv', 'ES\t2024-01-09\tNA\t1'));
    expect(await rows('select instrument_id, symbol, open from ohlcv_1m')).to.deep.equal(['5|ES|']);
    const nested = { ...BARS, columns: { ...BARS.columns, open: 'bar.o', symbol: 'a.b' } };
    const line = '{"a.b":"NQ","time":"2024-01-09","bar":{"o":1},"h":1,"l":1,"c":1,"v":1}';
    expect((await ingest('jsonl', nested, await file('y.jsonl', line))).records.loaded).to.equal(1);
  });

  for (const [what, change, message] of [
    ['no schema', { schema: undefined }, '"schema" is missing'],
    ['no dataset', { dataset: '' }, '"dataset" is missing'],
    ['an option that is not known', { colums: {} }, '"colums" is not known'],
    ['a field that is not known', { columns: { opn: 'o' } }, '"columns.opn" is no field of schema "ohlcv-1m"'],
    ['a field that nothing is said of', { values: {} }, 'leaves out publisher_id of schema "ohlcv-1m"'],
    [
      'neither symbol nor instrument',
      { columns: { ...BARS.columns, symbol: undefined } },
      'leaves out instrument_id of schema "ohlcv-1m" (or map "symbol")',
    ],
    ['a unit that the field has not', { units: { volume: 'ms' } }, '"units.volume" is "ms", and that field has none'],
    ['a unit that is none', { units: { ts_event: 'min' } }, 'expected iso, s, ms, us or ns'],
    ['a constant that does not fit', { values: { publisher_id: 65_536 } }, '"values.publisher_id" is "65536"'],
    ['a delimiter of two characters', { delimiter: '||' }, '"delimiter" is "||"'],
    ['column names where there are none', { header: false }, 'names "ticker", and there is no line of names'],
    ['a switch that is none', { header: 'maybe' }, '"header" is "maybe", expected yes or no'],
    ['a list of columns', { columns: ['o'] }, '"columns" holds no names'],
    ['a nested value', { dataset: {} }, '"dataset" holds no plain value'],
    ['a range without symbols', { range: { start: '2024-01-09', end: '2024-01-10' } }, '"range.symbols" is missing'],
    [
      'a range that ends first',
      { range: { start: '2024-01-09', end: '2024-01-09', symbols: 'A' } },
      '"range.end" is not behind',
    ],
    ['a range that is no time', { range: { start: 'now', end: '2024-01-09', symbols: 'A' } }, '"range.start" is "now"'],
    ['an id that is none', { instruments: { ES: 'x' } }, '"instruments.ES" is "x"'],
  ] as const) {
    it(`refuse a mapping with ${what} before anything is started`, async () => {
      const error = await rejected(ingest('csv', { ...BARS, ...change }, 'nosuch.csv'));
      expect(error).to.have.property('code').that.is.oneOf(['SOURCE_OPTION_INVALID']);
      expect(error).to.have.property('message').that.contains(message);
    });
  }
});
