import type { NanosRange } from '../coverage/coverage-claim.js';
import { NS_PER_DAY } from '../symbology/utc-day.js';

export type CalendarUnit = 'day' | 'week' | 'month';

const MS_PER_DAY = 86_400_000;
const DAYS_OF_A_WEEK = 7;
/** 1970-01-04 was the first Sunday; weeks begin on Sundays, as the service's own do. */
const FIRST_SUNDAY = 3;

/** Cuts a range where a unit of the calendar begins, in UTC. */
export function cutByCalendar(unit: CalendarUnit, { start, end }: NanosRange): NanosRange[] {
  const pieces: NanosRange[] = [];
  for (let from = start; from < end;) {
    const next = BigInt(nextUnit(unit, Number(from / NS_PER_DAY))) * NS_PER_DAY;
    const to = next < end ? next : end;
    pieces.push({ start: from, end: to });
    from = to;
  }
  return pieces;
}

/** The day on which the unit after the one of `day` begins, both counted from 1970-01-01. */
function nextUnit(unit: CalendarUnit, day: number): number {
  switch (unit) {
    case 'day':
      return day + 1;
    case 'week':
      return day + DAYS_OF_A_WEEK - ((day - FIRST_SUNDAY + DAYS_OF_A_WEEK) % DAYS_OF_A_WEEK);
    case 'month': {
      const date = new Date(day * MS_PER_DAY);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / MS_PER_DAY;
    }
  }
}
