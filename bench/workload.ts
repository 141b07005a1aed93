import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { compress } from '../src/adapters/zstd/index.js';
import { generateSample, type SampleRequest } from '../src/core/sample/index.js';
import type { Workload } from './bench-case.js';
import type { BenchOptions } from './options.js';

/** A definition is ten times as wide as the others: so many fewer make the same work. */
const DEFINITION_SHARE = 10;
/** Mondays, as far apart as the longest sample may be. */
const HALVES_START = ['2024-03-04', '2025-03-03'];

/** Writes the sample of a schema that all cases work on into a folder, uncompressed, compressed and in two files. */
export async function writeWorkload(
  options: BenchOptions,
  schema: string,
  folder: string,
  signal: AbortSignal,
): Promise<Workload> {
  const { instruments, days, seed } = options;
  const records = schema === 'definition' ? Math.ceil(options.records / DEFINITION_SHARE) : options.records;
  const request = { schema, records, instruments, days, seed };
  const dbn = join(folder, 'sample.dbn');
  const dbnZst = `${dbn}.zst`;
  await pipeline(generateSample(request).bytes(), createWriteStream(dbn), { signal });
  await writeSample(request, dbnZst, signal);
  const dbnHalves = HALVES_START.map((start) => join(folder, `sample-${start}.dbn.zst`));
  const half = Math.ceil(records / 2);
  for (const [index, path] of dbnHalves.entries()) {
    const part = { ...request, records: index === 0 ? half : records - half, start: HALVES_START[index] as string };
    await writeSample(part, path, signal);
  }
  return { ...request, folder, dbn, dbnZst, dbnHalves, ready: null };
}

/** Writes a sample, compressed. */
export async function writeSample(request: SampleRequest, path: string, signal: AbortSignal): Promise<void> {
  await pipeline(compress(Readable.from(generateSample(request).bytes())), createWriteStream(path), { signal });
}
