import { LENGTH_UNIT } from '../constants.js';
import type { DbnDecoder } from './dbn-decoder.js';

/** Whole records, of any kinds, one behind the other as they came. */
export interface RecordSpan {
  readonly bytes: Uint8Array;
  readonly records: number;
}

/**
 * What the decoder has been given, as runs of whole records in stream order: for who copies records and looks at few of
 * their fields. All spans must be taken before more is pushed; they point into the pushed bytes.
 * @throws what {@link DbnDecoder.batches} throws
 */
export function* recordSpans(decoder: DbnDecoder): Generator<RecordSpan, void, undefined> {
  let bytes: Uint8Array | undefined;
  let from = 0;
  let to = 0;
  let records = 0;
  for (const batch of decoder.batches()) {
    // Kinds that are mixed come as several batches over the same bytes.
    const last = batch.offsets[batch.count - 1] as number;
    const end = last + (batch.bytes[last] as number) * LENGTH_UNIT;
    if (batch.bytes !== bytes) {
      if (bytes !== undefined) yield { bytes: bytes.subarray(from, to), records };
      bytes = batch.bytes;
      from = batch.offsets[0] as number;
      to = end;
      records = 0;
    }
    to = Math.max(to, end);
    records += batch.count;
  }
  if (bytes !== undefined) yield { bytes: bytes.subarray(from, to), records };
}

/** The first `count` records of a span, and the others. */
export function splitSpan(span: RecordSpan, count: number): readonly [first: RecordSpan, rest: RecordSpan] {
  let at = 0;
  for (let index = 0; index < count; index += 1) at += (span.bytes[at] as number) * LENGTH_UNIT;
  return [
    { bytes: span.bytes.subarray(0, at), records: count },
    { bytes: span.bytes.subarray(at), records: span.records - count },
  ];
}
