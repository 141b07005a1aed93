/**
 * One row of the `symbology` table. Dates are YYYY-MM-DD in UTC, the end is exclusive; `-infinity` and `infinity`, which
 * PostgreSQL reads as dates, where a mapping record gives no bound.
 */
export interface SymbologyInterval {
  readonly dataset: string;
  readonly stypeIn: string;
  readonly symbol: string;
  readonly instrumentId: number;
  readonly startDate: string;
  readonly endDate: string;
}
