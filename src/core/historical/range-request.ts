/** The word for every symbol of a dataset. */
export { ALL_SYMBOLS } from '../coverage/claim-of.js';

/** How the symbols of a request are to be read. */
export type StypeIn = 'raw_symbol' | 'instrument_id' | 'parent' | 'continuous';

/**
 * One range of one schema of one dataset, as the Historical API is asked for it. Names follow the API; times are bigint
 * ns since the epoch, UTC, start inclusive, end exclusive, compared with the index timestamp.
 */
export interface RangeRequest {
  readonly dataset: string;
  readonly schema: string;
  readonly stypeIn: StypeIn;
  /** 1 to 2,000 of them, or ALL_SYMBOLS alone. */
  readonly symbols: readonly string[];
  readonly start: bigint;
  readonly end: bigint;
  /** Most records wanted; `null` for no limit. Never 0. */
  readonly limit: bigint | null;
}
