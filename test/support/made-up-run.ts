import type { ProgressEvent } from '../../src/core/progress/progress-event.js';
import { noRecords, noSymbols } from '../../src/core/report/counts.js';
import type { ChunkReport, RunReport } from '../../src/core/report/run-report.js';

/** A chunk report with what a test cares about; everything else is nought. */
export function madeUpChunk(more: Partial<ChunkReport> = {}): ChunkReport {
  return {
    chunk_id: 1,
    source: 'a.dbn.zst',
    dataset: 'GLBX.MDP3',
    schema: 'trades',
    start: null,
    end: null,
    status: 'loaded',
    records: noRecords(),
    symbols: noSymbols(),
    error: null,
    ...more,
  };
}

export function madeUpReport(more: Partial<RunReport> = {}): RunReport {
  return {
    run_id: '5b0c7e1e-93ac-4d5e-8c11-0a4f2f6d9b37',
    status: 'complete',
    chunks: { planned: 1, loaded: 1, already_loaded: 0, failed: 0 },
    records: noRecords(),
    symbols: noSymbols(),
    bytes: { read: 0, downloaded: 0 },
    cost_usd: { estimated: 0, spent: 0 },
    elapsed_ms: 0,
    records_per_second: 0,
    peak_rss_bytes: 0,
    details: [],
    ...more,
  };
}

export const runStarted = (chunks: number, bytes: number | null): ProgressEvent => ({
  type: 'run_started',
  runId: '5b0c7e1e-93ac-4d5e-8c11-0a4f2f6d9b37',
  chunks,
  bytes,
});

export const runFinished = (more: Partial<RunReport> = {}): ProgressEvent => ({
  type: 'run_finished',
  report: madeUpReport(more),
});

export const chunkFinished = (chunk: number, more: Partial<ChunkReport> = {}): ProgressEvent => ({
  type: 'chunk_finished',
  chunk,
  report: madeUpChunk(more),
});

export const note = (level: 'debug' | 'info' | 'warning' | 'error', text: string): ProgressEvent => ({
  type: 'note',
  level,
  text,
});

export const failedChunk = (chunk: number, source: string): ProgressEvent =>
  chunkFinished(chunk, {
    source,
    status: 'failed',
    error: { code: 'NOT_DBN', message: `"${source}" is not a DBN file`, hint: null, context: {} },
  });
