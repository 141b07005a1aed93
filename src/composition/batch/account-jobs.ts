import { requestOfJob, type BatchJob, type HistoricalClient, type JobFilter } from '../../adapters/databento/index.js';
import type { ArchivedJob, JobArchive } from '../../core/archive/job-archive.js';
import type { Clock } from '../../core/clock/clock.js';
import type { FinishedJob } from '../../core/historical/finished-job.js';
import type { ApiCall } from '../../core/historical/historical-api.js';
import { inParallel } from '../../core/historical/in-parallel.js';
import { formatNanos } from '../../core/text/format-nanos.js';
import type { BatchJobSummary } from './batch-report.js';

/** Details of jobs that are asked for at one time. */
const DETAILS_AT_ONCE = 4;
const NS_PER_MS = 1_000_000n;

/**
 * The jobs of the account, with all that the service tells of them: it is about to list them by id and state alone, and
 * to give the rest job by job.
 */
export async function accountJobs(
  { batch }: HistoricalClient,
  filter: JobFilter = {},
  call: ApiCall = {},
): Promise<BatchJob[]> {
  const listed = await batch.listJobs(filter, call);
  return inParallel(listed, DETAILS_AT_ONCE, async (job) =>
    job.dataset === null ? batch.getJobDetails(job.id, call) : job,
  );
}

/** Whether the files of a job that is done can still be had. */
export function isAvailable({ state, ts_expiration }: BatchJob, now: Date): boolean {
  return state === 'done' && (ts_expiration === null || ts_expiration > BigInt(now.getTime()) * NS_PER_MS);
}

/** The jobs that can be had for nothing: those in the archive, then those at the vendor's. */
export async function finishedJobs(
  api: HistoricalClient,
  archive: JobArchive,
  clock: Clock,
  call: ApiCall,
): Promise<FinishedJob[]> {
  const archived = (await archive.list()).flatMap(finishedFromArchive);
  const ids = new Set(archived.map(({ id }) => id));
  const listed = await accountJobs(api, { states: ['done'] }, call);
  const others = listed.filter((job) => !ids.has(job.id) && isAvailable(job, clock.now()));
  return [
    ...archived,
    ...others.flatMap((job): FinishedJob[] => {
      const request = requestOfJob(job);
      const { id, billed_size: sizeBytes, record_count: records } = job;
      return request === null ? [] : [{ id, request, sizeBytes, records, archived: false }];
    }),
  ];
}

export function finishedFromArchive({ id, request, records }: ArchivedJob): FinishedJob[] {
  return request === null ? [] : [{ id, request, sizeBytes: null, records, archived: true }];
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
