import { FileSource } from '../../src/adapters/files/file-source.js';
import { decompress } from '../../src/adapters/zstd/index.js';
import { DbnDecoder, decodeStream, type RecordBatch } from '../../src/core/dbn/index.js';
import type { Chunk } from '../../src/core/source/source.js';
import { timed, type BenchCase } from '../bench-case.js';

/** The batches of a file, read as the pipeline reads it; stops after the last. */
export async function* batchesOf(path: string, decoder = new DbnDecoder()): AsyncGenerator<RecordBatch> {
  const { signal } = new AbortController();
  const [chunk] = await new FileSource({ paths: [path] }).plan(signal);
  yield* decodeStream(decompress((chunk as Chunk).open(signal)), decoder);
}

async function countRecords(path: string): Promise<number> {
  let records = 0;
  for await (const batch of batchesOf(path)) records += batch.count;
  return records;
}

export const decodeDbn: BenchCase = {
  name: 'decode-dbn',
  title: '.dbn read and cut into records',
  needsDatabase: false,
  reference: null,
  run: ({ dbn }) => timed(() => countRecords(dbn)),
};

export const decodeZst: BenchCase = {
  name: 'decode-zst',
  title: '.dbn.zst decompressed and cut into records',
  needsDatabase: false,
  reference: null,
  run: ({ dbnZst }) => timed(() => countRecords(dbnZst)),
};
