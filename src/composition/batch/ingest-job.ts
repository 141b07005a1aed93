import type { DependencyContainer } from 'tsyringe';
import type { ProgressEvent } from '../../core/progress/progress-event.js';
import { DATABENTO } from '../api-access.js';
import { readyJob } from './download-job.js';
import { jobChunks } from './job-chunks.js';
import { jobWork, PendingFile, type JobWork } from './job-work.js';
import type { IngestRequest } from '../tickloom.js';
import { PARTS } from '../tokens.js';
import { withApi } from '../with-api.js';

/**
 * What is to be done about a batch job. When all its files are in the archive the service is not asked, and no key is
 * needed. A dry run downloads nothing.
 * @throws as {@link jobWork}
 */
export async function prepareJob(
  parts: DependencyContainer,
  jobId: string,
  { dryRun = false }: Pick<IngestRequest, 'dryRun'>,
  context: { readonly emit: (event: ProgressEvent) => void; readonly signal: AbortSignal },
): Promise<JobWork> {
  const { emit, signal } = context;
  const kept = await parts.resolve(PARTS.jobs).find(jobId);
  if (kept !== undefined) return { chunks: await jobChunks(parts, kept, signal), downloaded: 0 };
  return withApi(
    parts,
    DATABENTO,
    async (api) => {
      if (!dryRun) return jobWork(parts, api, jobId, context);
      await readyJob(api, jobId, { signal });
      const files = await api.batch.listFiles(jobId, { signal });
      const data = files.filter(({ filename }) => /\.dbn(\.zst)?$/.test(filename));
      return { chunks: data.map(({ filename, size }) => new PendingFile(jobId, filename, size)), downloaded: 0 };
    },
    (level, text) => emit({ type: 'note', level, text }),
  );
}
