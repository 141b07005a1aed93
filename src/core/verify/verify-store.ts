import type { CoverageClaim, NanosRange } from '../coverage/coverage-claim.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import type { TableSpec } from '../model/model-spec.js';
import type { PluginVersion } from '../sink/sink.js';
import type { Chunk } from '../source/source.js';
import type { SymbologyInterval } from '../symbology/symbology-interval.js';
import type { VerifyFilter } from './verify-report.js';

/** What the ledger says of a chunk that is loaded. */
export interface LedgerChunk {
  readonly chunkId: number;
  readonly source: string;
  /** Absolute paths of its file, or in order of those that it was split into; `null` where they cannot be read again. */
  readonly locations: readonly string[] | null;
  /** Entry of the archive that its bytes came from. */
  readonly archiveId: string | null;
  readonly dataset: string;
  /** `null` for mixed schemas. */
  readonly schema: string | null;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
  readonly isFragment: boolean;
  /** What it added to coverage; `null` for nothing. */
  readonly covered: NanosRange | null;
  readonly contentSha256: string;
  readonly loaded: number;
  readonly quarantined: number;
  readonly alreadyLoaded: number;
  readonly superseded: number;
  readonly unsupported: number;
  /** `null` for one that was loaded before digests were kept. */
  readonly rowDigest: string | null;
  readonly quarantineDigest: string | null;
  readonly plugins: readonly PluginVersion[];
}

/** A chunk whose interval the coverage table does not have, or (`chunkId` null) coverage that no chunk accounts for. */
export interface CoverageGap {
  readonly chunkId: number | null;
  readonly dataset: string;
  readonly schema: string;
  readonly stypeIn: string;
  readonly symbol: string;
}

/** A look at the database that stays the same until it is closed. One copy at a time. */
export interface VerifySession {
  /** Those that are loaded, by id. */
  chunks(filter: VerifyFilter): Promise<LedgerChunk[]>;
  /** Status of a chunk that is not loaded; `undefined` when there is none. */
  statusOf(chunkId: number): Promise<string | undefined>;
  /** Ids of chunks that are loading, or were when their run was killed. */
  unfinished(filter: VerifyFilter): Promise<number[]>;
  coverageGaps(filter: VerifyFilter): Promise<CoverageGap[]>;
  /**
   * A binary COPY of rows, in no order. Cells: chunk_id, then all columns of the table.
   * @param chunkIds `null`: all rows of the table
   */
  rows(table: TableSpec, chunkIds: readonly number[] | null): AsyncIterable<Uint8Array>;
  /** The same of quarantine entries that were not replayed. Cells: chunk_id, then the columns that are hashed. */
  entries(chunkIds: readonly number[] | null): AsyncIterable<Uint8Array>;
  /**
   * A binary COPY of what one chunk left in one table and in quarantine, by ordinal. Cells: bytes of a quarantined
   * record or NULL, then all columns of the table; of a quarantined record only the ordinal.
   */
  byOrdinal(table: TableSpec, chunkId: number): AsyncIterable<Uint8Array>;
  /** Of a chunk that is loaded, as it came; `null` for a stream without one. */
  header(chunkId: number): Promise<Uint8Array | null>;
  /** Ids of the instruments of a claim of which the coverage table does not have all that is claimed. */
  uncoveredInstruments(claim: CoverageClaim): Promise<number[]>;
  /** Those of the intervals that no row of the symbology table contains. */
  missingSymbology(intervals: readonly SymbologyInterval[]): Promise<SymbologyInterval[]>;
  close(): Promise<void>;
}

/** Where what is held is looked at. */
export interface VerifyStore {
  /** @throws what connecting throws; CANCELLED */
  begin(signal?: AbortSignal): Promise<VerifySession>;
}

/** The bytes that a chunk was loaded from, and what was known beyond them. */
export interface Original {
  readonly bytes: Pick<Chunk, 'open' | 'parts'>;
  /** Symbols of instruments that the header does not map. */
  readonly instruments: readonly InstrumentSymbol[];
}

/** Finds the bytes again that chunks were loaded from. */
export interface Originals {
  /**
   * @returns `null` when they are not there any more
   * @throws ARCHIVE_DAMAGED, PATH_UNREADABLE
   */
  find(chunk: Pick<LedgerChunk, 'source' | 'locations' | 'archiveId'>): Promise<Original | null>;
}
