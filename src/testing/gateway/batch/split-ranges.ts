import { NS_PER_DAY } from '../../../core/symbology/utc-day.js';
import type { TimeRange } from '../dataset.js';

export const SPLIT_DURATIONS = ['day', 'week', 'month', 'year', 'none'] as const;
export type SplitDuration = (typeof SPLIT_DURATIONS)[number];

const MS_PER_DAY = 86_400_000;
/** 1970-01-04 was a Sunday. */
const FIRST_SUNDAY = 3;
const DAYS_OF_A_WEEK = 7;

/** A range in pieces that begin with a UTC day, week (on Sunday), month or year. */
export function splitRanges({ start, end }: TimeRange, duration: SplitDuration): TimeRange[] {
  if (duration === 'none') return [{ start, end }];
  const ranges: TimeRange[] = [];
  for (let from = start; from < end;) {
    const next = BigInt(nextBoundary(Number(from / NS_PER_DAY), duration)) * NS_PER_DAY;
    const to = next < end ? next : end;
    ranges.push({ start: from, end: to });
    from = to;
  }
  return ranges;
}

function nextBoundary(day: number, duration: SplitDuration): number {
  const date = new Date(day * MS_PER_DAY);
  switch (duration) {
    case 'week':
      return day + DAYS_OF_A_WEEK - ((day - FIRST_SUNDAY + DAYS_OF_A_WEEK) % DAYS_OF_A_WEEK);
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / MS_PER_DAY;
    case 'year':
      return Date.UTC(date.getUTCFullYear() + 1, 0) / MS_PER_DAY;
    default:
      return day + 1;
  }
}
