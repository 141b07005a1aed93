import type { DbnVersion } from '../dbn/layout/record-layout.js';

/** Says how to read a stream that has no header. */
export interface FragmentDeclaration {
  readonly dataset: string;
  readonly schema: string;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
}

/** A file of a chunk that was split: a whole stream of its own, with the header of all. */
export interface ChunkPart {
  /** Where it comes from, for people. */
  readonly source: string;
  /** As {@link Chunk.open}. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/**
 * The unit of work, retry and commit: one file (or the parts of one split job), or one part of a request.
 */
export interface Chunk {
  /** Where it comes from, for people and the ledger: a path as it was given, `stdin`. */
  readonly source: string;
  /** Bytes as stored, `null` when not known (a pipe). For progress. */
  readonly sizeBytes: number | null;
  /** How to read the stream should it have no header; one that has a header is read by that. */
  readonly fragment: FragmentDeclaration | null;
  /** False for a pipe, which can be read once. */
  readonly repeatable: boolean;
  /**
   * The files that the chunk was split into, in order. Its stream is then their header once and all their records;
   * what `open` gives is their bytes one behind the other. Left out for a chunk that is one stream.
   */
  readonly parts?: readonly ChunkPart[];
  /** True when more of the stream may exist than is known of: then it covers no more than one that a limit cut. */
  readonly mayGoOn?: boolean;
  /**
   * Opens the bytes as stored (perhaps compressed) from the beginning. Pulled, so that a slow consumer stops the
   * reading; `return()` closes what is open.
   * @throws PATH_UNREADABLE, SOURCE_UNAVAILABLE
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Lists chunks. Made for one run by a factory that has the run's options. */
export interface Source {
  /** Finds what there is to do. @throws PATH_NOT_FOUND, NO_INPUT, before anything is opened. */
  plan(signal: AbortSignal): Promise<readonly Chunk[]>;
}
