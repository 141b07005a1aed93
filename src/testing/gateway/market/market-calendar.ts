import { tradingDays, type TradingDay } from '../../../core/sample/trading-days.js';

const DAYS_OF_A_WEEK = 7;

/** The days of the market: Globex hours, closed on Saturdays and on the days named. */
export class MarketCalendar {
  private readonly days = new Map<number, TradingDay>();

  constructor(
    readonly startDay: number,
    /** Exclusive. */
    readonly endDay: number,
    private readonly closed: ReadonlySet<number>,
  ) {}

  isSession(day: number): boolean {
    return day >= this.startDay && day < this.endDay && this.isOpen(day);
  }

  /** The last day before on which the market was open, also before the range. */
  sessionBefore(day: number): number {
    let before = day - 1;
    while (!this.isOpen(before)) before -= 1;
    return before;
  }

  private isOpen(day: number): boolean {
    return !this.closed.has(day) && this.on(day).length > 0;
  }

  /** The hours of a day, whether in the range or not. */
  on(day: number): TradingDay {
    let found = this.days.get(day);
    if (found === undefined) {
      // A range of one day alone would be taken to be open.
      [found] = tradingDays(day, DAYS_OF_A_WEEK) as [TradingDay];
      this.days.set(day, found);
    }
    return found;
  }
}
