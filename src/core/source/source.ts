import type { DbnVersion } from '../dbn/layout/record-layout.js';

/** Says how to read a stream that has no header. */
export interface FragmentDeclaration {
  readonly dataset: string;
  readonly schema: string;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
}

/** The vendor's word on one UTC day of a dataset: `available`, `degraded`, `pending`, `missing`. */
export interface DayCondition {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly condition: string;
  /** YYYY-MM-DD; `null` when the vendor does not say. */
  readonly last_modified_date: string | null;
}

/** Where the bytes of a chunk come from, for the ledger: what is needed to find them again, and what came with them. */
export interface ChunkOrigin {
  /** Absolute path of a file, never with credentials; left out for what cannot be read again. */
  readonly location?: string;
  /** Entry of the archive. */
  readonly archiveId?: string;
  readonly condition?: readonly DayCondition[];
  /** What the bytes cost, when they were bought. */
  readonly costUsd?: number;
}

/**
 * The unit of work, retry and commit: one file (or the parts of one split job), or one part of a request.
 */
export interface Chunk {
  /** Where it comes from, for people and the ledger: a path as it was given, `stdin`. */
  readonly source: string;
  readonly origin?: ChunkOrigin;
  /** Bytes as stored, `null` when not known (a pipe). For progress. */
  readonly sizeBytes: number | null;
  /** How to read the stream should it have no header; one that has a header is read by that. */
  readonly fragment: FragmentDeclaration | null;
  /** False for a pipe, which can be read once. */
  readonly repeatable: boolean;
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
