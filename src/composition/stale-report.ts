/** What the vendor says of a day. */
export interface SaidOfDay {
  /** `available`, `degraded`, `pending`, `missing`, or a word that the vendor adds. */
  readonly condition: string;
  /** YYYY-MM-DD; `null` when missing. */
  readonly last_modified_date: string | null;
}

/** A day of some symbols that the vendor has changed since it was bought. */
export interface StaleDayEntry {
  readonly dataset: string;
  readonly schema: string;
  readonly stype_in: string;
  readonly symbols: readonly string[];
  /** YYYY-MM-DD, UTC. */
  readonly date: string;
  readonly chunk_id: number;
  readonly bought: SaidOfDay;
  readonly now: SaidOfDay;
}

export interface StaleReport {
  /** By date. */
  readonly days: readonly StaleDayEntry[];
  /** Days, of all schemas and symbols, of which the vendor's word was known and compared. */
  readonly compared: number;
  /** Each buys some of the days again, and replaces what is held of them. */
  readonly commands: readonly string[];
}
