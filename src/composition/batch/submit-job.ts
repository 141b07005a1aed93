import { requestOfJob, type BatchJob, type HistoricalClient } from '../../adapters/databento/index.js';
import { isTickloomError } from '../../core/errors/index.js';
import { isSameRequest } from '../../core/historical/archived-entries.js';
import type { ApiCall } from '../../core/historical/historical-api.js';
import type { RangeRequest } from '../../core/historical/range-request.js';
import { accountJobs } from './account-jobs.js';
import type { BatchSubmitRequest } from './batch-report.js';

const NS_PER_MS = 1_000_000n;

export interface SubmitJobOptions {
  /** The account may have such a job already, which then says nothing of this one. */
  readonly again: boolean;
  readonly onNote: (text: string) => void;
  readonly call: ApiCall;
}

/**
 * Submits one job. Where the answer is lost, the account tells whether the service took it: then it has a job of that
 * very request which it received since.
 * @throws SUBMISSION_UNCERTAIN when there is none, which may still come, and what the API throws
 */
export async function submitJob(
  api: HistoricalClient,
  request: RangeRequest,
  delivery: NonNullable<BatchSubmitRequest['delivery']>,
  { again, onNote, call }: SubmitJobOptions,
): Promise<BatchJob> {
  const since = BigInt(api.serviceTime().getTime()) * NS_PER_MS;
  try {
    return await api.batch.submitJob({ ...request, ...delivery }, call);
  } catch (error) {
    if (again || !isTickloomError(error) || error.code !== 'SUBMISSION_UNCERTAIN') throw error;
    // An account that cannot be looked at either leaves it as uncertain as it was.
    const received = await accountJobs(api, { since }, call).catch(() => []);
    const job = received.findLast((one) => isSame(one, request));
    if (job === undefined) throw error;
    onNote(`the answer to a submission was lost, and the account has its job ${job.id}`);
    return job;
  }
}

function isSame(job: BatchJob, request: RangeRequest): boolean {
  const found = requestOfJob(job);
  return found !== null && isSameRequest(found, request);
}
