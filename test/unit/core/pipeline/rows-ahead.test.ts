import { expect } from 'chai';
import { builtinPlugins } from '../../../../plugins/index.js';
import type { RowBlock } from '../../../../src/core/pipeline/chunk-rows.js';
import { openDecodedRows } from '../../../../src/core/pipeline/decoded-rows.js';
import { RowsAhead } from '../../../../src/core/pipeline/rows-ahead.js';
import { PluginRegistry } from '../../../../src/core/registry/plugin-registry.js';
import type { Chunk, ChunkOrigin, FetchContext } from '../../../../src/core/source/source.js';
import { rejected } from '../../../support/thrown.js';
import { trades, tradesFile } from '../../../support/trade-file.js';

const FILE = tradesFile(trades(3));
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A file on disk that says how often it is open. */
class WatchedFile implements Chunk {
  readonly source = 'watched.dbn';
  readonly fragment = null;
  readonly sizeBytes: number;
  opened = 0;
  closed = 0;

  constructor(
    private readonly bytes: Uint8Array = FILE,
    readonly repeatable = true,
    readonly origin: ChunkOrigin = { locations: ['/watched.dbn'] },
  ) {
    this.sizeBytes = bytes.length;
  }

  async *open(): AsyncGenerator<Uint8Array, void, undefined> {
    this.opened += 1;
    try {
      for (let at = 0; at < this.bytes.length; at += 100) yield this.bytes.subarray(at, at + 100);
    } finally {
      this.closed += 1;
    }
  }
}

class FetchedFile extends WatchedFile {
  async fetch(_context: FetchContext): Promise<void> {}
}

describe('RowsAhead', () => {
  let ahead: RowsAhead;
  let stop: AbortController;
  let told: number[];
  beforeEach(() => {
    const registry = new PluginRegistry();
    for (const plugin of builtinPlugins.filter(({ name }) => name === 'trades')) registry.register(plugin, 'built in');
    ahead = new RowsAhead(openDecodedRows({ registry, decompress: (source) => source }));
    stop = new AbortController();
    told = [];
  });
  const rowsOf = (chunk: Chunk): ReturnType<RowsAhead['open']> =>
    ahead.open(chunk, { signal: stop.signal, onBytes: (bytes) => told.push(bytes) });

  it('reads the header of a file before it is asked for, and says so when it is', async () => {
    const file = new WatchedFile();
    ahead.begin([file]);
    await turns();
    expect(file.opened).to.equal(1);
    const rows = rowsOf(file);
    expect(told).to.deep.equal([]);
    expect((await rows.head()).metadata?.schema).to.equal('trades');
    expect(told).to.have.length(1);
    await rows.prepare();
    const blocks: RowBlock[] = [];
    for await (const block of rows.blocks({ chunkId: 1, watch: true })) blocks.push(block);
    expect(blocks.reduce((sum, { rows: made }) => sum + made, 0)).to.equal(3);
    expect(await rows.tail()).to.include({ decoded: 3, sourceBytes: FILE.length });
    expect(told.reduce((sum, bytes) => sum + bytes, 0)).to.equal(FILE.length);
    await rows.close();
    await ahead.close();
    expect(file).to.include({ opened: 1, closed: 1 });
  });

  it('opens a file anew for the second attempt', async () => {
    const file = new WatchedFile();
    ahead.begin([file]);
    await rowsOf(file).close();
    const rows = rowsOf(file);
    await rows.head();
    await rows.close();
    expect(file).to.include({ opened: 2, closed: 2 });
  });

  it('leaves pipes, what has to be fetched and what is no file until they are asked for', async () => {
    const others = [new WatchedFile(FILE, false), new FetchedFile(), new WatchedFile(FILE, true, {})];
    ahead.begin(others);
    await turns();
    expect(others.map(({ opened }) => opened)).to.deep.equal([0, 0, 0]);
    for (const chunk of others) {
      const rows = rowsOf(chunk);
      await rows.head();
      await rows.close();
    }
    expect(others.map(({ opened }) => opened)).to.deep.equal([1, 1, 1]);
  });

  it('closes what nobody came for', async () => {
    const file = new WatchedFile();
    ahead.begin([file]);
    await ahead.close();
    expect(file).to.include({ opened: 1, closed: 1 });
  });

  it('tells whoever asks what went wrong, and nobody else', async () => {
    const unknown = new WatchedFile(tradesFile([], { schema: 'mbo' }));
    const damaged = new WatchedFile(new Uint8Array(300));
    ahead.begin([unknown, damaged]);
    await turns();
    expect(await rejected(rowsOf(damaged).head())).to.include({ code: 'NOT_DBN' });
    const rows = rowsOf(unknown);
    expect((await rows.head()).metadata?.schema).to.equal('mbo');
    expect(await rejected(rows.prepare())).to.include({ code: 'SCHEMA_UNKNOWN' });
    await rows.close();
    expect(unknown.closed).to.equal(1);
  });

  it('stops with the run', async () => {
    const file = new WatchedFile(tradesFile(trades(100)));
    ahead.begin([file]);
    const rows = rowsOf(file);
    await rows.prepare();
    stop.abort();
    const blocks = rows.blocks({ chunkId: 1, watch: true })[Symbol.asyncIterator]();
    expect(await rejected(blocks.next())).to.include({ code: 'CANCELLED' });
    await rows.close();
    expect(file.closed).to.equal(1);
  });
});
