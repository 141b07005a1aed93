/** Half-open interval of the index timestamp, ns since the epoch. */
export interface NanosRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** What was asked for: one symbol in its symbology, e.g. raw_symbol ESH1, or raw_symbol ALL_SYMBOLS. */
export interface Ask {
  readonly stypeIn: string;
  readonly symbol: string;
}

/** What is complete of one ask: sorted ranges that neither touch nor overlap. */
export interface CoveredAsk extends Ask {
  readonly ranges: readonly NanosRange[];
}

/** Days of one instrument that a chunk's symbology puts under what was asked for, as ns ranges at UTC midnights. */
export interface InstrumentDays {
  readonly instrumentId: number;
  readonly ranges: readonly NanosRange[];
}

/**
 * What a chunk says it is complete for. A chunk without one (a fragment, mixed schemas, no symbols, an undefined end)
 * is identified by its content alone.
 *
 * Rows asked for by raw_symbol, parent, instrument_id or ALL_SYMBOLS are the same rows; a continuous symbol's rows
 * are a set of their own (`alias`).
 */
export interface CoverageClaim {
  readonly dataset: string;
  readonly schema: string;
  readonly asks: readonly Ask[];
  /** The header's range; once a limited chunk is read, up to (not including) its last index timestamp. */
  readonly range: NanosRange;
  /** By instrument; `'all'` for ALL_SYMBOLS. */
  readonly instruments: readonly InstrumentDays[] | 'all';
  readonly alias: boolean;
  /** Last index timestamp of a chunk that a limit may have cut, where its rows are the tail; else `null`. */
  readonly tail: bigint | null;
}
