import type { ErrorContext } from '../errors/index.js';
import type { RecordCounts, SymbolCounts } from './counts.js';

export type RunStatus = 'complete' | 'incomplete' | 'failed' | 'cancelled';
export type ChunkStatus = 'loaded' | 'already_loaded' | 'failed' | 'cancelled' | 'planned';

/** An error as it appears in reports and in `--json`. */
export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly context: ErrorContext;
}

/**
 * What is held of a chunk before it is loaded:
 * - `new` nothing
 * - `loaded` it was loaded before: a chunk with this header, or without a claim this content, and all that it covers
 * - `covered` all that it covers is held, from other chunks: a load would compare with that
 * - `overlaps` some of what it covers is held
 * - `unknown` cannot be told: a pipe is read once only, and a database out of reach cannot be asked
 * - `unreadable` it has no header that can be read, or no plugin
 */
export type PlannedState = 'new' | 'loaded' | 'covered' | 'overlaps' | 'unknown' | 'unreadable';

/** What happened to one chunk. Times are ISO 8601 with nine decimals, `null` where the source has none. */
export interface ChunkReport {
  chunk_id: number | null;
  source: string;
  dataset: string | null;
  schema: string | null;
  start: string | null;
  end: string | null;
  status: ChunkStatus;
  records: RecordCounts;
  symbols: SymbolCounts;
  error: ReportedError | null;
  /** Of a dry run only: bytes as stored, `null` where not known, and what is held of the chunk already. */
  bytes?: number | null;
  state?: PlannedState;
}

/** The account of a run: what `ingest --json` prints. */
export interface RunReport {
  run_id: string;
  status: RunStatus;
  chunks: { planned: number; loaded: number; already_loaded: number; failed: number };
  records: RecordCounts;
  symbols: SymbolCounts;
  bytes: { read: number; downloaded: number };
  /** US dollars. `estimated` is the vendor's; `spent` is our count of what was received, not the invoice. */
  cost_usd: { estimated: number; spent: number };
  elapsed_ms: number;
  records_per_second: number;
  peak_rss_bytes: number;
  details: ChunkReport[];
}
