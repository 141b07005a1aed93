import { createHash } from 'node:crypto';
import { DbnDecoder, readRecord, type Metadata, type RecordValue } from '../../../../src/core/dbn/index.js';
import { generateSample, type SampleRequest } from '../../../../src/core/sample/index.js';

export type DecodedRecord = Readonly<Record<string, RecordValue>>;

export interface DecodedSample {
  readonly metadata: Metadata;
  readonly records: readonly DecodedRecord[];
  /** Each record as it came, in hex. */
  readonly raw: readonly string[];
}

/** Five days from Monday with a roll on Wednesday, unless said otherwise. */
export const aRequest = (values: Partial<SampleRequest> = {}): SampleRequest => ({
  schema: 'trades',
  records: 2_000,
  instruments: 3,
  days: 5,
  seed: 7,
  ...values,
});

/** Generates a sample and reads it with the codec. */
export function decodedSample(values: Partial<SampleRequest> = {}): DecodedSample {
  const decoder = new DbnDecoder();
  const records: DecodedRecord[] = [];
  const raw: string[] = [];
  for (const piece of generateSample(aRequest(values)).bytes()) {
    decoder.push(piece);
    for (const { bytes, view, count, offsets, layout } of decoder.batches()) {
      if (layout === undefined) throw new Error('a sample holds a record of no known type');
      for (const offset of offsets.subarray(0, count)) {
        records.push(readRecord(layout, view, offset));
        raw.push(Buffer.from(bytes.subarray(offset, offset + (bytes[offset] as number) * 4)).toString('hex'));
      }
    }
  }
  decoder.end();
  if (decoder.metadata === undefined) throw new Error('a sample has no header');
  return { metadata: decoder.metadata, records, raw };
}

/** SHA-256 of the stream, its first 16 digits. */
export function digestOf(values: Partial<SampleRequest> = {}): string {
  const hash = createHash('sha256');
  for (const piece of generateSample(aRequest(values)).bytes()) hash.update(piece);
  return hash.digest('hex').slice(0, 16);
}
