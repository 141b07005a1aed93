/** What the vendor says of one UTC day of a dataset. */
export interface DayCondition {
  /** YYYY-MM-DD */
  readonly date: string;
  /** `available`, `degraded`, `pending`, `missing`, or a word that the vendor adds. */
  readonly condition: string;
  /** YYYY-MM-DD; `null` when missing. */
  readonly lastModifiedDate: string | null;
}
