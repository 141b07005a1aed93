import { formatBytes, renderTable, type TextLayout } from '../src/adapters/terminal/index.js';
import type { BenchCase, Measurement } from './bench-case.js';

/** All runs of one case, and what they come to. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  /** It ends in the database. */
  readonly loads: boolean;
  readonly records: number;
  readonly runs: readonly Measurement[];
  readonly median_ms: number;
  readonly fastest_ms: number;
  readonly slowest_ms: number;
  readonly records_per_second: number;
  /** The highest of all runs. */
  readonly peak_rss_bytes: number;
  /** Median time of the reference case by that of this one: 0.5 is half as fast. `null` without a reference, and for what loads nothing. */
  readonly of_reference: number | null;
}

export function resultOf(bench: BenchCase, runs: readonly Measurement[]): CaseResult {
  const times = runs.map((run) => run.elapsedMs).sort((a, b) => a - b);
  const median = medianOf(times);
  const records = runs[0]?.records ?? 0;
  return {
    name: bench.name,
    title: bench.title,
    loads: bench.needsDatabase,
    records,
    runs,
    median_ms: median,
    fastest_ms: times[0] ?? 0,
    slowest_ms: times.at(-1) ?? 0,
    records_per_second: Math.round((records / median) * 1000),
    peak_rss_bytes: Math.max(...runs.map((run) => run.peakRssBytes)),
    of_reference: null,
  };
}

/** Adds to the results of loading how they compare with the reference case, if that was run. */
export function compared(results: readonly CaseResult[], reference: string): CaseResult[] {
  const base = results.find((result) => result.name === reference);
  return results.map((result) => ({
    ...result,
    of_reference: base !== undefined && result.loads ? base.median_ms / result.median_ms : null,
  }));
}

export function renderResults(results: readonly CaseResult[], reference: string, layout: TextLayout): string {
  return renderTable(
    [
      { header: 'case' },
      { header: 'what is timed' },
      { header: 'records/s', align: 'right' },
      { header: 'median', align: 'right' },
      { header: 'fastest to slowest', align: 'right' },
      { header: `of ${reference}`, align: 'right' },
      { header: 'peak memory', align: 'right' },
    ],
    results.map((result) => [
      result.name,
      result.title,
      result.records_per_second.toLocaleString('en-US'),
      seconds(result.median_ms),
      `${seconds(result.fastest_ms)} to ${seconds(result.slowest_ms)}`,
      result.of_reference === null ? null : `${Math.round(result.of_reference * 100)} %`,
      formatBytes(result.peak_rss_bytes),
    ]),
    { ...layout, nullText: '-' },
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
