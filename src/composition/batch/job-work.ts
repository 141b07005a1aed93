import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../../adapters/databento/index.js';
import type { ArchivedJob } from '../../core/archive/job-archive.js';
import { TickloomError } from '../../core/errors/index.js';
import { describeRequest } from '../../core/historical/describe-request.js';
import type { FinishedJob } from '../../core/historical/finished-job.js';
import type { ProgressEvent } from '../../core/progress/progress-event.js';
import type { Chunk, ChunkSubject } from '../../core/source/source.js';
import { DATABENTO } from '../api-access.js';
import { downloadJob } from './download-job.js';
import { jobChunks } from './job-chunks.js';
import { PARTS } from '../tokens.js';

export interface JobWork {
  readonly chunks: readonly Chunk[];
  /** Bytes that came over the network. */
  readonly downloaded: number;
}

/**
 * The chunks of a batch job, once its files are all in the archive.
 * @throws as {@link downloadJob} and {@link jobChunks}
 */
export async function jobWork(
  parts: DependencyContainer,
  api: HistoricalClient,
  jobId: string,
  { emit, signal }: { readonly emit: (event: ProgressEvent) => void; readonly signal: AbortSignal },
): Promise<JobWork> {
  const kept = await parts.resolve(PARTS.jobs).find(jobId);
  if (kept !== undefined) return { chunks: await jobChunks(parts, kept, signal), downloaded: 0 };
  const onNote = (text: string): void => emit({ type: 'note', level: 'info', text });
  const { download, archived } = await downloadJob(parts, api, jobId, undefined, { onNote, signal });
  return {
    chunks: await jobChunks(parts, archived as ArchivedJob, signal),
    downloaded: download.bytes.downloaded,
  };
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
