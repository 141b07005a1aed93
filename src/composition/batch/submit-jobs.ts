import type { DependencyContainer } from 'tsyringe';
import type { BatchJob, HistoricalClient } from '../../adapters/databento/index.js';
import { formatUsd as dollars } from '../../adapters/terminal/index.js';
import { isTickloomError, TickloomError } from '../../core/errors/index.js';
import { describeRequest } from '../../core/historical/describe-request.js';
import { sumOf } from '../../core/historical/range-plan.js';
import { usdToNumber } from '../../core/historical/usd.js';
import { reportedError } from '../../core/pipeline/chunk-report.js';
import { agreeToPurchase } from '../agree-to-purchase.js';
import type { BatchSubmission, BatchSubmitRequest, SubmittedJob } from './batch-report.js';
import { plainNotes } from '../leveled-note.js';
import { withApi } from '../with-api.js';
import { planJobs, type PlannedJob } from './plan-jobs.js';
import { submitJob } from './submit-job.js';
import { reportedRequest } from '../reported-request.js';
import { readRequests } from '../request-plan.js';
import { PARTS } from '../tokens.js';
import { counted } from '../../core/text/counted.js';

export type OnNote = (text: string) => void;

/**
 * Submits jobs, once what they cost is agreed to. What the account or the archive has already is not submitted again: the
 * service cannot tell two submissions of one job apart, and bills both.
 * @returns also when one fails after others were submitted: what was bought must be known
 * @throws USAGE, SCHEMA_UNKNOWN, RANGE_UNAVAILABLE, SYMBOL_NOT_FOUND, COST_CAP, all before anything is bought, and what
 * the API throws before it has taken a job
 */
export async function submitJobs(
  parts: DependencyContainer,
  { request, delivery = {}, spending = {}, again = false, dryRun = false }: BatchSubmitRequest,
  { onNote, signal }: { readonly onNote: OnNote; readonly signal: AbortSignal },
): Promise<BatchSubmission> {
  const requests = await readRequests(parts, request);
  const ask = async (api: HistoricalClient): Promise<BatchSubmission> => {
    const call = { signal };
    const archived = await parts.resolve(PARTS.jobs).list();
    const planned = planJobs(api, requests, archived, { again, call });
    const { jobs, notes } = await planned.catch(nothingSubmitted);
    for (const note of notes) onNote(note);
    const toSubmit = jobs.filter(({ there }) => there === null);
    const estimate = sumOf(toSubmit.flatMap((job) => job.estimate ?? []));
    onNote(summary(jobs, usdToNumber(estimate.costUsd)));
    if (!dryRun) await agreeToPurchase(estimate, toSubmit.length, spending);
    const submit = ({ request: wanted }: PlannedJob): Promise<BatchJob> =>
      submitJob(api, wanted, delivery, { again, onNote, call });
    const fates = await submitEach(jobs, dryRun ? null : submit, onNote);
    const status = fates.some((job) => job.status === 'failed') ? 'incomplete' : 'complete';
    return { status, jobs: fates, cost_usd: { estimated: usdToNumber(estimate.costUsd) }, notes };
  };
  return withApi(parts, request.api, ask, plainNotes(onNote));
}

/**
 * Submits one after the other those that are not there, until one fails.
 * @param submit `null` for a dry run
 * @throws what the first one fails with
 */
async function submitEach(
  jobs: readonly PlannedJob[],
  submit: ((job: PlannedJob) => Promise<BatchJob>) | null,
  onNote: OnNote,
): Promise<SubmittedJob[]> {
  const fates: SubmittedJob[] = [];
  let bought = false;
  let failed = false;
  for (const job of jobs) {
    if (job.there !== null) {
      fates.push(reported(job, { job_id: job.there.id, status: 'there', state: job.there.state }));
      onNote(`job ${job.there.id} has it already (${job.there.state}): ${describeRequest(job.request)}`);
    } else if (submit === null || failed) {
      fates.push(reported(job, { job_id: null, status: 'planned', state: null }));
    } else {
      try {
        const { id, state } = await submit(job);
        bought = true;
        fates.push(reported(job, { job_id: id, status: 'submitted', state }));
        // said at once, whatever comes next
        onNote(`job ${id} was submitted: ${describeRequest(job.request)}`);
      } catch (error) {
        if (!bought) throw error;
        failed = true;
        fates.push(reported(job, { job_id: null, status: 'failed', state: null, error: reportedError(error) }));
      }
    }
  }
  return fates;
}

function reported(
  { request, estimate }: PlannedJob,
  what: Pick<SubmittedJob, 'job_id' | 'status' | 'state'> & Partial<Pick<SubmittedJob, 'error'>>,
): SubmittedJob {
  return {
    error: null,
    ...what,
    ...reportedRequest(request),
    records: estimate?.records ?? null,
    bytes: estimate?.sizeBytes ?? null,
    cost_usd: estimate === null ? 0 : usdToNumber(estimate.costUsd),
  };
}

/** Who interrupts a submission wants to know whether it has cost something. */
function nothingSubmitted(error: unknown): never {
  if (!isTickloomError(error) || error.code !== 'CANCELLED') throw error;
  const { code, message, context } = error;
  const hint = 'Run the same command again.';
  throw new TickloomError(code, `${message}; nothing was submitted`, { hint, context });
}

function summary(jobs: readonly PlannedJob[], usd: number): string {
  const fresh = jobs.filter(({ there }) => there === null).length;
  if (fresh === 0) return 'nothing to submit';
  return `to submit: ${counted(fresh, 'job')}, estimated at ${dollars(usd)}`;
}
