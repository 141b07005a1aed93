import type { Clock } from '../clock/clock.js';
import { usdToNumber, type Usd } from '../historical/usd.js';
import { addCounts, noRecords, noSymbols } from '../report/counts.js';
import type { ChunkReport, RunReport, RunStatus } from '../report/run-report.js';

/** What a run was expected to cost, and has cost so far. */
export interface RunCost {
  readonly estimated: Usd;
  spent(): Usd;
}

const FREE: RunCost = { estimated: 0n, spent: () => 0n };

/** Adds up the chunks of a run. */
export class RunAccount {
  readonly runId: string;
  bytesRead = 0;
  bytesDownloaded = 0;
  readonly #startedMs: number;
  readonly #chunks: (ChunkReport | undefined)[];

  constructor(
    private readonly clock: Clock,
    planned: number,
    private readonly cost: RunCost = FREE,
  ) {
    this.runId = clock.uuid();
    this.#startedMs = clock.monotonicMs();
    this.#chunks = new Array<ChunkReport | undefined>(planned).fill(undefined);
  }

  /** `index` is the chunk's place in the plan, and so in the report. */
  add(index: number, report: ChunkReport): void {
    this.#chunks[index] = report;
  }

  report(interrupted: boolean): RunReport {
    const details = this.#chunks.filter((chunk) => chunk !== undefined);
    const records = noRecords();
    const symbols = noSymbols();
    const chunks = { planned: this.#chunks.length, loaded: 0, already_loaded: 0, failed: 0 };
    for (const chunk of details) {
      addCounts(records, chunk.records);
      addCounts(symbols, chunk.symbols);
      if (chunk.status === 'loaded' || chunk.status === 'already_loaded' || chunk.status === 'failed') {
        chunks[chunk.status] += 1;
      }
    }
    const elapsedMs = Math.max(0, Math.round(this.clock.monotonicMs() - this.#startedMs));
    return {
      run_id: this.runId,
      status: statusOf(chunks, records.quarantined, interrupted),
      chunks,
      records,
      symbols,
      bytes: { read: this.bytesRead, downloaded: this.bytesDownloaded },
      cost_usd: { estimated: usdToNumber(this.cost.estimated), spent: usdToNumber(this.cost.spent()) },
      elapsed_ms: elapsedMs,
      records_per_second: Math.round(records.decoded / Math.max(elapsedMs / 1000, 0.001)),
      peak_rss_bytes: this.clock.peakRssBytes(),
      details,
    };
  }
}

function statusOf(chunks: RunReport['chunks'], quarantined: number, interrupted: boolean): RunStatus {
  const done = chunks.loaded + chunks.already_loaded;
  if (done === chunks.planned) return quarantined > 0 ? 'incomplete' : 'complete';
  if (interrupted) return 'cancelled';
  return done === 0 ? 'failed' : 'incomplete';
}
