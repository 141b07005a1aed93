import type { BatchJob, HistoricalClient } from '../../adapters/databento/index.js';
import { requestOfJob } from '../../adapters/databento/index.js';
import type { ArchivedJob } from '../../core/archive/job-archive.js';
import { TickloomError } from '../../core/errors/index.js';
import { isSameRequest } from '../../core/historical/archived-entries.js';
import { checkAvailability } from '../../core/historical/check-availability.js';
import { DayConditions } from '../../core/historical/day-conditions.js';
import { describeRequest } from '../../core/historical/describe-request.js';
import { estimateRange } from '../../core/historical/estimate-range.js';
import type { ApiCall } from '../../core/historical/historical-api.js';
import { stypeNote, type HistoricalRequest } from '../../core/historical/historical-request.js';
import { absenceNotes } from '../../core/historical/plan-request.js';
import { resolveRequest } from '../../core/historical/request-symbology.js';
import type { Estimate } from '../../core/historical/range-plan.js';
import type { RangeRequest } from '../../core/historical/range-request.js';
import { symbolGroups } from '../../core/historical/symbol-groups.js';
import { datesOf, SymbolMeanings } from '../../core/historical/symbol-meanings.js';
import { parseUsd, shareOf, type Usd } from '../../core/historical/usd.js';
import { overlaps } from '../../core/coverage/range-set.js';
import { accountJobs, isAvailable } from './account-jobs.js';

const GB = 2n ** 30n;
/** The mode of metadata.list_unit_prices that batch jobs are billed by. */
const BATCH_MODE = 'historical';
/** States of jobs whose files will never be there again. */
const GONE: readonly string[] = ['expired', 'purged'];

const DONE = 'done';

/** A job that would be submitted, and the one that has the same already. */
export interface PlannedJob {
  readonly request: RangeRequest;
  readonly there: { readonly id: string; readonly state: string } | null;
  /** `null` for what is there. */
  readonly estimate: Estimate | null;
}

export interface JobPlan {
  readonly jobs: readonly PlannedJob[];
  readonly notes: readonly string[];
}

/**
 * Cuts a request into jobs, one for each schema and for each group of symbols that may stand together, and looks which of
 * them the account or the archive has already. Buys nothing.
 * @param again submits also what is there
 * @throws USAGE, RANGE_UNAVAILABLE, SYMBOL_NOT_FOUND, and what the API throws
 */
export async function planJobs(
  api: HistoricalClient,
  requests: readonly HistoricalRequest[],
  archived: readonly ArchivedJob[],
  { again, call }: { readonly again: boolean; readonly call: ApiCall },
): Promise<JobPlan> {
  const notes: string[] = [];
  const wanted: RangeRequest[] = [];
  for (const request of requests) {
    const { requests: ranges, notes: moved } = await checkAvailability(api, request, call);
    const end = ranges.reduce((latest, { end: one }) => (one > latest ? one : latest), request.start);
    const resolution = await resolveRequest(api, { ...request, end }, call);
    const meanings = new SymbolMeanings(resolution.intervals);
    for (const range of ranges) {
      const { startDate, endDate } = datesOf(range);
      const conditions = new DayConditions(await api.datasetCondition(range.dataset, startDate, endDate, call));
      refusePending(range, conditions);
      notes.push(...conditions.notes(range).map(({ text }) => text));
      const groups = symbolGroups(range.stypeIn, range.symbols, meanings);
      if (groups.length > 1 && range.limit !== null) throw ungrouped(range);
      wanted.push(...groups.map((symbols) => ({ ...range, symbols })));
    }
    const chosen = stypeNote(request);
    if (chosen !== null) notes.push(chosen);
    notes.push(...[...moved, ...absenceNotes(resolution)].map(({ text }) => text));
  }
  const known = again ? [] : knownJobs(archived, await accountJobs(api, {}, call), api.serviceTime());
  const jobs: PlannedJob[] = [];
  for (const request of wanted) {
    const there = known.find((job) => isSameRequest(job.request, request)) ?? null;
    jobs.push({ request, there, estimate: there === null ? await estimateJob(api, request, call) : null });
  }
  return { jobs, notes: [...new Set(notes)] };
}

function knownJobs(
  archived: readonly ArchivedJob[],
  account: readonly BatchJob[],
  now: Date,
): { id: string; state: string; request: RangeRequest }[] {
  const live = account.filter((job) => (job.state === DONE ? isAvailable(job, now) : !GONE.includes(job.state)));
  return [
    ...live.flatMap((job) => {
      const request = requestOfJob(job);
      return request === null ? [] : [{ id: job.id, state: job.state, request }];
    }),
    ...archived.flatMap(({ id, request }) => (request === null ? [] : [{ id, state: 'archived', request }])),
  ];
}

/**
 * The price of a job is that of its records in the price list's own mode for batch jobs, where there is one, or what
 * metadata.get_cost says: the higher, so that an estimate is never too small.
 */
async function estimateJob(api: HistoricalClient, request: RangeRequest, call: ApiCall): Promise<Estimate> {
  const estimate = await estimateRange(api, request, call);
  if (estimate === null) {
    throw new TickloomError('RANGE_UNAVAILABLE', `there is nothing to submit: ${describeRequest(request)} is empty`, {
      hint: 'Choose a range with a session in it.',
      context: { dataset: request.dataset, schema: request.schema },
    });
  }
  const prices = await api.metadata.listUnitPrices(request.dataset, call);
  const perGb = prices.find(({ mode }) => mode === BATCH_MODE)?.unit_prices.get(request.schema);
  const listed: Usd = perGb === undefined ? 0n : shareOf(parseUsd(perGb), BigInt(estimate.sizeBytes), GB);
  return listed > estimate.costUsd ? { ...estimate, costUsd: listed } : estimate;
}

/** A job over days that are not finished would be paid for, and have a hole that nobody sees. */
function refusePending(range: RangeRequest, { pending }: DayConditions): void {
  const open = pending.find((days) => overlaps(days, range));
  if (open === undefined) return;
  const day = datesOf(open).startDate;
  throw new TickloomError('RANGE_UNAVAILABLE', `the vendor has not finished ${day}; nothing was submitted`, {
    hint: `End before ${day}, or submit the job when the day is finished.`,
    context: { dataset: range.dataset, schema: range.schema },
  });
}

function ungrouped({ symbols }: RangeRequest): TickloomError {
  return new TickloomError('USAGE', `a limit needs symbols that go into one job, and these ${symbols.length} do not`, {
    hint: 'Leave out --limit, or name fewer symbols.',
  });
}
