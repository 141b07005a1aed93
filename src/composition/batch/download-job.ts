import { basename, join, resolve } from 'node:path';
import type { DependencyContainer } from 'tsyringe';
import { requestOfJob, type BatchJob, type HistoricalClient } from '../../adapters/databento/index.js';
import { formatBytes } from '../../adapters/terminal/index.js';
import type { ArchivedJob, JobFile } from '../../core/archive/job-archive.js';
import { isTickloomError, TickloomError } from '../../core/errors/index.js';
import type { ApiCall } from '../../core/historical/historical-api.js';
import { parseUsd } from '../../core/historical/usd.js';
import { counted } from '../../core/text/counted.js';
import { formatNanos } from '../../core/text/format-nanos.js';
import { isAvailable } from './account-jobs.js';
import type { BatchDownload } from './batch-report.js';
import { downloadFiles } from './download-files.js';
import { jobInstruments } from './job-instruments.js';
import { PARTS } from '../tokens.js';

export interface JobDownloadOptions {
  readonly onNote: (text: string) => void;
  /** Bytes that came over the network since the last call. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Downloads the files of a job that are not there yet, going on from what an earlier try has left, and writes down in the
 * archive that it is complete. Costs nothing.
 * @param output a folder to put a folder of the job's name in; the archive otherwise
 * @throws BATCH_NOT_READY, NOT_FOUND for a job that has expired, DOWNLOAD_CORRUPT, OUTPUT_UNWRITABLE, and what the API throws
 */
export async function downloadJob(
  parts: DependencyContainer,
  api: HistoricalClient,
  jobId: string,
  output: string | undefined,
  options: JobDownloadOptions,
): Promise<{ readonly download: BatchDownload; readonly archived: ArchivedJob | null }> {
  const { signal, onNote } = options;
  const call = { signal };
  const archive = parts.resolve(PARTS.jobs);
  const folder =
    output === undefined ? archive.folderOf(jobId) : join(resolve(output), basename(archive.folderOf(jobId)));
  const job = await readyJob(api, jobId, call);
  const listed = await api.batch.listFiles(jobId, call);
  const total = listed.reduce((sum, { size }) => sum + size, 0);
  onNote(`downloading job ${jobId} for nothing: ${counted(listed.length, 'file')}, ${formatBytes(total)}`);
  if (output === undefined) await archive.prepare(jobId);
  let downloaded = 0;
  const onBytes = (bytes: number): void => {
    downloaded += bytes;
    options.onBytes?.(bytes);
  };
  const clock = parts.resolve(PARTS.clock);
  const files = await downloadFiles(api, { jobId, files: listed, folder }, { clock, onNote, onBytes, signal });
  const download = { job_id: jobId, folder, archived: output === undefined, files, bytes: { total, downloaded } };
  if (output !== undefined) return { download, archived: null };
  const request = requestOfJob(job);
  const kept = files.map(({ file, bytes, sha256 }): JobFile => ({ file, bytes, sha256 }));
  const archived = await archive.keep({
    id: jobId,
    request,
    costUsd: job.cost_usd === null ? null : parseUsd(job.cost_usd),
    records: job.record_count,
    files: kept,
    instruments: request === null ? [] : await jobInstruments(parts, api, request, folder, options),
  });
  return { download, archived };
}

/** A job whose files can be downloaded. @throws BATCH_NOT_READY, NOT_FOUND for a job that has expired */
export async function readyJob(api: HistoricalClient, jobId: string, call: ApiCall): Promise<BatchJob> {
  const job = await api.batch.getJobDetails(jobId, call).catch(withJobHint);
  if (isAvailable(job, api.serviceTime())) return job;
  const { state, ts_expiration: expiration } = job;
  if (['done', 'expired', 'purged'].includes(state)) {
    const since = expiration === null ? '' : ` on ${formatNanos(expiration).slice(0, 10)}`;
    throw new TickloomError('NOT_FOUND', `the files of job ${jobId} expired${since}: there is nothing to download`, {
      hint: 'See "tickloom batch list" for the jobs that can be downloaded.',
      context: { job_id: jobId, state },
    });
  }
  const progress = job.progress === null ? '' : `, ${job.progress} %`;
  throw new TickloomError('BATCH_NOT_READY', `job ${jobId} is not finished: it is ${state}${progress}`, {
    hint: 'Run the same command again when "tickloom batch list" says that it is done.',
    context: { job_id: jobId, state },
  });
}

/** An id that the service does not know is corrected with the list of those that it does. */
function withJobHint(error: unknown): never {
  if (!isTickloomError(error) || error.code !== 'REQUEST_REJECTED') throw error;
  const { code, message, context } = error;
  throw new TickloomError(code, message, { hint: 'See "tickloom batch list" for the jobs of the account.', context });
}
