import { requestOfJob, type BatchJob, type HistoricalClient, type JobFilter } from '../../adapters/databento/index.js';
import { jobConditions } from '../../adapters/archive/index.js';
import type { ArchivedJob } from '../../core/archive/job-archive.js';
import { isTickloomError, type TickloomError } from '../../core/errors/index.js';
import { DayConditions } from '../../core/historical/day-conditions.js';
import type { ComingJob, FinishedJob, PaidJobs } from '../../core/historical/finished-job.js';
import type { ApiCall } from '../../core/historical/historical-api.js';
import { inParallel } from '../../core/historical/in-parallel.js';
import { formatNanos } from '../../core/text/format-nanos.js';
import type { BatchJobSummary } from './batch-report.js';

/** Details of jobs that are asked for at one time. */
const DETAILS_AT_ONCE = 4;
const NS_PER_MS = 1_000_000n;
const DONE = 'done';
/** States of jobs that are not gone, as far as the service takes every one of them for a filter. */
const STATES = ['queued', 'processing', DONE];

/** Takes a job of which the service tells no more than its id and state, and why. */
export type OnUntold = (job: BatchJob, error: TickloomError) => void;

export const untoldText = (jobId: string, { message }: TickloomError): string =>
  `no more is known of batch job ${jobId} than that it is there: ${message}`;

/**
 * The jobs of the account, with all that the service tells of them: it is about to list them by id and state alone, and
 * to give the rest job by job.
 * @param onUntold called for a job that the service refuses to tell more of, which is then listed as it is; without it
 * that is thrown
 */
export async function accountJobs(
  { batch }: HistoricalClient,
  filter: JobFilter = {},
  call: ApiCall = {},
  onUntold?: OnUntold,
): Promise<BatchJob[]> {
  const listed = await batch.listJobs(filter, call);
  return inParallel(listed, DETAILS_AT_ONCE, async (job) => {
    if (job.dataset !== null) return job;
    try {
      return await batch.getJobDetails(job.id, call);
    } catch (error) {
      // What is wrong with one of them is no word on the others; what is wrong with the service is.
      if (onUntold === undefined || !isTickloomError(error) || !['fix', 'fail-chunk'].includes(error.action))
        throw error;
      onUntold(job, error);
      return job;
    }
  });
}

/**
 * Whether the files of a job that is done can still be had.
 * @param now by the service's clock
 */
export function isAvailable({ state, ts_expiration }: BatchJob, now: Date): boolean {
  return state === DONE && (ts_expiration === null || ts_expiration > BigInt(now.getTime()) * NS_PER_MS);
}

/**
 * The jobs at the vendor's that are paid for: those that can be had for nothing, and those that it is preparing.
 * @param archived ids of those that need not be had
 */
export async function paidJobs(
  api: HistoricalClient,
  archived: ReadonlySet<string>,
  call: ApiCall,
  onUntold: OnUntold,
): Promise<PaidJobs> {
  const listed = await accountJobs(api, { states: STATES }, call, onUntold);
  const finished: FinishedJob[] = [];
  const coming: ComingJob[] = [];
  for (const job of listed) {
    const request = requestOfJob(job);
    if (archived.has(job.id) || request === null) continue;
    const { id, state, billed_size: sizeBytes, record_count: records, ts_received: submittedAt } = job;
    if (state !== DONE) coming.push({ id, state, request });
    else if (isAvailable(job, api.serviceTime())) {
      finished.push({ id, request, sizeBytes, records, archived: false, pending: null, submittedAt });
    }
  }
  return { finished, coming };
}

/** A job in the archive as a plan knows it; none of one that cannot be loaded. */
export async function finishedFromArchive({ id, request, records, folder }: ArchivedJob): Promise<FinishedJob[]> {
  if (request === null) return [];
  const { pending } = new DayConditions(await jobConditions(folder));
  return [{ id, request, sizeBytes: null, records, archived: true, pending, submittedAt: null }];
}

export function jobSummary(job: BatchJob, archived: boolean): BatchJobSummary {
  return {
    job_id: job.id,
    state: job.state,
    progress: job.progress === null ? null : Number(job.progress),
    dataset: job.dataset,
    schema: job.schema,
    stype_in: job.stype_in,
    symbols: job.symbols ?? [],
    start: timeOf(job.start),
    end: timeOf(job.end),
    limit: job.limit,
    encoding: job.encoding,
    split_duration: job.split_duration,
    records: job.record_count,
    bytes: job.billed_size,
    stored_bytes: job.package_size ?? job.actual_size,
    cost_usd: job.cost_usd === null ? null : Number(job.cost_usd),
    received_at: formatNanos(job.ts_received),
    expires_at: timeOf(job.ts_expiration),
    archived,
  };
}

const timeOf = (ns: bigint | null): string | null => (ns === null ? null : formatNanos(ns));
