import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { compress } from '../adapters/zstd/index.js';
import { TickloomError } from '../core/errors/index.js';
import { generateSample } from '../core/sample/index.js';
import type { SampleRequest, SampleResult } from './tickloom.js';

/**
 * Writes a sample to a file: beside it first, and renamed when whole, so that nobody reads half a file.
 * @throws USAGE and SCHEMA_UNKNOWN for the request, OUTPUT_UNWRITABLE
 */
export async function writeSample(request: SampleRequest, signal?: AbortSignal): Promise<SampleResult> {
  const { output, ...wanted } = request;
  const sample = generateSample(wanted);
  const plain = Readable.from(sample.bytes(), { objectMode: true }) as AsyncIterable<Uint8Array>;
  const bytes = output.endsWith('.zst') ? compress(plain) : plain;
  const partial = `${output}.${process.pid}.part`;
  let written = 0;
  async function* counted(): AsyncGenerator<Uint8Array, void> {
    for await (const piece of bytes) {
      written += piece.byteLength;
      yield piece;
    }
  }
  try {
    await mkdir(dirname(output), { recursive: true });
    await pipeline(counted, createWriteStream(partial), { ...(signal === undefined ? {} : { signal }) });
    await rename(partial, output);
  } catch (cause) {
    await rm(partial, { force: true });
    if (signal?.aborted === true)
      throw new TickloomError('CANCELLED', `writing "${output}" was interrupted`, { cause });
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === undefined) throw cause;
    throw new TickloomError('OUTPUT_UNWRITABLE', `cannot write "${output}": ${(cause as Error).message}`, {
      hint: 'Choose a place that you may write to with --output.',
      context: { path: output, code },
      cause,
    });
  }
  return { output, schema: sample.metadata.schema ?? request.schema, records: sample.records, bytes: written };
}
