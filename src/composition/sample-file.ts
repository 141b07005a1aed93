import { Readable } from 'node:stream';
import { generateSample } from '../core/sample/index.js';
import { writeOutputFile } from './output-file.js';
import type { SampleRequest, SampleResult } from './tickloom.js';

/**
 * Writes a sample to a file.
 * @throws USAGE and SCHEMA_UNKNOWN for the request, OUTPUT_UNWRITABLE
 */
export async function writeSample(request: SampleRequest, signal?: AbortSignal): Promise<SampleResult> {
  const { output, ...wanted } = request;
  const sample = generateSample(wanted);
  const plain = Readable.from(sample.bytes(), { objectMode: true }) as AsyncIterable<Uint8Array>;
  const bytes = await writeOutputFile(output, plain, signal);
  return { output, schema: sample.metadata.schema ?? request.schema, records: sample.records, bytes };
}
