import type { PlannedState } from '../core/report/run-report.js';
import type { ApiRequest } from './api-request.js';
import type { SourceChoice } from './source-choice.js';
import type { FragmentOptions } from './fragment-options.js';

/** A request to an API, or files. */
export interface PlanRequest extends FragmentOptions {
  readonly request?: ApiRequest;
  /** A batch job, as of an ingest; of one that is not downloaded its files are named. */
  readonly batch?: string;
  /** As of an ingest. */
  readonly source?: SourceChoice;
  /** Files, folders, globs, when there is no request; `-` is `stdin`, of which nothing is read. */
  readonly paths?: readonly string[];
  /** Needed for `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Plan as if nothing were held. */
  readonly force?: boolean;
  /** Plan as if nothing were in the archive either. */
  readonly refetch?: boolean;
}

/**
 * Of a part of a request: in the database, in the archive, in a batch job that was paid for, to be bought, no instrument on these days, not ready at the
 * vendor's. Of a file: see {@link PlannedState}; `covered` is the same for both.
 */
export type PlanState = 'covered' | 'archived' | 'batch' | 'buy' | 'empty' | 'pending' | PlannedState;

/** One part of a request or one file, and what an ingest would do about it. Times are ISO 8601 with nine decimals. */
export interface PlannedPart {
  /** As the chunk of a run will be called. */
  readonly source: string;
  /** `null` where a file does not say. */
  readonly dataset: string | null;
  readonly schema: string | null;
  /** `null` for a file. */
  readonly stype_in: string | null;
  /** None for a file. */
  readonly symbols: readonly string[];
  readonly start: string | null;
  readonly end: string | null;
  readonly state: PlanState;
  /** Why, in words. */
  readonly reason: string;
  /** Expected, where it is to be bought or archived. */
  readonly records: number | null;
  /** Uncompressed; of a file as stored. */
  readonly bytes: number | null;
  readonly cost_usd: number | null;
}

/** What an ingest would do. */
export interface PlanReport {
  readonly parts: readonly PlannedPart[];
  /** Parts by state. */
  readonly chunks: Readonly<Record<PlanState, number>>;
  /** Of what is to be bought. */
  readonly records: number;
  readonly bytes: number;
  readonly cost_usd: { readonly estimated: number };
  /** What a person should know: the symbology that was chosen, symbols that resolve on some days only … */
  readonly notes: readonly string[];
}

export function noChunks(): Record<PlanState, number> {
  const ofRequests = { archived: 0, batch: 0, buy: 0, empty: 0, pending: 0 };
  return { covered: 0, ...ofRequests, new: 0, loaded: 0, overlaps: 0, unknown: 0, unreadable: 0 };
}
