import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../../adapters/databento/index.js';
import { sharedSignal } from '../../core/abort/shared-signal.js';
import { parseNanos } from '../../core/text/parse-nanos.js';
import type { OnUntold } from './account-jobs.js';
import { DATABENTO } from '../api-access.js';
import type { BatchDownload, BatchJobSummary } from './batch-report.js';
import { checkCall } from '../known-keys.js';
import { plainNotes } from '../leveled-note.js';
import { DOWNLOAD_KEYS, JOBS_KEYS, SUBMIT_KEYS } from '../request-keys.js';
import { withApi } from '../with-api.js';
import type { Tickloom } from '../tickloom.js';
import { PARTS } from '../tokens.js';

/** What can be done with batch jobs, short of loading them. Imported when it is asked for: few runs do. */
export function batch(parts: DependencyContainer): Tickloom['batch'] {
  return {
    submit: async (request, options = {}) => {
      checkCall('batch.submit', request, SUBMIT_KEYS, options);
      const { onNote = () => undefined, signal } = options;
      const { submitJobs } = await import('./submit-jobs.js');
      return submitJobs(parts, request, { onNote, signal: sharedSignal(signal) });
    },
    list: async (wanted = {}, options = {}) => {
      checkCall('batch.list', wanted, JOBS_KEYS, options);
      const { states, since } = wanted;
      const { onNote = () => undefined, ...call } = options;
      const signal = sharedSignal(call.signal);
      const filter = { states, since: since === undefined ? undefined : parseNanos('since', since) };
      const { accountJobs, jobSummary, untoldText } = await import('./account-jobs.js');
      const archived = new Set((await parts.resolve(PARTS.jobs).list()).map(({ id }) => id));
      const onUntold: OnUntold = ({ id }, error) => onNote(untoldText(id, error));
      const ask = async (api: HistoricalClient): Promise<BatchJobSummary[]> =>
        (await accountJobs(api, filter, { signal }, onUntold)).map((job) => jobSummary(job, archived.has(job.id)));
      return withApi(parts, DATABENTO, ask, plainNotes(onNote));
    },
    download: async (request, options = {}) => {
      checkCall('batch.download', request, DOWNLOAD_KEYS, options);
      const { jobId, output } = request;
      const { onNote = () => undefined, ...call } = options;
      const signal = sharedSignal(call.signal);
      parts.resolve(PARTS.jobs).folderOf(jobId);
      const { downloadJob } = await import('./download-job.js');
      const ask = async (api: HistoricalClient): Promise<BatchDownload> =>
        (await downloadJob(parts, api, jobId, output, { onNote, signal })).download;
      return withApi(parts, DATABENTO, ask, plainNotes(onNote));
    },
  };
}
