import type { ArchiveEntry } from '../archive/archive.js';
import type { ArchiveWriter, ClaimWait } from '../archive/archive-writer.js';
import type { DayCondition } from './day-condition.js';
import type { HistoricalApi } from './historical-api.js';
import type { RangeEstimate } from './range-estimate.js';
import type { RangeRequest } from './range-request.js';
import type { Spending } from './spending.js';

/** One request to be fetched into the archive. */
export interface FetchOrder {
  readonly request: RangeRequest;
  readonly estimate: RangeEstimate;
  /** Of the days of the request; kept with the entry. */
  readonly conditions: readonly DayCondition[];
  /** Buys it again even if the archive has it. */
  readonly refetch?: boolean;
  /** How another run is waited for that is fetching the same. */
  readonly wait?: ClaimWait | undefined;
  /** Aborting ends it at once; what has arrived stays. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes, as they arrive. */
  readonly onBytes?: (bytes: number) => void;
  /** Called with what a person should know: a cut, a corrupt answer, a count that does not fit. */
  readonly onWarning?: (text: string) => void;
}

/** What was asked for, in the archive. */
export interface FetchedEntry {
  readonly entry: ArchiveEntry;
  /** False where it was there already, or another process was quicker. What an earlier try had spent is in its cost. */
  readonly bought: boolean;
}

/** Gives a zstd stream decompressed, frame checksums checked. */
export type Decompress = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

export interface FetchParts {
  readonly api: HistoricalApi;
  readonly archive: ArchiveWriter;
  readonly spending: Spending;
  /** For streams that are expected to be whole: as fast as can be. */
  readonly decompress: Decompress;
  /** For streams that are cut: gives all that can be had before it throws. */
  readonly salvage: Decompress;
  readonly retry?: FetchRetry;
}

export interface FetchRetry {
  /** Tries without a single new record before it is given up. Default 5. */
  readonly tries: number;
  /** Wait before the second one, ms; doubled for each further one, with jitter. Default 500. */
  readonly minTimeout: number;
  /** Default 30,000. */
  readonly maxTimeout: number;
}
