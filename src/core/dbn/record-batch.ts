import type { DbnVersion, RecordLayout } from './layout/record-layout.js';

/**
 * Whole records of one rtype, in stream order, still as the bytes they came in.
 *
 * Nothing is copied per record: `offsets` point into `bytes`. A batch is valid until the decoder is given more bytes;
 * whoever wants to keep a record copies its bytes.
 */
export interface RecordBatch {
  readonly bytes: Uint8Array;
  /** Over the same memory as `bytes`, offset 0 at `bytes[0]`. */
  readonly view: DataView;
  readonly count: number;
  /** For each record the position of its first byte in `bytes`. Longer than `count` is allowed. */
  readonly offsets: Uint32Array;
  /** Ordinal of the first record: its position, from 0, among all records of the stream. */
  readonly firstOrdinal: number;
  /** For each record its ordinal minus `firstOrdinal`. Not consecutive when kinds are mixed. */
  readonly ordinals: Uint32Array;
  readonly rtype: number;
  /** `undefined` for an rtype that is not known: such records are counted, not read. */
  readonly layout: RecordLayout | undefined;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
}
