import type { ApiRequest } from './api-request.js';

export interface PlanRequest {
  readonly request: ApiRequest;
  /** Plan as if nothing were held. */
  readonly force?: boolean;
  /** Plan as if nothing were in the archive either. */
  readonly refetch?: boolean;
}

/** One part of a request, and what an ingest would do about it. Times are ISO 8601 with nine decimals. */
export interface PlannedPart {
  /** As the chunk of a run will be called. */
  readonly source: string;
  readonly dataset: string;
  readonly schema: string;
  readonly stype_in: string;
  readonly symbols: readonly string[];
  readonly start: string;
  readonly end: string;
  /** In the database · in the archive · to be bought · no instrument on these days · not ready at the vendor's. */
  readonly state: 'covered' | 'archived' | 'buy' | 'empty' | 'pending';
  /** Why, in words. */
  readonly reason: string;
  /** Expected, where it is to be bought or archived. */
  readonly records: number | null;
  /** Uncompressed. */
  readonly bytes: number | null;
  readonly cost_usd: number | null;
}

/** What an ingest of a request would do. */
export interface PlanReport {
  readonly parts: readonly PlannedPart[];
  /** Parts by state. */
  readonly chunks: Readonly<Record<PlannedPart['state'], number>>;
  /** Of what is to be bought. */
  readonly records: number;
  readonly bytes: number;
  readonly cost_usd: { readonly estimated: number };
  /** What a person should know: the symbology that was chosen, symbols that resolve on some days only … */
  readonly notes: readonly string[];
}
