import type { DayCondition } from '../historical/day-condition.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import type { RangeRequest } from '../historical/range-request.js';
import type { Usd } from '../historical/usd.js';

/** One answer, whole or as far as it came, as the archive keeps it. */
export interface ArchivedSegment {
  /** File name inside the entry's folder. */
  readonly file: string;
  /** As stored. */
  readonly bytes: number;
  /** SHA-256, hex, of the file. */
  readonly sha256: string;
  /** Records that it adds to the entry. */
  readonly records: number;
  /** Records at its beginning that the segment before it has already: the ones at the time of the cut. */
  readonly skip: number;
}

/** What was bought for one request, complete. */
export interface ArchiveEntry {
  /** Names the entry for ever: letters, digits, `.`, `-`, `_` and `/`; derived from the request. */
  readonly id: string;
  readonly request: RangeRequest;
  /** ISO 8601, UTC. */
  readonly archivedAt: string;
  readonly records: number;
  /** Uncompressed, header included, as {@link Archive.open} gives it. */
  readonly contentBytes: number;
  /** Files together, as stored. */
  readonly storedBytes: number;
  readonly segments: readonly ArchivedSegment[];
  /** Our count of what it cost, all tries together; not the invoice. */
  readonly costUsd: Usd;
  /** Of each UTC day of the request, when it was bought. */
  readonly conditions: readonly DayCondition[];
  /** For ALL_SYMBOLS, whose headers map nothing: the raw symbols of the instruments that came. */
  readonly instruments: readonly InstrumentSymbol[];
  /** Why there are no bytes of the vendor's in it; the stream is then a header made by us. `null`: there are. */
  readonly empty: 'no-instruments' | null;
}

export interface ArchiveFilter {
  readonly dataset?: string;
  readonly schema?: string;
}

export interface ArchiveCheck {
  readonly id: string;
  readonly status: 'ok' | 'damaged' | 'missing';
  /** What is wrong, in words. */
  readonly detail: string | null;
}

/** What was paid for once, on disk. Safe for several processes at once. */
export interface Archive {
  /** Where it is, for people. */
  readonly location: string;
  /** Complete entries, in order of dataset, schema, start. Those whose manifest cannot be read are left out. */
  list(filter?: ArchiveFilter): Promise<readonly ArchiveEntry[]>;
  /** The entries that {@link Archive.list} leaves out, and why. */
  unreadable(): Promise<readonly ArchiveCheck[]>;
  /** By the id that `archiveIdOf` gives for its request. @throws ARCHIVE_DAMAGED when its manifest cannot be read */
  find(id: string): Promise<ArchiveEntry | undefined>;
  /**
   * One DBN stream (header, then all records), perhaps compressed: what the source would have sent undisturbed.
   * @throws ARCHIVE_DAMAGED
   */
  open(entry: ArchiveEntry, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Reads every file of an entry and compares its SHA-256. */
  check(entry: ArchiveEntry, signal?: AbortSignal): Promise<ArchiveCheck>;
}
