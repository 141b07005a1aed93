import type { CoverageClaim } from '../coverage/coverage-claim.js';
import type { Digest } from '../digest/digest.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { TableSpec } from '../model/model-spec.js';
import type { Rejection } from '../quarantine/rejection.js';
import type { RecordCounts, SymbolCounts } from '../report/counts.js';
import type { ChunkOrigin } from '../source/source.js';
import type { SymbologyInterval } from '../symbology/symbology-interval.js';

/** What is known of a chunk when its header has been read. */
export interface ChunkHead {
  readonly runId: string;
  /** Where it came from, for people: a path, `stdin`. Never with credentials. */
  readonly source: string;
  readonly origin?: ChunkOrigin;
  /** Of the header, or of the flags for a fragment. */
  readonly dataset: string;
  /** `null` for mixed schemas. */
  readonly schema: string | null;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
  /** The header's bytes as they came, `null` for a fragment. */
  readonly header: Uint8Array | null;
  /** Header times in ns, `null` where there are none. */
  readonly start: bigint | null;
  readonly end: bigint | null;
  /** The range it claims before a limit is taken into account; `null`: identity is the content. */
  readonly claim: CoverageClaim | null;
  /** Asked for by continuous symbols: its rows are a set of their own, also where it claims nothing. */
  readonly alias: boolean;
  /** The tables it may write to. */
  readonly tables: readonly TableSpec[];
  /** Replace what is held instead of comparing with it. */
  readonly force: boolean;
  /** With `force`: replace also when the chunk turns out to have no records. */
  readonly confirmEmpty?: boolean;
}

/** A plugin that made rows of a chunk. */
export interface PluginVersion {
  readonly name: string;
  readonly version: string;
}

/** What is known of a chunk when its last byte has been read. */
export interface ChunkTail {
  /** SHA-256, hex, of the uncompressed stream: header and records. */
  readonly contentSha256: string;
  /** Uncompressed bytes, and bytes as stored. */
  readonly contentBytes: number;
  readonly sourceBytes: number;
  /** The claim with a limit taken into account; `null`: no coverage. */
  readonly claim: CoverageClaim | null;
  /**
   * Earliest and latest index timestamp in ns, both inclusive. When given and inside the claim, the sink need not look
   * for records beyond it.
   */
  readonly seen?: { readonly first: bigint; readonly last: bigint } | null;
  readonly decoded: number;
  readonly control: number;
  readonly unsupported: number;
  readonly symbols: SymbolCounts;
  readonly symbology: readonly SymbologyInterval[];
  /** Those that made its rows and rejections. */
  readonly plugins?: readonly PluginVersion[];
  /**
   * Instruments and UTC days since 1970-01-01 of rows that no mapping of the header names. When given, the sink need
   * not look for them in the rows.
   */
  readonly unnamedDays?: readonly { readonly instrumentId: number; readonly day: number }[];
  /** The same by symbol, of rows alone, for a claim of continuous symbols. */
  readonly unnamedSymbols?: readonly { readonly symbol: string; readonly day: number }[];
}

/** How the sink settled what it was given. */
export interface Settlement {
  /** All counts of the chunk; the pipeline checks that they balance before it commits. */
  readonly records: RecordCounts;
  /** True when this very content was loaded before: nothing was written and `commit` keeps nothing but the sighting. */
  readonly sameContent: boolean;
  /** True when this content was loaded before, and for a chunk without records whose range is covered already. */
  readonly nothingNew: boolean;
}

/**
 * One chunk on its way into the database: one transaction; a large one perhaps in parts, the last of which is that
 * transaction, and makes all of them count.
 *
 * Order of calls: any number of `write` and `quarantine`, then `settle`, then `commit`; `rollback` at any time, also
 * after an error, and never after `commit`. Not for concurrent calls: each promise is awaited before the next call.
 */
export interface ChunkLoad {
  /** Names the chunk in its rows. */
  readonly chunkId: number;
  /**
   * Takes whole binary COPY tuples (no file header, no trailer) for one table. The promise resolves when the bytes
   * may be reused; it is slow when the database is slow, and that is the back-pressure.
   * @param digest of these rows, where it has been made already
   */
  write(table: TableSpec, tuples: Uint8Array, rows: number, digest?: Digest): Promise<void>;
  quarantine(rejections: readonly Rejection[]): Promise<void>;
  /**
   * Compares with what coverage already holds, and moves the rest into the tables.
   * @throws COVERAGE_CONFLICT when what is held differs; the message names the first difference. DATABASE_CONFLICT
   * when the chunk brought more than its header says, and that is in flight elsewhere.
   */
  settle(tail: ChunkTail): Promise<Settlement>;
  /** Makes rows, quarantine, symbology, coverage and ledger entry true together. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** How long another run is waited for that is downloading or loading the same, where nobody says otherwise. */
export const LOCK_TIMEOUT_MS = 60_000;

/** A chunk in flight that others wait for. */
export interface ClaimHolder {
  readonly runId: string;
  readonly source: string;
}

/** Connections that a run may use and that no chunk of it needs. */
export interface SpareConnections {
  /** Takes one. @returns false where there is none, at this moment */
  take(): boolean;
  giveBack(): void;
}

export interface BeginOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, when the chunk has to wait for another. */
  readonly onWait?: ((holder: ClaimHolder) => void) | undefined;
  /**
   * For a chunk that can be tried again: it may be loaded over these as well, and fails with DATABASE_CONFLICT, to be
   * loaded over one at the next attempt, where its parts cannot be settled together.
   */
  readonly spare?: SpareConnections | undefined;
}

/** Where rows go. */
export interface Sink {
  /**
   * Waits while a chunk that may overlap this one is in flight: of this run without end, of another run for a while.
   * @throws LOCKED when another run's chunk was waited for in vain; CANCELLED when `signal` is aborted meanwhile.
   */
  beginChunk(head: ChunkHead, options?: BeginOptions): Promise<ChunkLoad>;
}
