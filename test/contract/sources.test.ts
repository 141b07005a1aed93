import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { csv, jsonl } from '../../plugins/sources.js';
import { FileSource } from '../../src/adapters/files/file-source.js';
import { decompress } from '../../src/adapters/zstd/index.js';
import { RangeChunk } from '../../src/core/historical/range-chunk.js';
import { defineSource, recordChunk, type Chunk } from '../../src/plugin.js';
import {
  describeSource,
  sampled,
  startGateway,
  type Gateway,
  type SourceSuiteOptions,
} from '../../src/testing/index.js';
import { clockSource } from '../support/clock-source.js';
import { FetchHarness, requestOf } from '../support/fetching.js';
import { noteFragment, notePlugin, NOTES } from '../support/note-plugin.js';
import { suiteFailures } from '../support/suite-failures.js';
import { DAY, MONDAY, trades, tradesFile } from '../support/trade-file.js';

type Subject = Parameters<typeof describeSource>[0];

const FILES = ['a.dbn', 'b.dbn', 'c.dbn'];
const BARS = 'ticker,time,o,h,l,c,v\nES,2024-01-09,10,11,9,10,1\nNQ,2024-01-09T00:01:00Z,20,22,18,20,5\n';
const BAR_OPTIONS = {
  schema: 'ohlcv-1m',
  dataset: 'ACME.BARS',
  columns: { symbol: 'ticker', ts_event: 'time', open: 'o', high: 'h', low: 'l', close: 'c', volume: 'v' },
  values: { publisher_id: 1 },
};
const TRADES = '{"s":"A","t":1704810600123,"px":"1.5"}\n{"s":"B","t":1704810600124,"px":"-2"}\n';
const TRADE_OPTIONS = {
  schema: 'trades',
  dataset: 'ACME.TRADES',
  columns: { symbol: 's', ts_event: 't', ts_recv: 't', price: 'px' },
  units: { ts_event: 'ms', ts_recv: 'ms' },
  values: { publisher_id: 7, size: 1, action: 'T', side: 'N', flags: 0, depth: 0, ts_in_delta: 0, sequence: 0 },
};
const DAYS = [requestOf({ end: '2024-01-09' }), requestOf({ start: '2024-01-09', end: '2024-01-10' })];

describe('the sources that come with Tickloom, and those of strangers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickloom-sources-'));
  const path = (name: string): string => join(folder, name);
  let gateway: Gateway;
  let harness: FetchHarness;

  before(async () => {
    FILES.forEach((name, index) => writeFileSync(path(name), tradesFile(trades(50, index * 100))));
    writeFileSync(path('bars.csv'), BARS);
    writeFileSync(path('trades.jsonl'), TRADES);
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': sampled({ recordsPerDay: 50 }) }, zstd: 'raw' });
    harness = await FetchHarness.open(gateway.url);
  });
  after(async () => {
    await harness.close();
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  const databento = () => ({
    plan: async () =>
      DAYS.map((day) => new RangeChunk('databento', day, harness.archive, (wanted) => harness.buy(wanted))),
  });
  const notes = () => ({ plan: async () => [chunk('notes', noteFragment([1, 2, 3], MONDAY))] });
  const SOURCES: readonly [name: string, source: Subject, asked: Partial<SourceSuiteOptions>][] = [
    ['files', () => new FileSource({ paths: FILES.map(path), decompress }), {}],
    ['databento', databento, {}],
    [
      'csv',
      csv,
      {
        paths: [path('bars.csv')],
        options: BAR_OPTIONS,
        refuses: [
          { paths: [path('bars.csv')], options: { ...BAR_OPTIONS, schema: 'nosuch' } },
          { paths: [path('bars.csv')], options: { ...BAR_OPTIONS, colour: 'red' } },
          { paths: [path('nosuch.csv')], options: BAR_OPTIONS },
        ],
      },
    ],
    [
      'jsonl',
      jsonl,
      {
        paths: [path('trades.jsonl')],
        options: TRADE_OPTIONS,
        refuses: [
          { paths: [path('trades.jsonl')], options: {} },
          { paths: [], options: TRADE_OPTIONS },
        ],
      },
    ],
    ['ticks', clockSource(), { options: { records: 5 } }],
    ['notes', notes, { plugins: [notePlugin()] }],
  ];
  for (const [name, source, asked] of SOURCES) {
    describe(`the source "${name}"`, () => describeSource(source, { describe, it, ...asked }));
  }
});

function chunk(source: string, content: Uint8Array, more: Partial<Chunk> = {}): Chunk {
  const { dataset, schema, dbnVersion: version } = NOTES;
  const open = async function* () {
    yield content;
  };
  return {
    source,
    sizeBytes: null,
    fragment: { dataset, schema, version, tsOut: false },
    repeatable: true,
    open,
    ...more,
  };
}

describe('the contract suite for sources', () => {
  const READ = 'gives streams that can be read to their ends, of records and schemas that are known';
  const LIST = 'lists chunks, each with a name for people';
  let lists = 0;
  let readings = 0;
  const content = tradesFile(trades(3));
  const outside = tradesFile(trades(3), { start: MONDAY + DAY, end: MONDAY + 2n * DAY });

  const BROKEN: readonly [what: string, chunks: () => readonly Chunk[], title: string, why: string][] = [
    ['lists nothing', () => [], LIST, 'it lists no chunk'],
    ['lists a chunk without a name', () => [chunk(' ', content)], LIST, 'a chunk has no name'],
    ['lists a size that is none', () => [chunk('a', content, { sizeBytes: 0.5 })], LIST, '"a" has the size 0.5'],
    [
      'names a place that is relative',
      () => [chunk('a', content, { origin: { locations: ['data/a'] } })],
      LIST,
      '"data/a" is no absolute path',
    ],
    [
      'lists other chunks each time',
      () => [chunk(`list ${lists++}`, content)],
      'lists the same chunks in the same order, however often it is asked',
      '',
    ],
    ['gives bytes that are cut', () => [chunk('a', content.subarray(0, -5))], READ, '"a": '],
    [
      'names a schema that nobody serves',
      () => [chunk('a', noteFragment([1], MONDAY))],
      READ,
      'unknown schema "notes"',
    ],
    [
      'has records that nobody serves',
      () => [
        chunk('a', tradesFile([]), { fragment: null }),
        chunk('b', Buffer.concat([tradesFile([]), noteFragment([1], MONDAY)])),
      ],
      READ,
      '"b" has records of rtype 224, which no schema has',
    ],
    ['claims another day than it has', () => [chunk('a', outside)], READ, '"a" has records outside of the range'],
    [
      'gives other bytes at each reading',
      () => [chunk('a', content, { open: () => once(tradesFile(trades(1 + (readings++ % 7)))) })],
      'gives the same bytes whenever it is read again, and beside another reading',
      '"a" gives other bytes',
    ],
    [
      'writes over what it gave',
      () => [chunk('a', content, { open: () => reusing(content) })],
      'leaves the bytes that it gave as they are',
      'of "a" was written over later',
    ],
    [
      'fails in its own way when it is aborted',
      () => [chunk('a', content, { open: (signal) => failing(content, signal) })],
      'ends with CANCELLED, if with anything, when the run is aborted',
      'aborted, it throws Error: stopped',
    ],
    [
      'speaks on stdout',
      () => [chunk('a', content, { open: () => speaking(content) })],
      'writes nothing to stdout',
      "'.'",
    ],
  ];
  for (const [what, chunks, title, why] of BROKEN) {
    it(`finds a source that ${what}`, async () => {
      const { failures } = await suiteFailures((runner) =>
        describeSource(() => ({ plan: async () => chunks() }), runner),
      );
      expect(failures).to.have.property(title).that.contains(why);
    });
  }

  it('finds a source that takes what it must refuse, and one that refuses in words of its own', async () => {
    const refuses = [{ options: { records: 1 } }, { options: { wrong: 'yes' } }, { options: { schema: 'nosuch' } }];
    const source = defineSource({
      name: 'lax',
      description: 'takes everything',
      create: ({ options, schema }) => {
        if (options.wrong === 'yes') throw new RangeError('no');
        const wanted = schema(typeof options.schema === 'string' ? options.schema : 'trades');
        const records = async function* () {
          yield [];
        };
        return { plan: async () => [recordChunk({ source: 'x', dataset: 'D', schema: wanted, records })] };
      },
    });
    const { tests, failures } = await suiteFailures((runner) => describeSource(source, { ...runner, refuses }));
    const title = (call: number): string => `refuses call ${call} of those that are wrong, and says what to do`;
    expect(tests).to.equal(11);
    expect(failures).to.have.all.keys(title(1), title(2));
    expect(failures[title(1)]).to.contain('it takes {"options":{"records":1}}');
    expect(failures[title(2)]).to.contain('it throws RangeError: no, which is no TickloomError');
  });
});

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

/** Every piece in the same memory. */
async function* reusing(content: Uint8Array): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(1);
  for (const byte of content) {
    piece[0] = byte;
    yield piece;
  }
}

async function* failing(content: Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield content;
  if (signal.aborted) throw new Error('stopped');
}

async function* speaking(content: Uint8Array): AsyncGenerator<Uint8Array> {
  process.stdout.write('.');
  yield content;
}
