import type { NanosRange } from '../coverage/coverage-claim.js';
import { intersection, overlaps, subtract } from '../coverage/range-set.js';
import { isSameRequest, type MissingBySymbol } from './archived-entries.js';
import type { DayConditions } from './day-conditions.js';
import type { ComingJob, FinishedJob } from './finished-job.js';
import { jobContents } from './job-contents.js';
import { ALL_SYMBOLS, type RangeRequest } from './range-request.js';

/** A job that a plan takes. */
export interface TakenJob {
  readonly job: FinishedJob;
  /** What of it may be unfinished. Taken, and yet not counted as there. */
  readonly inDoubt: readonly NanosRange[];
}

export interface JobsTaken {
  /** Jobs that bring something that is missing, and nothing but what is asked for; by start. */
  readonly jobs: readonly TakenJob[];
  /** What none of them has for certain. */
  readonly missing: MissingBySymbol;
  /** Jobs that have some of that, and more than is asked for: a person decides. */
  readonly wider: readonly FinishedJob[];
}

/**
 * Chooses the finished jobs that save a purchase. One that holds more than is asked for is never taken unasked: it may be
 * a hundred times as large, and would bring rows that nobody wanted.
 * @param conditions of the days of the request
 */
export function takeJobs(
  request: RangeRequest,
  missing: MissingBySymbol,
  jobs: readonly FinishedJob[],
  conditions: Pick<DayConditions, 'pending' | 'changedSince'>,
): JobsTaken {
  const near = jobs.filter((job) => mayServe(job.request, request)).sort(bySpan);
  const left = new Map(missing);
  const inside = near.filter((job) => isWithin(job.request, request));
  const taken = inside.flatMap((job): TakenJob[] => {
    const { certain, inDoubt } = jobContents(job, conditions);
    let useful = false;
    for (const symbol of job.request.symbols) {
      const ranges = left.get(symbol) ?? [];
      if (intersection(ranges, [...certain, ...inDoubt]).length === 0) continue;
      useful = true;
      left.set(symbol, subtract(ranges, certain));
    }
    return useful ? [{ job, inDoubt }] : [];
  });
  const wider = near.filter((job) => {
    const { certain, inDoubt } = jobContents(job, conditions);
    return !inside.includes(job) && hasSome(job.request, [...certain, ...inDoubt], left);
  });
  return { jobs: taken.sort(byStart), missing: left, wider };
}

/**
 * The finished job that was submitted for the very same, which is all that a limit allows; `undefined` when there is none,
 * or when days of it were not finished.
 * @param conditions of the days of the request
 */
export function takeSameJob(
  request: RangeRequest,
  jobs: readonly FinishedJob[],
  conditions: Pick<DayConditions, 'pending' | 'changedSince'>,
): TakenJob | undefined {
  const same = jobs.filter((job) => isSameRequest(job.request, request)).sort(bySpan);
  const known = same.map((job) => ({ job, ...jobContents(job, conditions) }));
  return known.find(({ certain, inDoubt }) => subtract([request], [...certain, ...inDoubt]).length === 0);
}

/** The jobs in the making that will have some of what would be bought, of the very same request where that has a limit. */
export function comingJobs(
  request: RangeRequest,
  missing: MissingBySymbol,
  jobs: readonly ComingJob[],
  { pending }: Pick<DayConditions, 'pending'>,
): readonly ComingJob[] {
  if (request.limit !== null) return jobs.filter((job) => isSameRequest(job.request, request));
  return jobs.filter(
    (job) => mayServe(job.request, request) && hasSome(job.request, subtract([job.request], pending), missing),
  );
}

function hasSome(job: RangeRequest, has: readonly NanosRange[], missing: MissingBySymbol): boolean {
  return [...missing].some(([symbol, ranges]) => holds(job, symbol) && intersection(ranges, has).length > 0);
}

/** Where a limit cut a job is known only by reading it. */
function mayServe(job: RangeRequest, request: RangeRequest): boolean {
  const alias = request.stypeIn === 'continuous';
  return (
    job.dataset === request.dataset &&
    job.schema === request.schema &&
    job.limit === null &&
    overlaps(job, request) &&
    (job.stypeIn === request.stypeIn || (!alias && job.symbols.includes(ALL_SYMBOLS)))
  );
}

function isWithin(job: RangeRequest, request: RangeRequest): boolean {
  return (
    job.stypeIn === request.stypeIn &&
    job.start >= request.start &&
    job.end <= request.end &&
    job.symbols.every((symbol) => request.symbols.includes(symbol))
  );
}

const holds = ({ symbols }: RangeRequest, symbol: string): boolean =>
  symbols.includes(symbol) || symbols.includes(ALL_SYMBOLS);

/** The ones that span most first; of equal ones those that are here already. */
function bySpan(a: FinishedJob, b: FinishedJob): number {
  const difference = b.request.end - b.request.start - (a.request.end - a.request.start);
  return difference > 0n ? 1 : difference < 0n ? -1 : Number(b.archived) - Number(a.archived);
}

function byStart({ job: a }: TakenJob, { job: b }: TakenJob): number {
  return a.request.start < b.request.start ? -1 : a.request.start > b.request.start ? 1 : 0;
}
