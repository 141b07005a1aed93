import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../adapters/databento/index.js';
import { salvage } from '../adapters/zstd/index.js';
import { EmptyChunk } from '../core/historical/empty-chunk.js';
import type { FinishedJob } from '../core/historical/finished-job.js';
import { fetchRange } from '../core/historical/fetch-range.js';
import type { RangeRequest } from '../core/historical/range-request.js';
import { RangeChunk, type FetchEntry } from '../core/historical/range-chunk.js';
import type { PlanPart } from '../core/historical/range-plan.js';
import type { Spending } from '../core/historical/spending.js';
import { chunkReportOf } from '../core/pipeline/chunk-report.js';
import type { ChunkReport } from '../core/report/run-report.js';
import type { Chunk } from '../core/source/source.js';
import type { AnnouncedRun } from './purchase-boards.js';
import { PARTS } from './tokens.js';

/** What a plan comes to in a run. */
export interface RequestChunks {
  readonly chunks: readonly Chunk[];
  /** Of what the database has already. */
  readonly settled: readonly ChunkReport[];
  /** What is bought for which of the chunks. */
  readonly bought: ReadonlyMap<Chunk, RangeRequest>;
}

export interface Purchase {
  /** Of the API. */
  readonly name: string;
  readonly api: HistoricalClient;
  readonly spending: Spending;
  readonly refetch: boolean;
  /** How long another run is waited for that is downloading the same, ms. */
  readonly lockTimeoutMs: number;
  /** As other runs see it. */
  readonly announced?: AnnouncedRun | undefined;
  /** Of the batch jobs that the plan takes. */
  readonly chunksOfJob: (job: FinishedJob) => readonly Chunk[];
}

/** Makes a chunk of every part of a plan that there is something to do about. */
export function chunksOf(parts: DependencyContainer, plan: readonly PlanPart[], purchase: Purchase): RequestChunks {
  const archive = parts.resolve(PARTS.archive);
  const fetchParts = {
    api: purchase.api,
    archive,
    spending: purchase.spending,
    decompress: parts.resolve(PARTS.decompress),
    salvage,
  };
  const buying =
    (part: Extract<PlanPart, { state: 'buy' }>): FetchEntry =>
    async (request, { signal, onBytes, onNote }) => {
      const order = { request, estimate: part.estimate, conditions: part.conditions };
      const onWarning = (text: string): void => onNote('warning', text);
      const wait = {
        mostMs: purchase.lockTimeoutMs,
        onWait: (process: number) => onNote('info', waitingText(process)),
      };
      try {
        return await fetchRange({ ...order, refetch: purchase.refetch, signal, wait, onBytes, onWarning }, fetchParts);
      } finally {
        await purchase.announced?.fetched(request);
      }
    };
  const chunks: Chunk[] = [];
  const settled: ChunkReport[] = [];
  const bought = new Map<Chunk, RangeRequest>();
  for (const part of plan) {
    const { name } = purchase;
    if (part.state === 'buy') {
      const chunk = new RangeChunk(name, part.request, archive, buying(part));
      bought.set(chunk, part.request);
      chunks.push(chunk);
    } else if (part.state === 'batch') chunks.push(...purchase.chunksOfJob(part.job));
    else if (part.state === 'archived') chunks.push(new RangeChunk(name, part.entry.request, archive, part.entry));
    else {
      const chunk = new EmptyChunk(name, part.request, part.conditions);
      if (part.state === 'empty') chunks.push(chunk);
      else if (part.state === 'covered') settled.push({ ...chunkReportOf(chunk, null), status: 'already_loaded' });
    }
  }
  return { chunks, settled, bought };
}

function waitingText(process: number): string {
  return `waiting for another run (process ${process}), which is downloading the same`;
}
