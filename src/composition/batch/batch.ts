import type { DependencyContainer } from 'tsyringe';
import { parseNanos } from '../../core/text/parse-nanos.js';
import { accountJobs, jobSummary } from './account-jobs.js';
import { DATABENTO } from '../api-access.js';
import { downloadJob } from './download-job.js';
import { withApi } from '../with-api.js';
import { submitJobs } from './submit-jobs.js';
import type { Tickloom } from '../tickloom.js';
import { PARTS } from '../tokens.js';

/** What can be done with batch jobs, short of loading them. */
export function batch(parts: DependencyContainer): Tickloom['batch'] {
  return {
    submit: async (request, { onNote = () => undefined, signal } = {}) =>
      submitJobs(parts, request, { onNote, signal }),
    list: async ({ states, since } = {}, { signal } = {}) => {
      const filter = { states, since: since === undefined ? undefined : parseNanos('since', since) };
      const archived = new Set((await parts.resolve(PARTS.jobs).list()).map(({ id }) => id));
      return withApi(parts, DATABENTO, async (api) =>
        (await accountJobs(api, filter, { signal })).map((job) => jobSummary(job, archived.has(job.id))),
      );
    },
    download: async ({ jobId, output }, { onNote = () => undefined, signal } = {}) => {
      parts.resolve(PARTS.jobs).folderOf(jobId);
      return withApi(
        parts,
        DATABENTO,
        async (api) => (await downloadJob(parts, api, jobId, output, { onNote, signal })).download,
      );
    },
  };
}
