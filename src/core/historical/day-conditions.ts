import type { NanosRange } from '../coverage/coverage-claim.js';
import { overlaps, union } from '../coverage/range-set.js';
import { NS_PER_DAY } from '../symbology/utc-day.js';
import { someOf } from '../text/some-of.js';
import type { DayCondition } from './day-condition.js';
import type { PlanNote } from './range-plan.js';
import { midnightOf } from './symbol-meanings.js';

const MISSING = 'missing';
const PENDING = 'pending';
const WORTH_A_NOTE: readonly (readonly [condition: string, what: string])[] = [
  [PENDING, 'not finished by the vendor yet, and so neither bought nor covered'],
  ['degraded', 'degraded, says the vendor: some data may be missing or wrong'],
  [MISSING, 'missing, says the vendor: there are no data'],
];

/** Whether the vendor had not finished a day when it said so. */
export const isPending = ({ condition }: DayCondition): boolean => condition === PENDING;

/** What the vendor says of the days of a dataset. */
export class DayConditions {
  readonly #days: readonly { readonly range: NanosRange; readonly said: DayCondition }[];
  /** Days that the vendor has not finished. */
  readonly pending: readonly NanosRange[];

  constructor(conditions: readonly DayCondition[]) {
    this.#days = conditions.map((said) => ({ range: dayOf(said.date), said }));
    this.pending = union(this.#days.flatMap(({ range, said }) => (isPending(said) ? [range] : [])));
  }

  /**
   * Days of which the vendor may have said something else at a time: they were changed since, or nobody says when. A day
   * without data never had any.
   * @param time ns since the epoch; `null` when nobody knows, and then all of them
   */
  changedSince(time: bigint | null): readonly NanosRange[] {
    const changed = this.#days.filter(({ said: { condition, lastModifiedDate } }) => {
      if (lastModifiedDate === null) return condition !== MISSING;
      return time === null || dayOf(lastModifiedDate).end > time;
    });
    return union(changed.map(({ range }) => range));
  }

  within(range: NanosRange): DayCondition[] {
    return this.#days.filter((day) => overlaps(day.range, range)).map(({ said }) => said);
  }

  /** What a person should know of the days of a range. */
  notes(range: NanosRange): PlanNote[] {
    const days = this.within(range);
    return WORTH_A_NOTE.flatMap(([condition, what]) => {
      const dates = days.filter((day) => day.condition === condition).map(({ date }) => date);
      if (dates.length === 0) return [];
      const subject = dates.length === 1 ? '1 day is' : `${dates.length} days are`;
      return [{ topic: 'condition' as const, text: `${subject} ${what}: ${someOf(dates)}` }];
    });
  }
}

function dayOf(date: string): NanosRange {
  const start = midnightOf(date);
  return { start, end: start + NS_PER_DAY };
}
