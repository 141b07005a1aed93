import { dateOfDay } from '../../core/symbology/utc-day.js';
import type { GatewayDataset } from './dataset.js';
import { dayOfDate } from './dates.js';

export const CONDITIONS = ['available', 'degraded', 'pending', 'missing'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** What the vendor says about the data of a day. */
export interface DayCondition {
  readonly condition: Condition;
  /** YYYY-MM-DD; default the day after. */
  readonly lastModifiedDate?: string;
}

/** USD per GB by schema. */
export type UnitPrices = Readonly<Record<string, number>>;

/** A dataset with what the gateway says about it, which may change while it runs. */
export class ServedDataset {
  /** Days whose records have other values than they first had. */
  readonly revised = new Set<number>();
  private readonly conditions = new Map<number, DayCondition>();

  constructor(
    readonly code: string,
    readonly data: GatewayDataset,
    readonly unitPrices: UnitPrices,
    conditions: Readonly<Record<string, Condition | DayCondition>> = {},
  ) {
    for (const [date, condition] of Object.entries(conditions)) this.setCondition(date, condition);
  }

  setCondition(date: string, condition: Condition | DayCondition): void {
    this.conditions.set(dayOfDate(date), typeof condition === 'string' ? { condition } : condition);
  }

  /** `undefined` for a day without a session that nothing was said about. */
  conditionOn(day: number): { condition: Condition; last_modified_date: string | null } | undefined {
    const said =
      this.conditions.get(day) ?? (this.data.isSession(day) ? { condition: 'available' as const } : undefined);
    if (said === undefined) return undefined;
    const modified = said.lastModifiedDate ?? dateOfDay(day + 1);
    return { condition: said.condition, last_modified_date: said.condition === 'missing' ? null : modified };
  }
}
