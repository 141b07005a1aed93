import type { DbnVersion, RecordLayout } from '../core/dbn/layout/record-layout.js';
import type { RecordBatch } from '../core/dbn/record-batch.js';

export interface BatchOptions {
  readonly layout: RecordLayout;
  readonly version: DbnVersion;
  readonly rtype: number;
  readonly tsOut?: boolean;
  readonly firstOrdinal?: number;
}

/** A batch of records as a decoder would hand it out, here from their bytes. */
export function batchOf(records: readonly Uint8Array[], options: BatchOptions): RecordBatch {
  // three bytes in front: real records stand at any offset, and what forgets an offset shows here
  const lead = 3;
  const bytes = new Uint8Array(lead + records.reduce((sum, record) => sum + record.length, 0));
  const offsets = new Uint32Array(records.length);
  let at = lead;
  records.forEach((record, index) => {
    offsets[index] = at;
    bytes.set(record, at);
    at += record.length;
  });
  const { layout, version, rtype, tsOut = false, firstOrdinal = 0 } = options;
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    count: records.length,
    offsets,
    firstOrdinal,
    ordinals: Uint32Array.from(records, (_, index) => index),
    rtype,
    layout,
    version,
    tsOut,
  };
}
