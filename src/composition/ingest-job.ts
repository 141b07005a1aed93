import type { DependencyContainer } from 'tsyringe';
import type { ArchivedJob } from '../core/archive/job-archive.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import type { Chunk } from '../core/source/source.js';
import { DATABENTO } from './api-access.js';
import { downloadJob } from './download-job.js';
import { withApi } from './ingest-request.js';
import { jobChunks } from './job-chunks.js';
import { PendingFile } from './pending-file.js';
import type { IngestRequest } from './tickloom.js';
import { PARTS } from './tokens.js';

export interface JobWork {
  readonly chunks: readonly Chunk[];
  /** Bytes that came over the network. */
  readonly downloaded: number;
}

/**
 * The chunks of a batch job. What is missing of its files is downloaded first; when all are in the archive the service is
 * not asked, and no key is needed. A dry run downloads nothing.
 * @throws as {@link downloadJob} and {@link jobChunks}
 */
export async function prepareJob(
  parts: DependencyContainer,
  jobId: string,
  { dryRun = false }: Pick<IngestRequest, 'dryRun'>,
  { emit, signal }: { readonly emit: (event: ProgressEvent) => void; readonly signal: AbortSignal },
): Promise<JobWork> {
  const kept = await parts.resolve(PARTS.jobs).find(jobId);
  if (kept !== undefined) return { chunks: await jobChunks(parts, kept, signal), downloaded: 0 };
  const note = (level: 'info' | 'warning', text: string): void => emit({ type: 'note', level, text });
  return withApi(
    parts,
    DATABENTO,
    async (api) => {
      if (dryRun) {
        const files = await api.batch.listFiles(jobId, { signal });
        const data = files.filter(({ filename }) => /\.dbn(\.zst)?$/.test(filename));
        return { chunks: data.map(({ filename, size }) => new PendingFile(jobId, filename, size)), downloaded: 0 };
      }
      const onNote = (text: string): void => note('info', text);
      const { download, archived } = await downloadJob(parts, api, jobId, undefined, { onNote, signal });
      const chunks = await jobChunks(parts, archived as ArchivedJob, signal);
      return { chunks, downloaded: download.bytes.downloaded };
    },
    note,
  );
}
