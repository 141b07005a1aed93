import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../adapters/databento/index.js';
import type { ArchivedJob } from '../core/archive/job-archive.js';
import { isTickloomError, TickloomError } from '../core/errors/index.js';
import type { FinishedJob } from '../core/historical/finished-job.js';
import type { HistoricalRequest } from '../core/historical/historical-request.js';
import { JobChunk } from '../core/historical/job-chunk.js';
import { isPieceOf } from '../core/historical/job-gaps.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import type { Chunk } from '../core/source/source.js';
import type { ApiRequest } from './api-request.js';
import { archivedJob } from './batch/job-work.js';
import { jobChunks } from './batch/job-chunks.js';
import { KnownJobs } from './batch/known-jobs.js';
import { planAll, type PlanNeighbours, type PlanWishes, type WholePlan } from './request-plan.js';

/** A plan of which every batch job is in the archive. */
export interface PlanWithJobs {
  readonly plan: WholePlan;
  /** Of a job that the plan takes. */
  readonly chunksOfJob: (job: FinishedJob) => readonly Chunk[];
  /** Bytes of batch jobs that came over the network. */
  readonly downloaded: number;
}

interface PlanContext extends PlanNeighbours {
  readonly emit: (event: ProgressEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Plans, downloads the batch jobs that the plan takes, and plans again where they turn out to be something else: what a
 * person agrees to pay afterwards is what is to be paid. A job that cannot be had is said and looked away from; one that
 * cannot be had just now ends the run, because what it has is free a little later.
 * @throws as {@link planAll}, CANCELLED, and what is temporary in a download
 */
export async function planWithJobs(
  parts: DependencyContainer,
  api: HistoricalClient,
  requests: readonly HistoricalRequest[],
  chunk: ApiRequest['chunk'],
  wishes: PlanWishes,
  { emit, signal, ...neighbours }: PlanContext,
): Promise<PlanWithJobs> {
  const jobs = new KnownJobs(parts, api, requests, signal);
  const fetched = new Map<string, readonly Chunk[]>();
  let downloaded = 0;
  const onNote = (text: string): void => emit({ type: 'note', level: 'info', text });
  const onBytes = (bytes: number): void => void (downloaded += bytes);
  for (;;) {
    const plan = await planAll(parts, api, requests, chunk, wishes, { jobs, ...neighbours });
    let stands = true;
    for (const part of plan.parts) {
      if (part.state !== 'batch' || fetched.has(part.job.id)) continue;
      try {
        const job = await archivedJob(parts, api, part.job.id, { onNote, onBytes, signal });
        fetched.set(job.id, finishedChunks(job, await jobChunks(parts, job, signal)));
        const known = await jobs.learn(job);
        stands &&= part.inDoubt.length === 0 && (known?.pending?.length ?? 0) === (part.job.pending?.length ?? 0);
      } catch (error) {
        if (signal.aborted) throw cancelled(error);
        if (!isTickloomError(error) || error.action === 'abort' || error.action === 'retry') throw error;
        const text = `batch job ${part.job.id} cannot be taken, so what it has is planned without it: ${error.message}`;
        emit({ type: 'note', level: 'warning', text });
        jobs.exclude(part.job.id);
        stands = false;
      }
    }
    if (stands) return { plan, chunksOfJob: ({ id }) => fetched.get(id) ?? [], downloaded };
  }
}

function cancelled(cause: unknown): TickloomError {
  if (isTickloomError(cause) && cause.code === 'CANCELLED') return cause;
  return new TickloomError('CANCELLED', 'cancelled while batch jobs were looked at; nothing was bought', {
    hint: 'Run the same command again to go on.',
    cause,
  });
}

/**
 * The chunks of a job that stand for something complete. Files of days that were not finished do not: those are planned
 * otherwise.
 * @throws ARCHIVE_DAMAGED for a file that is no piece of the job
 */
function finishedChunks({ id, request }: ArchivedJob, chunks: readonly Chunk[]): readonly Chunk[] {
  for (const chunk of chunks) {
    if (!(chunk instanceof JobChunk) || request === null) continue;
    if (chunk.header !== null && isPieceOf(request, chunk.header)) continue;
    const why = chunk.header === null ? 'cannot be read' : 'does not say that it is a part of what the job is for';
    throw new TickloomError('ARCHIVE_DAMAGED', `the header of "${chunk.source}" ${why}`, {
      hint: `Load what there is with "tickloom ingest --batch ${id}".`,
      context: { path: chunk.source, job_id: id },
    });
  }
  return chunks.filter((chunk) => !(chunk instanceof JobChunk && chunk.unfinished));
}
