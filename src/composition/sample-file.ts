import { Readable } from 'node:stream';
import { generateSample } from '../core/sample/index.js';
import type { SampleRequest, SampleResult } from './tickloom.js';
import { writeOutput } from './write-output.js';

/**
 * Writes a sample to a file, or to whoever takes the bytes.
 * @throws USAGE and SCHEMA_UNKNOWN for the request, OUTPUT_UNWRITABLE, CANCELLED
 */
export async function writeSample(request: SampleRequest, signal?: AbortSignal): Promise<SampleResult> {
  const { output: wanted, ...what } = request;
  const sample = generateSample(what);
  const plain = Readable.from(sample.bytes(), { objectMode: true }) as AsyncIterable<Uint8Array>;
  const { output, bytes } = await writeOutput(wanted, plain, signal);
  return { output, schema: sample.metadata.schema ?? request.schema, records: sample.records, bytes };
}
