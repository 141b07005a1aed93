import { wideInteger, type WideInteger } from './wide-integers.js';

const HOUR_NS = 3_600_000_000_000;
const NS_PER_DAY = 86_400_000_000_000n;

/** One UTC day and the time the market is open on it, in ns since its midnight. */
export interface TradingDay {
  /** Position in the range, from 0. */
  readonly index: number;
  /** Days from 1970-01-01. */
  readonly day: number;
  readonly midnight: WideInteger;
  readonly opens: number;
  /** Open time up to the daily break, and the break's length. */
  readonly breakAfter: number;
  readonly breakLength: number;
  /** Open time in all; 0 on a Saturday. */
  readonly length: number;
}

interface Hours {
  readonly opens: number;
  readonly breakAfter: number;
  readonly breakHours: number;
  readonly open: number;
}

const NO_BREAK = 24;
/** Globex in summer time: Sunday 22:00 to Friday 21:00 UTC with an hour's break at 21:00. Sunday first. */
const WEEK: readonly Hours[] = [
  { opens: 22, breakAfter: NO_BREAK, breakHours: 0, open: 2 },
  ...Array.from({ length: 4 }, () => ({ opens: 0, breakAfter: 21, breakHours: 1, open: 23 })),
  { opens: 0, breakAfter: NO_BREAK, breakHours: 0, open: 21 },
  { opens: 0, breakAfter: NO_BREAK, breakHours: 0, open: 0 },
];
const ROUND_THE_CLOCK: Hours = { opens: 0, breakAfter: NO_BREAK, breakHours: 0, open: 24 };

/**
 * The days of a range. When the market is closed on all of them (a Saturday alone), it is taken to be open round the
 * clock: so many records were asked for.
 */
export function tradingDays(startDay: number, days: number): TradingDay[] {
  const closed = days === 1 && hoursOn(startDay).open === 0;
  return Array.from({ length: days }, (_, index) => {
    const day = startDay + index;
    const hours = closed ? ROUND_THE_CLOCK : hoursOn(day);
    return {
      index,
      day,
      midnight: wideInteger(BigInt(day) * NS_PER_DAY),
      opens: hours.opens * HOUR_NS,
      breakAfter: hours.breakAfter * HOUR_NS,
      breakLength: hours.breakHours * HOUR_NS,
      length: hours.open * HOUR_NS,
    };
  });
}

function hoursOn(day: number): Hours {
  // 1970-01-01 was a Thursday.
  return WEEK[(day + 4) % 7] as Hours;
}

/** From open time passed to time since midnight, both in ns. */
export function sinceMidnight(day: TradingDay, open: number): number {
  return day.opens + open + (open >= day.breakAfter ? day.breakLength : 0);
}

/** `YYYYMMDD` as a number. */
export function dateNumber(day: number): number {
  return Number(isoDate(day).replaceAll('-', ''));
}

/** `YYYY-MM-DD`. */
export function isoDate(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
