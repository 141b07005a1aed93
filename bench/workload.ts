import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { compress } from '../src/adapters/zstd/index.js';
import { generateSample } from '../src/core/sample/index.js';
import type { Workload } from './bench-case.js';
import type { BenchOptions } from './options.js';

/** Writes the sample that all cases work on into a folder, uncompressed and compressed. */
export async function writeWorkload(options: BenchOptions, folder: string): Promise<Workload> {
  const { schema, records, instruments, days, seed } = options;
  const request = { schema, records, instruments, days, seed };
  const dbn = join(folder, 'sample.dbn');
  const dbnZst = `${dbn}.zst`;
  const sample = generateSample(request);
  await pipeline(sample.bytes(), createWriteStream(dbn));
  await pipeline(compress(Readable.from(sample.bytes())), createWriteStream(dbnZst));
  return { ...request, dbn, dbnZst, copy: null, database: null };
}
