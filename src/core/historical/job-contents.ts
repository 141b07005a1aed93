import type { NanosRange } from '../coverage/coverage-claim.js';
import { intersection, subtract } from '../coverage/range-set.js';
import { someOf } from '../text/some-of.js';
import type { DayConditions } from './day-conditions.js';
import type { FinishedJob } from './finished-job.js';
import type { PlanNote } from './range-plan.js';

/** What a job has of its range, as far as anybody knows. */
export interface JobContents {
  /** Finished when the job was made. */
  readonly certain: readonly NanosRange[];
  /** Perhaps not finished then. */
  readonly inDoubt: readonly NanosRange[];
}

/**
 * What a job has. Nothing of a day that the vendor has not finished now, nor of one that was not finished when the job
 * was made. As long as its files are not here, nobody knows what was said then: a day that was changed since may have
 * been unfinished.
 */
export function jobContents(
  { request, pending, submittedAt }: FinishedJob,
  conditions: Pick<DayConditions, 'pending' | 'changedSince'>,
): JobContents {
  const finished = subtract([request], [...conditions.pending, ...(pending ?? [])]);
  if (pending !== null) return { certain: finished, inDoubt: [] };
  const inDoubt = intersection(finished, conditions.changedSince(submittedAt));
  return { certain: subtract(finished, inDoubt), inDoubt };
}

/** Of a job with days in doubt. */
export function jobInDoubtNote(
  { id }: FinishedJob,
  inDoubt: readonly NanosRange[],
  conditions: Pick<DayConditions, 'within'>,
): PlanNote {
  const dates = inDoubt.flatMap((range) => conditions.within(range)).map(({ date }) => date);
  const [were, count, them] = dates.length === 1 ? ['was', 'counts', 'it'] : ['were', 'count', 'them'];
  return {
    topic: 'batch',
    text: `${someOf(dates)} ${were} changed by the vendor since batch job ${id} was submitted, so only its files can say whether it has ${them} whole: until they are downloaded ${them === 'it' ? 'it' : 'they'} ${count} as to be bought`,
  };
}
