import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { DayCondition } from '../historical/day-condition.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import type { Usd } from '../historical/usd.js';

/** Says how to read a stream that has no header. */
export interface FragmentDeclaration {
  readonly dataset: string;
  readonly schema: string;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
}

/** What a chunk is meant to hold, known before its header is read. Times in ns, the end exclusive. */
export interface ChunkSubject {
  readonly dataset: string;
  readonly schema: string;
  readonly start: bigint;
  readonly end: bigint;
}

/** Where the bytes of a chunk come from: what is needed to find them again, and what is known beyond them. */
export interface ChunkOrigin {
  /**
   * Absolute paths of its file, or in order of those that it was split into, never with credentials; left out for what
   * cannot be read again.
   */
  readonly locations?: readonly string[];
  /** The entry of the archive that they are in. */
  readonly archiveId?: string;
  /** What they cost in this run, by our count. */
  readonly costUsd?: Usd;
  /** The vendor's condition of each UTC day when they were bought. */
  readonly conditions?: readonly DayCondition[];
  /** Symbols of instruments that the header does not map. */
  readonly instruments?: readonly InstrumentSymbol[];
}

/** What a chunk needs while it brings its bytes within reach. */
export interface FetchContext {
  readonly signal: AbortSignal;
  /** Bytes that came over the network since the last call. */
  readonly onBytes: (bytes: number) => void;
  /** A sentence for a person: another attempt, a warning of the vendor's. */
  readonly onNote: (level: 'info' | 'warning', text: string) => void;
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
  /** Asked for when the bytes are within reach. */
  readonly origin?: ChunkOrigin;
  /** Bytes as stored, `null` when not known (a pipe). For progress. */
  readonly sizeBytes: number | null;
  /** How to read the stream should it have no header; one that has a header is read by that. */
  readonly fragment: FragmentDeclaration | null;
  /** False for a pipe, which can be read once. */
  readonly repeatable: boolean;
  /** What it is meant to hold, where that is known before it is opened. */
  readonly subject?: ChunkSubject;
  /**
   * Brings the bytes within reach where they are not: downloads what has to be bought. Called once, before the first
   * `open`, perhaps while an earlier chunk is loaded; tries again by itself what can be tried again.
   */
  fetch?(context: FetchContext): Promise<void>;
  /**
   * The files that the chunk was split into, in order. Its stream is then their header once and all their records;
   * what `open` gives is their bytes one behind the other. Left out for a chunk that is one stream.
   */
  readonly parts?: readonly ChunkPart[];
  /** True when the headers of the parts may differ in the start of their range, which the first one gives. */
  readonly partsStartApart?: boolean;
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
