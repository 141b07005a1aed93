import type { CoverageClaim, CoveredAsk, NanosRange } from '../coverage/coverage-claim.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { BoughtChunk } from '../historical/stale-coverage.js';
import type { ChunkReport, RunReport, RunStatus } from '../report/run-report.js';
import type { ChunkOrigin } from '../source/source.js';

/** A run as it starts. */
export interface RunStart {
  /** UUID. */
  readonly runId: string;
  /** The command as typed, without secrets; e.g. `ingest a.dbn.zst`. */
  readonly command: string;
  readonly tickloomVersion: string;
  readonly startedAt: Date;
}

/**
 * Bytes and how they are read. A fragment says nothing of itself: read as another schema, the same bytes are something
 * else.
 */
export interface ContentIdentity {
  readonly contentSha256: string;
  readonly dataset: string;
  readonly schema: string | null;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
}

/** A chunk that is known to be loaded. */
export interface LoadedChunk {
  readonly chunkId: number;
  readonly source: string;
  readonly loadedAt: Date;
  readonly contentSha256: string;
  /** Records that no plugin served. */
  readonly unsupported: number;
  /** Names of the plugins that made its rows; none where the ledger did not keep them yet. */
  readonly plugins: readonly string[];
  /** Whether it, or another chunk of these bytes, stands for something complete: then the bytes may come with more of it. */
  readonly covers: boolean;
}

export interface RunSummary {
  readonly run_id: string;
  readonly command: string;
  /** `interrupted`: killed, with what its committed chunks brought. */
  readonly status: RunStatus | 'running' | 'interrupted';
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly chunks: RunReport['chunks'] | null;
  readonly records: RunReport['records'] | null;
}

export interface RunDetails extends RunSummary {
  readonly tickloom_version: string;
  readonly report: RunReport | null;
  readonly details: readonly ChunkReport[];
}

/** One key of the coverage table with its complete intervals. Times are ISO 8601 with nine decimals. */
export interface CoverageEntry {
  readonly dataset: string;
  readonly schema: string;
  readonly stype_in: string;
  readonly symbol: string;
  readonly intervals: readonly { readonly start: string; readonly end: string }[];
}

export interface CoverageFilter {
  readonly dataset?: string;
  readonly schema?: string;
  readonly symbols?: readonly string[];
}

/** Knows which run did what and which chunk is in what state. */
export interface Ledger {
  startRun(run: RunStart): Promise<void>;
  finishRun(runId: string, report: RunReport): Promise<void>;
  /** Writes down a chunk that failed or was cancelled, after its transaction was rolled back. */
  recordFailure(runId: string, chunk: ChunkReport): Promise<void>;
  /** True when some loaded chunk has this header: then the content may be there already and is worth a first pass. */
  knowsHeader(headerSha256: string): Promise<boolean>;
  /** Of several chunks of these bytes that of which the most was loaded. */
  findContent(content: ContentIdentity): Promise<LoadedChunk | undefined>;
  /** Writes down where the bytes of loaded chunks were seen last, so that they are found again when they were moved. */
  relocate(content: ContentIdentity, origin: ChunkOrigin): Promise<void>;
  /** How much of what a chunk claims is covered. */
  coverageOf(claim: CoverageClaim): Promise<'none' | 'part' | 'all'>;
  listRuns(limit: number): Promise<RunSummary[]>;
  /** By its id, or a beginning of it. @throws NOT_FOUND when several runs have that beginning. */
  showRun(idStart: string): Promise<RunDetails | undefined>;
  coverage(filter: CoverageFilter): Promise<CoverageEntry[]>;
  /** Chunks that cover something and of whose days the vendor's word is known, in the order in which they were loaded. */
  boughtChunks(filter: CoverageFilter): Promise<BoughtChunk[]>;
  /** What is complete of a schema within a range, for everything that was ever asked for and the instruments behind it. */
  covered(dataset: string, schema: string, within: NanosRange): Promise<CoveredAsk[]>;
}
