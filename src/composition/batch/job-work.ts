import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../../adapters/databento/index.js';
import type { ArchivedJob } from '../../core/archive/job-archive.js';
import { TickloomError } from '../../core/errors/index.js';
import { describeRequest } from '../../core/historical/describe-request.js';
import type { FinishedJob } from '../../core/historical/finished-job.js';
import type { ProgressEvent } from '../../core/progress/progress-event.js';
import type { Chunk, ChunkSubject } from '../../core/source/source.js';
import { DATABENTO } from '../api-access.js';
import { downloadJob, type JobDownloadOptions } from './download-job.js';
import { jobChunks } from './job-chunks.js';
import { PARTS } from '../tokens.js';

export interface JobWork {
  readonly chunks: readonly Chunk[];
  /** Bytes that came over the network. */
  readonly downloaded: number;
}

/**
 * The chunks of a batch job, once its files are all in the archive.
 * @throws as {@link archivedJob} and {@link jobChunks}
 */
export async function jobWork(
  parts: DependencyContainer,
  api: HistoricalClient,
  jobId: string,
  { emit, signal }: { readonly emit: (event: ProgressEvent) => void; readonly signal: AbortSignal },
): Promise<JobWork> {
  let downloaded = 0;
  const job = await archivedJob(parts, api, jobId, {
    onNote: (text) => emit({ type: 'note', level: 'info', text }),
    onBytes: (bytes) => (downloaded += bytes),
    signal,
  });
  return { chunks: await jobChunks(parts, job, signal), downloaded };
}

/**
 * A job whose files are in the archive; those that are not there as they should be are downloaded, for nothing.
 * @throws as {@link downloadJob}
 */
export async function archivedJob(
  parts: DependencyContainer,
  api: HistoricalClient,
  jobId: string,
  options: JobDownloadOptions,
): Promise<ArchivedJob> {
  const archive = parts.resolve(PARTS.jobs);
  const { status, detail } = await archive.verify(jobId, options.signal);
  const kept = status === 'ok' ? await archive.find(jobId) : undefined;
  if (kept !== undefined) return kept;
  if (status === 'damaged') options.onNote(`batch job ${jobId} has to be downloaded again: ${detail ?? status}`);
  const { archived } = await downloadJob(parts, api, jobId, undefined, options);
  return archived as ArchivedJob;
}

/** Something that is not downloaded, for a dry run: what would have to be fetched first is not looked into. */
abstract class Pending implements Chunk {
  abstract readonly source: string;
  abstract readonly sizeBytes: number | null;
  readonly fragment = null;
  readonly repeatable = true;

  async fetch(): Promise<void> {
    this.open();
  }

  open(): AsyncIterable<Uint8Array> {
    throw new TickloomError('INVARIANT', `"${this.source}" was read by a dry run`);
  }
}

/** A whole job. */
export class PendingJob extends Pending {
  readonly source: string;
  readonly sizeBytes = null;
  readonly subject: ChunkSubject;

  constructor({ id, request }: FinishedJob) {
    super();
    this.source = `${DATABENTO} ${id} ${describeRequest(request)}`;
    this.subject = request;
  }
}

/** A file of a job. */
export class PendingFile extends Pending {
  readonly source: string;

  constructor(
    jobId: string,
    file: string,
    readonly sizeBytes: number,
  ) {
    super();
    this.source = `${jobId}/${file}`;
  }
}
