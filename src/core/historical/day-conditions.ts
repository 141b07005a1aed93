import type { NanosRange } from '../coverage/coverage-claim.js';
import { overlaps, union } from '../coverage/range-set.js';
import { NS_PER_DAY } from '../symbology/utc-day.js';
import { someOf } from '../text/some-of.js';
import type { DayCondition } from './day-condition.js';
import type { PlanNote } from './range-plan.js';
import { midnightOf } from './symbol-meanings.js';

const WORTH_A_NOTE: readonly (readonly [condition: string, what: string])[] = [
  ['pending', 'not finished by the vendor yet, and so neither bought nor covered'],
  ['degraded', 'degraded, says the vendor: some data may be missing or wrong'],
  ['missing', 'missing, says the vendor: there are no data'],
];

/** What the vendor says of the days of a dataset. */
export class DayConditions {
  readonly #days: readonly { readonly range: NanosRange; readonly said: DayCondition }[];
  /** Days that the vendor has not finished. */
  readonly pending: readonly NanosRange[];

  constructor(conditions: readonly DayCondition[]) {
    this.#days = conditions.map((said) => ({ range: dayOf(said.date), said }));
    this.pending = union(this.#days.flatMap(({ range, said }) => (said.condition === 'pending' ? [range] : [])));
  }

  /** Whether the vendor has, or will have, data of any of the days. */
  get hasSession(): boolean {
    return this.#days.some(({ said }) => said.condition !== 'missing');
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
