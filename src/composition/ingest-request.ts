import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../adapters/databento/index.js';
import { formatBytes, formatCount, formatUsd as dollars } from '../adapters/terminal/index.js';
import { CappedSpending } from '../core/historical/capped-spending.js';
import type { HistoricalRequest } from '../core/historical/historical-request.js';
import { usdToNumber } from '../core/historical/usd.js';
import { chunkReportOf } from '../core/pipeline/chunk-report.js';
import { RunAccount, type RunCost } from '../core/pipeline/run-account.js';
import { LOCK_TIMEOUT_MS } from '../core/sink/sink.js';
import { counted } from '../core/text/counted.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import type { Chunk } from '../core/source/source.js';
import type { RunReport } from '../core/report/run-report.js';
import { agreedPlan, type AgreedPlan } from './agreed-plan.js';
import { capOf } from './agree-to-purchase.js';
import { PendingJob } from './batch/job-work.js';
import { planAll, readRequests, type PlanWishes, type WholePlan } from './request-plan.js';
import { chunksOf, type RequestChunks } from './request-chunks.js';
import type { ApiRequest } from './api-request.js';
import type { IngestRequest } from './tickloom.js';
import { PARTS } from './tokens.js';

/** A request that is planned, agreed to, and ready to run. */
export interface PreparedRequest extends RequestChunks {
  readonly cost: RunCost;
  /** Bytes of batch jobs that came over the network. */
  readonly downloaded: number;
  /** To be told when a chunk is loaded, or will not be. */
  chunkDone(chunk: Chunk): void;
  close(): Promise<void>;
}

/**
 * Plans a request, asks for the money where that has to be done, and makes the chunks of the run.
 * @throws USAGE, SCHEMA_UNKNOWN, RANGE_UNAVAILABLE, SYMBOL_NOT_FOUND, COST_CAP, all before anything is bought, and what
 * the API throws
 */
export async function prepareRequest(
  parts: DependencyContainer,
  request: ApiRequest,
  { spending: rules = {}, force = false, refetch = false, dryRun = false, lockTimeout }: IngestRequest,
  { emit, signal }: { readonly emit: (event: ProgressEvent) => void; readonly signal: AbortSignal },
): Promise<PreparedRequest> {
  const requests = await readRequests(parts, request);
  const note = (level: 'info' | 'warning', text: string): void => emit({ type: 'note', level, text });
  const api = await parts.resolve(PARTS.api).open(request.api, note);
  try {
    const wishes = { force: force || refetch, refetch, signal };
    const lockTimeoutMs = lockTimeout === undefined ? LOCK_TIMEOUT_MS : lockTimeout * 1000;
    const told = new Set<string>();
    const onPlan = (plan: WholePlan): void => {
      for (const text of [...plan.notes, summary(plan)]) {
        if (!told.has(text)) note('info', text);
        told.add(text);
      }
    };
    const { plan, chunksOfJob, downloaded, announced } = dryRun
      ? await planOnly(parts, api, requests, request, wishes, onPlan)
      : await agreedPlan(parts, api, requests, request.chunk, wishes, { rules, lockTimeoutMs, onPlan, emit, signal });
    const spending = new CappedSpending(capOf(rules));
    const purchase = { name: request.api, api, spending, refetch, lockTimeoutMs, chunksOfJob, announced };
    const cost = { estimated: plan.estimate.costUsd, spent: () => spending.spent };
    const work = chunksOf(parts, plan.parts, purchase);
    const done: Promise<void>[] = [];
    const chunkDone = (chunk: Chunk): void => {
      const request = work.bought.get(chunk);
      if (request !== undefined && announced !== undefined) done.push(announced.loaded(request));
    };
    const close = async (): Promise<void> => {
      api.close();
      await Promise.all(done);
      await announced?.end();
    };
    return { ...work, cost, downloaded, chunkDone, close };
  } catch (error) {
    api.close();
    throw error;
  }
}

/** What would be done, nothing of which is fetched. */
async function planOnly(
  parts: DependencyContainer,
  api: HistoricalClient,
  requests: readonly HistoricalRequest[],
  { chunk }: ApiRequest,
  wishes: PlanWishes,
  onPlan: (plan: WholePlan) => void,
): Promise<AgreedPlan> {
  const plan = await planAll(parts, api, requests, chunk, wishes);
  onPlan(plan);
  return { plan, chunksOfJob: (job) => [new PendingJob(job)], downloaded: 0 };
}

/** What a run would do, as its report; for a dry run. */
export function reportOfRequest(
  parts: DependencyContainer,
  { chunks, settled }: Pick<RequestChunks, 'chunks' | 'settled'>,
  cost: RunCost | undefined,
): RunReport {
  const account = new RunAccount(parts.resolve(PARTS.clock), chunks.length + settled.length, cost);
  chunks.forEach((chunk, index) => account.add(index, chunkReportOf(chunk, null)));
  settled.forEach((report, index) => account.add(chunks.length + index, report));
  return { ...account.report(false), status: 'complete' };
}

/** `to buy: 5 chunks, 25,000 records, 1.14 MiB, estimated at $0.0031; from the archive: 2 chunks; already there: 1` */
function summary({ parts, estimate }: WholePlan): string {
  const count = (state: WholePlan['parts'][number]['state']): number =>
    parts.filter((part) => part.state === state).length;
  const chunks = (n: number): string => counted(n, 'chunk', formatCount(n));
  const [buy, batch, archived, covered] = [count('buy'), count('batch'), count('archived'), count('covered')];
  const size = `${counted(estimate.records, 'record', formatCount(estimate.records))}, ${formatBytes(estimate.sizeBytes)}`;
  return [
    buy === 0
      ? 'nothing to buy'
      : `to buy: ${chunks(buy)}, ${size}, estimated at ${dollars(usdToNumber(estimate.costUsd))}`,
    ...(batch > 0 ? [`in batch jobs, for nothing: ${chunks(batch)}`] : []),
    ...(archived > 0 ? [`in the archive: ${chunks(archived)}`] : []),
    ...(covered > 0 ? [`in the database: ${chunks(covered)}`] : []),
  ].join('; ');
}
