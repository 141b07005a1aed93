import type { StypeIn } from '../core/historical/range-request.js';

/** How much of a request is asked for at a time: whole UTC days, calendar weeks, months, all of it, or what fits. */
export type ChunkSize = 'auto' | 'day' | 'week' | 'month' | 'none';

/** Data as an API is asked for it. Names are the API's; times are UTC: a day, a date-time, or ns; the end is exclusive. */
export interface ApiRequest {
  /** `databento`. */
  readonly api: string;
  readonly dataset: string;
  readonly schemas: readonly string[];
  /** Symbols, or `ALL_SYMBOLS` alone. */
  readonly symbols: readonly string[];
  /** Default: as the symbols look. */
  readonly stypeIn?: StypeIn;
  readonly start: string;
  /** Default: the end of the year, month, day … that `start` names. */
  readonly end?: string;
  /** Most records of the whole request. */
  readonly limit?: number;
  /** How much is asked for at a time; default `auto`. */
  readonly chunk?: ChunkSize;
  /** Get the definitions of the same symbols and days as well. */
  readonly withDefinitions?: boolean;
}
