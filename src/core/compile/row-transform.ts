import type { Digest } from '../digest/digest.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { TableSpec } from '../model/model-spec.js';
import type { Rejection } from '../quarantine/rejection.js';
import type { RegisteredSchema } from '../registry/plugin-registry.js';
import type { SymbolResolver } from '../symbology/symbol-resolver.js';

/** What one batch became. */
export interface TransformedBatch {
  /** Binary COPY tuples of the accepted records, in order. Valid until the next call. */
  readonly tuples: Uint8Array;
  readonly rows: number;
  readonly rejections: readonly Rejection[];
  /** Of the rows, where it was made on the way. */
  readonly digest?: Digest;
}

/**
 * Turns record batches of one schema into rows: symbol, check, encode. Compiled from the plugin's declaration; holds
 * no I/O, so it can run on any thread. Made per chunk, because chunk id, dataset, DBN version and symbology are the
 * chunk's own.
 */
export interface RowTransform {
  readonly table: TableSpec;
  transform(batch: RecordBatch): TransformedBatch;
  /** Gives its memory back, for other chunks: what it made is no longer valid, and it makes no more. */
  close(): void;
}

/** The chunk that rows are made for. */
export interface RowTransformOptions {
  readonly schema: RegisteredSchema;
  readonly version: DbnVersion;
  readonly dataset: string;
  readonly chunkId: number;
  /** The chunk's own, shared by the transforms of all its schemas. */
  readonly symbols: SymbolResolver;
  /**
   * A declared schema makes a row of every record that is long enough, whatever its checks say: to compare with, not
   * to load. A hand-written mapper decides all the same.
   */
  readonly unchecked?: boolean;
  /** Every row of a hand-written mapper is checked and encoded value by value: to compare with. */
  readonly plain?: boolean;
}
