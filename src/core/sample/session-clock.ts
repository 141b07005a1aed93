import type { Random } from './random.js';
import { sinceMidnight, type TradingDay } from './trading-days.js';

/**
 * Spreads a number of records over the sessions: gives each its index timestamp, none before the one before.
 */
export class SessionClock {
  /** ns since {@link day}'s midnight. */
  offset = 0;
  /** Records of this day that have had their time, this one included. */
  countOfDay = 0;
  recordsOfDay = 0;
  private index = -1;
  private slot = 0;
  private readonly counts: readonly number[];

  constructor(
    private readonly days: readonly TradingDay[],
    records: number,
    private readonly random: Random,
  ) {
    this.counts = recordsPerDay(days, records);
  }

  /** Day of the current record. */
  get day(): TradingDay {
    return this.days[this.index] as TradingDay;
  }

  /** Moves on to the next record; true when it is the first one of a day. */
  next(): boolean {
    const fresh = this.countOfDay === this.recordsOfDay;
    if (fresh) this.openNextDay();
    const day = this.day;
    const open = this.countOfDay * this.slot + this.random.below(this.slot);
    this.offset = sinceMidnight(day, open);
    this.countOfDay += 1;
    return fresh;
  }

  private openNextDay(): void {
    do this.index += 1;
    while (this.counts[this.index] === 0);
    this.countOfDay = 0;
    this.recordsOfDay = this.counts[this.index] as number;
    // Every record has a stretch of the day to itself, which keeps them in order and inside the session.
    this.slot = Math.floor(this.day.length / this.recordsOfDay);
  }
}

/** In proportion to the open time of the days; adds up exactly. */
function recordsPerDay(days: readonly TradingDay[], records: number): number[] {
  const total = days.reduce((sum, day) => sum + BigInt(day.length), 0n);
  let passed = 0n;
  let given = 0;
  return days.map((day) => {
    passed += BigInt(day.length);
    const due = Number((BigInt(records) * passed) / total);
    const count = due - given;
    given = due;
    return count;
  });
}
