import type { ChunkReport, RunReport } from '../report/run-report.js';

/** What happens in a run, in order. Named noun and past verb; one per batch at most, never one per record. */
export type ProgressEvent =
  | {
      readonly type: 'run_started';
      readonly runId: string;
      /** Chunks planned. */
      readonly chunks: number;
      /** Bytes as stored of all of them, `null` when one is not known. */
      readonly bytes: number | null;
      /** How many of them have to be fetched first; absent: none. */
      readonly fetches?: number;
    }
  /** The bytes of a chunk begin to be fetched; perhaps long before `chunk_started`. */
  | { readonly type: 'fetch_started'; readonly chunk: number; readonly source: string }
  /** Bytes that came over the network for this chunk since the last such event. */
  | { readonly type: 'bytes_fetched'; readonly chunk: number; readonly bytes: number }
  | { readonly type: 'fetch_finished'; readonly chunk: number }
  | {
      readonly type: 'chunk_started';
      /** Index of the chunk in the plan, from 0. */
      readonly chunk: number;
      readonly source: string;
      readonly bytes: number | null;
    }
  | {
      readonly type: 'header_read';
      readonly chunk: number;
      readonly dataset: string;
      readonly schema: string | null;
    }
  /** Bytes as stored, read since the last such event of this chunk. */
  | { readonly type: 'bytes_read'; readonly chunk: number; readonly bytes: number }
  /** Records decoded since the last such event of this chunk. */
  | { readonly type: 'records_decoded'; readonly chunk: number; readonly records: number }
  /** Rows handed to the database and records rejected since the last such event of this chunk. */
  | { readonly type: 'rows_stored'; readonly chunk: number; readonly rows: number; readonly rejected: number }
  | {
      readonly type: 'record_rejected';
      readonly chunk: number;
      readonly ordinal: number;
      readonly schema: string;
      readonly reason: string;
    }
  | { readonly type: 'chunk_finished'; readonly chunk: number; readonly report: ChunkReport }
  | { readonly type: 'run_finished'; readonly report: RunReport }
  /** A line for a person: it appears above whatever is being drawn. */
  | { readonly type: 'note'; readonly level: 'debug' | 'info' | 'warning' | 'error'; readonly text: string };

/**
 * Shows a run. Calls come in the order of the events and must return at once: a reporter that does work does it on
 * its own timer. One that throws is told no more, and the run goes on; whoever has subscribed to the instance's events
 * is told so by a note.
 */
export interface ProgressReporter {
  report(event: ProgressEvent): void;
  /** Called once, also after an error or Ctrl-C; the screen is left clean when it resolves. */
  close(): Promise<void>;
}
