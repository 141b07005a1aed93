import type { DayCondition } from '../../core/historical/day-condition.js';
import type {
  ApiCall,
  DatasetRange,
  HistoricalApi,
  Resolution,
  ResolveRequest,
} from '../../core/historical/historical-api.js';
import type { RangeRequest } from '../../core/historical/range-request.js';
import { parseUsd, type Usd } from '../../core/historical/usd.js';
import { ApiCaller } from './calls/api-caller.js';
import type { ApiKey } from './api-key.js';
import type { ClientClock } from './calls/rate-limits.js';
import { DEFAULT_RETRIES, type RetryNote, type RetrySettings } from './calls/retrying.js';
import { dayBefore } from './day-before.js';
import { BatchEndpoints } from './endpoints/batch-endpoints.js';
import { MetadataEndpoints } from './endpoints/metadata-endpoints.js';
import { SymbologyEndpoints } from './endpoints/symbology-endpoints.js';
import { TimeseriesEndpoints, type RangeReply } from './endpoints/timeseries-endpoints.js';
import type { Gateway } from './gateway.js';
import type { HttpTransport } from './transport/http-transport.js';

export interface HistoricalClientOptions {
  readonly key: ApiKey;
  readonly gateway: Gateway;
  readonly transport: HttpTransport;
  readonly clock: ClientClock;
  /** What differs from {@link DEFAULT_RETRIES}. */
  readonly retries?: Partial<RetrySettings>;
  /** `Tickloom/1.2.3`, for the vendor's logs. */
  readonly userAgent?: string;
  /** A warning of the service (`X-Warning`), `Type: message`, one harmless line. */
  readonly onWarning?: (text: string) => void;
  /** A request is about to be tried again. */
  readonly onRetry?: (note: RetryNote) => void;
}

/** The mode of metadata.list_unit_prices that get_range is billed by. */
const STREAMING = 'historical-streaming';

/**
 * Databento's Historical API over HTTP. Its four families have a method for each endpoint, with Databento's names; the
 * methods of {@link HistoricalApi} are what the engine needs of them.
 */
export class HistoricalClient implements HistoricalApi {
  readonly metadata: MetadataEndpoints;
  readonly symbology: SymbologyEndpoints;
  readonly timeseries: TimeseriesEndpoints;
  readonly batch: BatchEndpoints;
  readonly #caller: ApiCaller;

  constructor(options: HistoricalClientOptions) {
    const { retries, userAgent = 'Tickloom' } = options;
    const caller = new ApiCaller({ ...options, userAgent, retries: { ...DEFAULT_RETRIES, ...retries } });
    this.#caller = caller;
    this.metadata = new MetadataEndpoints(caller);
    this.symbology = new SymbologyEndpoints(caller);
    this.timeseries = new TimeseriesEndpoints(caller);
    this.batch = new BatchEndpoints(caller);
  }

  /** The time by the service's own clock, as its last answer told; before the first one, by ours. */
  serviceTime(): Date {
    return this.#caller.serviceTime();
  }

  /** Closes all connections, those in use too; what they were used for fails, and is not tried again. */
  close(): void {
    this.#caller.close();
  }

  listDatasets(call?: ApiCall): Promise<readonly string[]> {
    return this.metadata.listDatasets({}, call);
  }

  listSchemas(dataset: string, call?: ApiCall): Promise<readonly string[]> {
    return this.metadata.listSchemas(dataset, call);
  }

  datasetRange(dataset: string, call?: ApiCall): Promise<DatasetRange> {
    return this.metadata.getDatasetRange(dataset, call);
  }

  async datasetCondition(
    dataset: string,
    startDate: string,
    endDate: string,
    call?: ApiCall,
  ): Promise<readonly DayCondition[]> {
    if (endDate <= startDate) return [];
    // This one endpoint takes its end as inclusive.
    const days = await this.metadata.getDatasetCondition({ dataset, startDate, endDate: dayBefore(endDate) }, call);
    return days.map(({ date, condition, last_modified_date }) => ({
      date,
      condition,
      lastModifiedDate: last_modified_date,
    }));
  }

  async streamingPrice(dataset: string, schema: string, call?: ApiCall): Promise<Usd | null> {
    const prices = await this.metadata.listUnitPrices(dataset, call);
    const price = prices.find(({ mode }) => mode === STREAMING)?.unit_prices.get(schema);
    return price === undefined ? null : parseUsd(price);
  }

  recordCount(request: RangeRequest, call?: ApiCall): Promise<number> {
    return this.metadata.getRecordCount(request, call);
  }

  billableSize(request: RangeRequest, call?: ApiCall): Promise<number> {
    return this.metadata.getBillableSize(request, call);
  }

  async cost(request: RangeRequest, call?: ApiCall): Promise<Usd> {
    return parseUsd(await this.metadata.getCost(request, call));
  }

  resolve(request: ResolveRequest, call?: ApiCall): Promise<Resolution> {
    return this.symbology.resolve(request, call);
  }

  range(request: RangeRequest, call?: ApiCall): Promise<RangeReply> {
    return this.timeseries.getRange(request, call);
  }
}
