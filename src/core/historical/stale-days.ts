import type { DayCondition } from './day-condition.js';

/** A day that the vendor has changed since it was bought. */
export interface StaleDay<T extends DayCondition> {
  /** As it was when it was bought. */
  readonly bought: T;
  readonly now: DayCondition;
}

/**
 * The days whose condition or last modification is not what it was. A day of which the vendor says nothing now is left
 * out. By date; several purchases of one day stay in the order given.
 *
 * @param recorded what was said when the days were bought, perhaps with more, e.g. the chunk
 * @param present what is said now
 */
export function staleDays<T extends DayCondition>(
  recorded: readonly T[],
  present: readonly DayCondition[],
): StaleDay<T>[] {
  const byDate = new Map(present.map((day) => [day.date, day]));
  const stale = recorded.flatMap((bought) => {
    const now = byDate.get(bought.date);
    return now === undefined || isSame(bought, now) ? [] : [{ bought, now }];
  });
  return stale.sort((a, b) => (a.bought.date < b.bought.date ? -1 : a.bought.date > b.bought.date ? 1 : 0));
}

function isSame(a: DayCondition, b: DayCondition): boolean {
  return a.condition === b.condition && a.lastModifiedDate === b.lastModifiedDate;
}
