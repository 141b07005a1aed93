import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { FileSource } from '../../../../src/adapters/files/file-source.js';
import { compress, decompress } from '../../../../src/adapters/zstd/index.js';
import { ChunkReader } from '../../../../src/core/pipeline/chunk-reader.js';
import type { Chunk, ChunkPart } from '../../../../src/core/source/source.js';
import { rejected } from '../../../support/thrown.js';
import { MONDAY, SECOND, trades, tradesFile } from '../../../support/trade-file.js';

const never = new AbortController().signal;

describe('files that one chunk was split into', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'tickloom-parts-')));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(join(folder, name, '..'), { recursive: true });
    const content = name.endsWith('.zst') ? Readable.from(compress(Readable.from([bytes]))) : bytes;
    await writeFile(join(folder, name), content);
  };
  /** A part with trades of its own. */
  const part = (name: string, number: number, changes: Parameters<typeof tradesFile>[1] = {}): Promise<void> =>
    put(name, tradesFile(trades(3, number * 3), changes));
  const manifest = (...names: string[]): Promise<void> =>
    writeFile(join(folder, 'job/manifest.json'), JSON.stringify({ files: names.map((filename) => ({ filename })) }));
  const plan = (...paths: string[]): Promise<readonly Chunk[]> =>
    new FileSource({ paths, cwd: folder, decompress: (source) => decompress(source) }).plan(never);
  const sources = async (...paths: string[]): Promise<string[]> =>
    (await plan(paths[0] ?? 'job', ...paths.slice(1))).map(({ source }) => source);
  const why = async (...paths: string[]): Promise<string> => {
    const [chunk] = await plan(...paths);
    const error = await rejected(new ChunkReader(chunk as Chunk, (source) => decompress(source), never).header());
    expect(error.code).to.equal('PARTS_INCOMPLETE');
    return error.message;
  };

  it('are one chunk when numbered, in the order of the numbers', async () => {
    for (const number of [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]) {
      await part(`job/x.trades.${String(number).padStart(4, '0')}.dbn.zst`, number);
    }
    await part('job/y.trades.dbn', 20);
    const [chunk, other] = await plan('job');
    expect(chunk?.source).to.equal('job/x.trades.0000.dbn.zst … x.trades.0010.dbn.zst (11 parts)');
    expect(chunk).to.include({ repeatable: true, mayGoOn: true });
    expect(other?.source).to.equal('job/y.trades.dbn');
    expect(await sources('job/y.trades.dbn', 'job/*.zst', 'job')).to.deep.equal([other?.source, chunk?.source]);
  });

  it('read as one stream: the header once, the records of all, their ordinals going on', async () => {
    for (const number of [0, 1, 2]) await part(`job/x.000${number}.dbn.zst`, number);
    const [chunk] = await plan('job');
    const ordinals: number[] = [];
    let stored = 0;
    const reader = new ChunkReader(
      chunk as Chunk,
      (source) => decompress(source),
      never,
      (bytes) => (stored += bytes),
    );
    for await (const batch of reader.batches()) {
      for (let index = 0; index < batch.count; index += 1) {
        ordinals.push(batch.firstOrdinal + (batch.ordinals[index] as number));
      }
    }
    await reader.close();
    expect(ordinals).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    await put('whole.dbn', tradesFile(trades(9)));
    const [whole] = await plan('whole.dbn');
    const wholeReader = new ChunkReader(whole as Chunk, (source) => decompress(source), never);
    for await (const batch of wholeReader.batches()) expect(batch.count).to.be.greaterThan(0);
    const { contentSha256, contentBytes } = wholeReader.summary();
    expect(reader.summary()).to.deep.equal({ contentSha256, contentBytes, sourceBytes: stored });
    expect(chunk?.sizeBytes).to.equal(stored);
    let opened = 0;
    for await (const bytes of (chunk as Chunk).open(never)) opened += bytes.byteLength;
    expect(opened).to.equal(stored);
  });

  it('are whole when the manifest lists them, and may go on without one', async () => {
    await part('job/x.0000.dbn', 0);
    await part('job/x.0001.dbn', 1);
    expect((await plan('job'))[0]).to.include({ mayGoOn: true });
    await manifest('condition.json', 'x.0000.dbn', 'x.0001.dbn');
    expect((await plan('job'))[0]).to.include({ mayGoOn: false });
    // The first of them alone is the beginning of the chunk, and known to be no more.
    expect((await plan('job/x.0000.dbn'))[0]).to.include({ source: 'job/x.0000.dbn', mayGoOn: true });
    await writeFile(join(folder, 'job/manifest.json'), '{ "files": 7 }');
    expect((await plan('job'))[0]).to.include({ mayGoOn: true });
    await writeFile(join(folder, 'job/manifest.json'), 'nothing of the kind');
    expect((await plan('job'))[0]).to.include({ mayGoOn: true });
  });

  it('are in the order of the manifest when they have no numbers', async () => {
    await part('job/late.dbn', 1);
    await part('job/early.dbn', 0);
    expect(await sources('job')).to.deep.equal(['job/early.dbn', 'job/late.dbn']);
    await manifest('early.dbn', 'late.dbn');
    const [chunk] = await plan('job');
    expect(chunk).to.include({ source: 'job/early.dbn … late.dbn (2 parts)', mayGoOn: false });
    expect(await why('job/late.dbn')).to.equal('cannot read "job/late.dbn" as one: part "early.dbn" is not named');
    await manifest('early.dbn', 'middle.dbn', 'late.dbn');
    expect(await why('job')).to.match(/part "middle.dbn" is missing/);
  });

  describe('when each header but the first starts at the time of its first record', () => {
    const startOf = (number: number): bigint => MONDAY + BigInt(number * 3) * SECOND + 123_456_789n;
    const late = (name: string, number: number): Promise<void> => part(name, number, { start: startOf(number) });
    const records = async (chunk: Chunk | undefined): Promise<number> => {
      const reader = new ChunkReader(chunk as Chunk, (source) => decompress(source), never);
      let count = 0;
      for await (const batch of reader.batches()) count += batch.count;
      return count;
    };

    it('are one chunk, with the header of the first', async () => {
      await part('job/x.0000.dbn', 0);
      for (const number of [1, 2]) await late(`job/x.000${number}.dbn`, number);
      const [chunk, other] = await plan('job');
      expect(chunk?.source).to.equal('job/x.0000.dbn … x.0002.dbn (3 parts)');
      expect(other).to.equal(undefined);
      expect(await records(chunk)).to.equal(9);
    });

    it('are one chunk in the order of the manifest', async () => {
      for (const [number, name] of ['c', 'b', 'a'].entries()) await late(`job/${name}.dbn`, number);
      await manifest('c.dbn', 'b.dbn', 'a.dbn');
      const [chunk] = await plan('job');
      expect(chunk).to.include({ source: 'job/c.dbn … a.dbn (3 parts)', mayGoOn: false });
      expect(await records(chunk)).to.equal(9);
      await manifest('a.dbn', 'b.dbn', 'c.dbn');
      expect(await sources('job')).to.deep.equal(['job/a.dbn', 'job/b.dbn', 'job/c.dbn']);
    });
  });

  it('stay files of their own when their headers differ', async () => {
    await part('job/x.0000.dbn', 0);
    await part('job/x.0001.dbn', 1, { start: MONDAY + 1n });
    await part('job/y.0007.dbn', 2, { start: MONDAY + 2n });
    await part('job/y.0008.dbn', 3, { start: MONDAY + 3n });
    await part('job/z.2024.dbn', 4);
    await part('other/x.0000.dbn', 5);
    const single = ['job/x.0000.dbn', 'job/x.0001.dbn', 'job/y.0007.dbn', 'job/y.0008.dbn', 'job/z.2024.dbn'];
    expect(await sources('job', 'other')).to.deep.equal([...single, 'other/x.0000.dbn']);
    await put('bad/x.0000.dbn', Buffer.from('no header'));
    await put('bad/x.0001.dbn', Buffer.from('no header'));
    expect(await sources('bad')).to.deep.equal(['bad/x.0000.dbn', 'bad/x.0001.dbn']);
  });

  it('are refused when one is missing, and it is named', async () => {
    await part('job/x.0000.dbn', 0);
    await part('job/x.0001.dbn', 1);
    await part('job/x.0003.dbn', 3);
    const all = '"job/x.0000.dbn … x.0003.dbn (3 parts)"';
    expect(await why('job')).to.equal(`cannot read ${all} as one: part "x.0002.dbn" is missing`);
    await rm(join(folder, 'job/x.0003.dbn'));
    await manifest('x.0000.dbn', 'x.0001.dbn', 'x.0002.dbn');
    expect(await why('job')).to.match(/\(2 parts\)" as one: part "x.0002.dbn" is missing/);
    expect(await why('job/x.0001.dbn')).to.match(/part "x.0000.dbn" is not named/);
    await part('alone/x.0001.dbn', 1);
    expect(await why('alone')).to.match(/part "x.0000.dbn" is missing/);
  });

  it('are refused when one is there twice', async () => {
    await part('job/x.0000.dbn', 0);
    await part('job/x.0001.dbn', 0);
    expect(await why('job')).to.match(/"x.0001.dbn" is a copy of "x.0000.dbn"$/);
  });

  it('name the part and the position in it when something is wrong', async () => {
    const second = tradesFile(trades(3, 3));
    await part('job/x.0000.dbn', 0);
    await put('job/x.0001.dbn', second.subarray(0, second.length - 5));
    await part('job/x.0002.dbn', 2);
    const [chunk] = await plan('job');
    const read = async (): Promise<void> => {
      for await (const batch of new ChunkReader(chunk as Chunk, (source) => decompress(source), never).batches()) {
        expect(batch.count).to.be.greaterThan(0);
      }
    };
    const error = await rejected(read());
    expect(error.code).to.equal('DECODE_TRUNCATED');
    expect(error.message).to.match(/^"job\/x.0001.dbn": record 2 at byte \d+ is cut/);
    await part('job/x.0001.dbn', 1, { start: MONDAY + 1n });
    expect((await rejected(read())).message).to.match(/^"job\/x.0001.dbn" changed while it was being read/);
  });

  it('are refused when a header turns out to be another, wherever the bytes come from', async () => {
    const stream = (source: string, bytes: Uint8Array): ChunkPart => ({ source, open: () => Readable.from([bytes]) });
    const first = stream('a', tradesFile(trades(1)));
    const parts = [first, stream('b', tradesFile(trades(1), { start: MONDAY + 1n }))];
    const chunk: Chunk = { ...first, sizeBytes: null, fragment: null, repeatable: true, parts };
    const reader = new ChunkReader(chunk, (source) => source, never);
    const read = async (): Promise<void> => {
      for await (const batch of reader.batches()) expect(batch.count).to.equal(1);
    };
    const changed = await rejected(read());
    expect(changed.code).to.equal('CHUNK_CHANGED');
    expect(changed.message).to.equal('"b": its header is another than that of "a"');
  });
});
