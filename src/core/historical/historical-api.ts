import type { NanosRange } from '../coverage/coverage-claim.js';
import type { DayCondition } from './day-condition.js';
import type { RangeRequest, StypeIn } from './range-request.js';
import type { Usd } from './usd.js';

/** What every call takes. */
export interface ApiCall {
  /** Aborting ends the call at once, also while it waits to try again. */
  readonly signal?: AbortSignal;
}

/** A stretch of UTC days on which a symbol means another: an instrument id, or a raw symbol. */
export interface ResolvedInterval {
  /** YYYY-MM-DD, inclusive. */
  readonly startDate: string;
  /** YYYY-MM-DD, exclusive. */
  readonly endDate: string;
  /** In the output symbology, as text. */
  readonly symbol: string;
}

export interface ResolveRequest {
  readonly dataset: string;
  readonly stypeIn: StypeIn;
  readonly stypeOut: 'instrument_id' | 'raw_symbol';
  /** Any number: asked for in parts of 2,000. */
  readonly symbols: readonly string[];
  /** YYYY-MM-DD, inclusive. */
  readonly startDate: string;
  /** YYYY-MM-DD, exclusive. */
  readonly endDate: string;
}

/** Answer of symbology.resolve. A symbol that resolves on no day is in `notFound`, whatever `intervals` holds for it. */
export interface Resolution {
  /** By symbol of the request; a parent has one interval for each child, and they overlap. */
  readonly intervals: ReadonlyMap<string, readonly ResolvedInterval[]>;
  readonly partial: readonly string[];
  readonly notFound: readonly string[];
}

/** When data of a dataset are there, in ns, end exclusive; by schema where the service says. */
export interface DatasetRange extends NanosRange {
  readonly schemas: ReadonlyMap<string, NanosRange>;
}

/** An answer of timeseries.get_range, its body not read yet. */
export interface RangeAnswer {
  /** True for 206: some symbols resolve on some days only. */
  readonly partial: boolean;
  readonly requestId: string | null;
  /**
   * The body as it comes: DBN compressed by zstd. Pulled, so that a slow reader slows the socket down; `return()` closes it.
   * @throws SOURCE_UNAVAILABLE when it breaks off or stalls
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The part of Databento's Historical API that planning and fetching need. Temporary failures (408, 429, 5xx, network) have
 * been tried again inside; what is thrown is final for now.
 *
 * @throws ACCESS_DENIED for 401, 402, 403 · REQUEST_REJECTED for other 4xx, with the vendor's `case` in its context ·
 * SOURCE_UNAVAILABLE when tries are spent · CANCELLED
 */
export interface HistoricalApi {
  listDatasets(call?: ApiCall): Promise<readonly string[]>;
  listSchemas(dataset: string, call?: ApiCall): Promise<readonly string[]>;
  datasetRange(dataset: string, call?: ApiCall): Promise<DatasetRange>;
  /** Both dates YYYY-MM-DD, the end **exclusive** here (the endpoint's own is inclusive). */
  datasetCondition(
    dataset: string,
    startDate: string,
    endDate: string,
    call?: ApiCall,
  ): Promise<readonly DayCondition[]>;
  /** US dollars per GB of a schema when streamed, `null` when the dataset has no price for it. */
  streamingPrice(dataset: string, schema: string, call?: ApiCall): Promise<Usd | null>;
  /** Records in the range; exact for ranges in whole multiples of 10 minutes (definition: of days). */
  recordCount(request: RangeRequest, call?: ApiCall): Promise<number>;
  /** Uncompressed binary bytes. */
  billableSize(request: RangeRequest, call?: ApiCall): Promise<number>;
  cost(request: RangeRequest, call?: ApiCall): Promise<Usd>;
  resolve(request: ResolveRequest, call?: ApiCall): Promise<Resolution>;
  /** Costs money with every call. Not tried again once the body has begun. */
  range(request: RangeRequest, call?: ApiCall): Promise<RangeAnswer>;
}
