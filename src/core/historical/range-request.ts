/** The word for every symbol of a dataset. */
export { ALL_SYMBOLS } from '../coverage/claim-of.js';

/** Symbols that the service takes in one request. */
export const MOST_SYMBOLS = 2_000;

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
  /** ALL_SYMBOLS alone, or others; what is sent to the service has at most {@link MOST_SYMBOLS}. */
  readonly symbols: readonly string[];
  readonly start: bigint;
  readonly end: bigint;
  /** Most records wanted; `null` for no limit. Never 0. */
  readonly limit: bigint | null;
}
