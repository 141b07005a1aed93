import { expect } from 'chai';
import { createTickloom, type Tickloom } from '../../../src/index.js';
import { defineSource, recordChunk, TickloomError, type Source, type SourceRequest } from '../../../src/plugin.js';
import { clockSource } from '../../support/clock-source.js';
import { createDatabase } from '../../support/postgres-server.js';
import { rejected } from '../../support/thrown.js';
import { tradesFile, trades } from '../../support/trade-file.js';

const make = (name: string, create: (request: SourceRequest) => Source, takes: 'paths' | 'query' = 'paths') =>
  defineSource({ name, description: name, takes, create });
const bytes = (source: string, content: Uint8Array) => ({
  source,
  sizeBytes: content.byteLength,
  fragment: null,
  repeatable: true,
  open: async function* () {
    yield content;
  },
});

describe('sources of plugins', function () {
  this.timeout(60_000);
  const opened: Tickloom[] = [];
  const open = async (...plugins: unknown[]): Promise<Tickloom> => {
    const tickloom = createTickloom({ database: (await createDatabase()).url, plugins });
    opened.push(tickloom);
    return tickloom;
  };
  afterEach(async () => {
    for (const tickloom of opened.splice(0)) await tickloom.close();
  });

  it('bring records as plain objects, which load once, with their symbols', async () => {
    const tickloom = await open(clockSource());
    const ingest = () => tickloom.ingest({ paths: [], source: { name: 'ticks', options: { records: 1000 } } });
    const first = await ingest();
    expect(first.records).to.include({ decoded: 1001, loaded: 1000, control: 1 });
    expect(first.symbols.mapped).to.equal(1000);
    expect((await ingest()).records).to.include({ loaded: 0, already_loaded: 1000 });
    const dry = await tickloom.ingest({
      paths: [],
      source: { name: 'ticks', options: { records: 1000 } },
      dryRun: true,
    });
    expect(dry.details[0]).to.include({ source: 'ticks 1000', schema: 'trades', state: 'loaded' });
  });

  it('bring DBN bytes, and are asked with a query where they are an API', async () => {
    const queries: unknown[] = [];
    const api = make(
      'vendor',
      ({ query }) => {
        queries.push(query);
        return { plan: async () => [bytes('vendor day', tradesFile(trades(3)))] };
      },
      'query',
    );
    const tickloom = await open(api);
    const request = { api: 'vendor', dataset: 'D', schemas: ['trades'], symbols: ['A'], start: '2024-01-09' };
    expect((await tickloom.ingest({ paths: [], request })).records.loaded).to.equal(3);
    expect(queries[0]).to.include({ dataset: 'D', start: '2024-01-09' });
    expect(await tickloom.sources.list()).to.deep.include({
      name: 'vendor',
      description: 'vendor',
      takes: 'query',
      origin: 'given by the host',
    });
    const wrong = await rejected(tickloom.ingest({ paths: [], request: { ...request, api: 'nobody' } }));
    expect(wrong).to.include({ code: 'API_UNKNOWN', message: 'unknown API "nobody"; known: databento, vendor' });
    const other = await rejected(tickloom.ingest({ paths: [], request: { ...request, schemas: ['nosuch'] } }));
    expect(other).to.have.property('code', 'SCHEMA_UNKNOWN');
  });

  it('fetch what they have to before it is read, and a dry run fetches nothing', async () => {
    const seen: string[] = [];
    const tickloom = await open(
      make('slow', () => ({
        plan: async () => [
          {
            ...bytes('far away', tradesFile(trades(2))),
            fetch: async ({ onBytes }) => {
              seen.push('fetched');
              onBytes(5);
            },
          },
        ],
      })),
    );
    const request = { paths: [], source: { name: 'slow' } };
    expect((await tickloom.ingest({ ...request, dryRun: true })).details[0]).to.include({ state: 'unknown' });
    expect(seen).to.deep.equal([]);
    expect((await tickloom.ingest(request)).bytes.downloaded).to.equal(5);
    expect(seen).to.deep.equal(['fetched']);
  });

  it('fail their chunk and not the run when their own code fails', async () => {
    const tickloom = await open(
      make('broken', ({ options }) => {
        if (options.now === 'yes') throw new RangeError('out of ticks');
        const failing = async function* (): AsyncGenerator<Uint8Array> {
          yield new Uint8Array(2);
          throw new TypeError('no such property');
        };
        return {
          plan: async () => [
            { ...bytes('bad', new Uint8Array()), open: failing },
            bytes('good', tradesFile(trades(1))),
          ],
        };
      }),
    );
    const report = await tickloom.ingest({ paths: [], source: { name: 'broken' } });
    expect(report.status).to.equal('incomplete');
    expect(report.records.loaded).to.equal(1);
    expect(report.details[0]?.error).to.include({
      code: 'SOURCE_FAILED',
      message: 'source "broken" failed, reading "bad": no such property',
    });
    const source = { name: 'broken', options: { now: 'yes' } };
    expect(await rejected(tickloom.ingest({ paths: [], source }))).to.include({
      code: 'SOURCE_FAILED',
      message: 'source "broken" failed, listing what there is: out of ticks',
    });
  });

  it('leave no password in reports and in the ledger, in whatever they say', async () => {
    const address = 'https://me:Hunter2@feed.example/x';
    const tickloom = await open(
      make('telling', () => ({
        plan: async () => [
          {
            ...bytes(address, new Uint8Array()),
            // eslint-disable-next-line require-yield -- it fails before it has anything
            open: async function* (): AsyncGenerator<Uint8Array> {
              throw new TickloomError('SOURCE_FAILED', `no answer from ${address}`, {
                hint: `Open ${address}.`,
                context: { address },
              });
            },
          },
        ],
      })),
    );
    const events: object[] = [];
    tickloom.on('*', (event) => events.push(event));
    const report = await tickloom.ingest({ paths: [], source: { name: 'telling' } });
    expect(report.details[0]?.error?.message).to.contain('no answer from https://me:***@feed.example/x');
    const runs = [await tickloom.runs.list(), await tickloom.runs.show(report.run_id)];
    const text = JSON.stringify([report, events, runs], (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(text).to.contain('feed.example').and.not.to.contain('Hunter2');
  });

  it('are refused when what they list is no chunk, and say which record cannot be encoded', async () => {
    const tickloom = await open(
      make('odd', () => ({ plan: async () => ['x'] as never })),
      make('short', ({ schema }) => ({
        plan: async () => [
          recordChunk({
            source: 'short',
            dataset: 'D',
            schema: schema('trades'),
            records: async function* () {
              yield [{ symbol: 'A' }];
            },
          }),
        ],
      })),
    );
    expect(await rejected(tickloom.ingest({ paths: [], source: { name: 'odd' } }))).to.have.property(
      'code',
      'PLUGIN_INVALID',
    );
    const { details } = await tickloom.ingest({ paths: [], source: { name: 'short' } });
    expect(details[0]?.error?.code).to.equal('ENCODE_FAILED');
    expect(details[0]?.error?.message).to.contain('record 0: a record of model "Trade"').and.contain('"publisher_id"');
  });

  it('are refused when they are unknown, clash, or were made for another Tickloom', async () => {
    const tickloom = await open();
    const unknown = await rejected(tickloom.ingest({ paths: [], source: { name: 'nosuch' } }));
    expect(unknown).to.include({
      code: 'SOURCE_UNKNOWN',
      message: 'unknown source "nosuch"; known: files, csv, jsonl',
    });
    const api = await rejected(tickloom.ingest({ paths: [], source: { name: 'databento' } }));
    expect(api).to.include({ code: 'SOURCE_UNKNOWN', hint: 'Write --api databento.' });
    const options = await rejected(tickloom.ingest({ paths: [], source: { name: 'files', options: { a: 1 } } }));
    expect(options).to.have.property('code', 'SOURCE_OPTION_INVALID');
    for (const [plugins, message] of [
      [[clockSource(), clockSource()], 'two sources are named "ticks": one comes from given by the host'],
      [[clockSource('csv')], 'two sources are named "csv": one is built in, one comes from given by the host'],
      [[clockSource('files')], 'two sources are named "files": one is built in'],
    ] as const) {
      const error = await rejected((await open(...plugins)).sources.list());
      expect(error).to.have.property('code', 'SCHEMA_CLASH');
      expect(error).to.have.property('message').that.contains(message);
    }
    for (const [version, hint] of [
      [2, 'Update tickloom, or install an older version of the plugin.'],
      [0, 'Install a newer version of the plugin.'],
    ] as const) {
      const other = Object.defineProperty({ ...clockSource() }, Symbol.for('tickloom.source'), { value: version });
      expect(await rejected((await open(other)).sources.list())).to.include({ code: 'PLUGIN_INVALID', hint });
    }
    for (const definition of [
      { name: 'A' },
      { name: 'a' },
      { name: 'a', description: '' },
      { name: 'a', description: '', takes: 'x' },
    ]) {
      expect(() => defineSource(definition as never))
        .to.throw('cannot add a source named')
        .with.property('code', 'PLUGIN_INVALID');
    }
  });
});
