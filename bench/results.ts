import { formatBytes, renderTable, type TextLayout } from '../src/adapters/terminal/index.js';
import type { BenchCase, Measurement } from './bench-case.js';

/** All runs of one case, and what they come to. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly records: number;
  readonly runs: readonly Measurement[];
  readonly median_ms: number;
  readonly fastest_ms: number;
  readonly slowest_ms: number;
  /** Of the median run; of the starts of a program: starts a second. */
  readonly records_per_second: number;
  /** The highest of all runs. */
  readonly peak_rss_bytes: number;
  /** The case that it is compared with; `null` for none. */
  readonly reference: string | null;
  /**
   * Its speed by that of the reference: 0.5 is half as fast. The median over the turns, in each of which both ran, so
   * that what else the machine does hits both alike. `null` where the reference did not run.
   */
  readonly of_reference: number | null;
}

export function resultOf(bench: BenchCase, runs: readonly Measurement[]): CaseResult {
  const times = runs.map((run) => run.elapsedMs);
  const median = medianOf(times);
  const records = runs[0]?.records ?? 0;
  return {
    name: bench.name,
    title: bench.title,
    records,
    runs,
    median_ms: median,
    fastest_ms: Math.min(...times),
    slowest_ms: Math.max(...times),
    records_per_second: Math.round((records / median) * 1000),
    peak_rss_bytes: Math.max(...runs.map((run) => run.peakRssBytes)),
    reference: bench.reference,
    of_reference: null,
  };
}

/** Adds to the results how they compare with their reference cases, where those were run. */
export function compared(results: readonly CaseResult[]): CaseResult[] {
  return results.map((result) => {
    const base = results.find(({ name }) => name === result.reference);
    return { ...result, of_reference: speedRatio(result, base) };
  });
}

/** The speed of one case by that of another: the median over the turns that both were in. */
export function speedRatio(result: CaseResult | undefined, base: CaseResult | undefined): number | null {
  const ratios = (result?.runs ?? []).flatMap((run, turn) => {
    const other = base?.runs[turn];
    return other === undefined ? [] : [speedOf(run) / speedOf(other)];
  });
  return ratios.length === 0 ? null : medianOf(ratios);
}

export function renderResults(results: readonly CaseResult[], layout: TextLayout): string {
  return renderTable(
    [
      { header: 'case' },
      { header: 'what is timed' },
      { header: 'per second', align: 'right' },
      { header: 'median', align: 'right' },
      { header: 'fastest to slowest', align: 'right' },
      { header: 'compared', align: 'right' },
      { header: 'with' },
      { header: 'peak memory', align: 'right' },
    ],
    results.map((result) => [
      result.name,
      result.title,
      result.records_per_second.toLocaleString('en-US'),
      seconds(result.median_ms),
      `${seconds(result.fastest_ms)} to ${seconds(result.slowest_ms)}`,
      result.of_reference === null ? null : result.of_reference.toFixed(result.of_reference < 0.1 ? 3 : 2),
      result.of_reference === null ? null : result.reference,
      formatBytes(result.peak_rss_bytes),
    ]),
    { ...layout, nullText: '-' },
  );
}

const speedOf = ({ records, elapsedMs }: Measurement): number => records / elapsedMs;

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
