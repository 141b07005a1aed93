import type { NanosRange } from '../coverage/coverage-claim.js';
import { intersection, overlaps, subtract } from '../coverage/range-set.js';
import type { MissingBySymbol } from './archived-entries.js';
import type { FinishedJob } from './finished-job.js';
import { ALL_SYMBOLS, type RangeRequest } from './range-request.js';

export interface JobsTaken {
  /** Jobs that bring something that is missing, and nothing but what is asked for; by start. */
  readonly jobs: readonly FinishedJob[];
  /** What none of them has. */
  readonly missing: MissingBySymbol;
  /** Jobs that have some of that, and more than is asked for: a person decides. */
  readonly wider: readonly FinishedJob[];
}

/**
 * Chooses the finished jobs that save a purchase. One that holds more than is asked for is never taken unasked: it may be
 * a hundred times as large, and would bring rows that nobody wanted.
 * @param pending days that the vendor has not finished; a job over them says nothing of them
 */
export function takeJobs(
  request: RangeRequest,
  missing: MissingBySymbol,
  jobs: readonly FinishedJob[],
  pending: readonly NanosRange[],
): JobsTaken {
  const near = jobs
    .filter((job) => mayServe(job.request, request) && !pending.some((days) => overlaps(days, job.request)))
    .sort(bySpan);
  const left = new Map(missing);
  const inside = near.filter((job) => isWithin(job.request, request));
  const taken = inside.filter(({ request: has }) => {
    let useful = false;
    for (const symbol of has.symbols) {
      const ranges = left.get(symbol) ?? [];
      if (intersection(ranges, [has]).length === 0) continue;
      useful = true;
      left.set(symbol, subtract(ranges, [has]));
    }
    return useful;
  });
  const wider = near.filter(
    (job) =>
      !inside.includes(job) &&
      [...left].some(
        ([symbol, ranges]) => holds(job.request, symbol) && intersection(ranges, [job.request]).length > 0,
      ),
  );
  return { jobs: taken.sort(byStart), missing: left, wider };
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

function byStart(a: FinishedJob, b: FinishedJob): number {
  return a.request.start < b.request.start ? -1 : a.request.start > b.request.start ? 1 : 0;
}
