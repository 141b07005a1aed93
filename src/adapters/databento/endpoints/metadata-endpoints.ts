import type { ApiCall, DatasetRange } from '../../../core/historical/historical-api.js';
import type { RangeRequest } from '../../../core/historical/range-request.js';
import type { ApiCaller, ApiParameters } from '../calls/api-caller.js';
import { ENDPOINTS, type Endpoint } from '../calls/endpoint.js';
import { CostReply } from '../replies/cost.js';
import { CountReply } from '../replies/count.js';
import { DatasetCondition } from '../replies/dataset-condition.js';
import { DatasetRangeReply } from '../replies/dataset-range.js';
import { Publisher } from '../replies/publisher.js';
import { readJson, type JsonReply } from '../replies/read-reply.js';
import { SchemaField } from '../replies/schema-field.js';
import { TextsReply } from '../replies/texts.js';
import { UnitPrices } from '../replies/unit-prices.js';
import { rangeParameters } from './parameters.js';

/** UTC dates, YYYY-MM-DD. */
export interface DateRange {
  readonly startDate?: string;
  readonly endDate?: string;
}

/** The endpoints `metadata.*`, one method each. All are free of charge. Errors as in `HistoricalApi`, and REPLY_INVALID. */
export class MetadataEndpoints {
  constructor(private readonly caller: ApiCaller) {}

  async listPublishers(call?: ApiCall): Promise<readonly Publisher[]> {
    return (await this.#ask(ENDPOINTS.listPublishers, {}, call)).list(Publisher);
  }

  /** Codes of datasets; the end of the dates is exclusive. */
  async listDatasets({ startDate, endDate }: DateRange = {}, call?: ApiCall): Promise<readonly string[]> {
    const parameters = { start_date: startDate, end_date: endDate };
    return (await this.#ask(ENDPOINTS.listDatasets, parameters, call)).value(TextsReply);
  }

  async listSchemas(dataset: string, call?: ApiCall): Promise<readonly string[]> {
    return (await this.#ask(ENDPOINTS.listSchemas, { dataset }, call)).value(TextsReply);
  }

  /** Fields of a schema. Without a dataset those of the newest DBN version. */
  async listFields(
    request: { readonly schema: string; readonly encoding: 'dbn' | 'csv' | 'json'; readonly dataset?: string },
    call?: ApiCall,
  ): Promise<readonly SchemaField[]> {
    return (await this.#ask(ENDPOINTS.listFields, { ...request }, call)).list(SchemaField);
  }

  async listUnitPrices(dataset: string, call?: ApiCall): Promise<readonly UnitPrices[]> {
    return (await this.#ask(ENDPOINTS.listUnitPrices, { dataset }, call)).list(UnitPrices);
  }

  /** The condition of each day. The end of the dates is **inclusive**, here alone. */
  async getDatasetCondition(
    { dataset, startDate, endDate }: DateRange & { readonly dataset: string },
    call?: ApiCall,
  ): Promise<readonly DatasetCondition[]> {
    const parameters = { dataset, start_date: startDate, end_date: endDate };
    return (await this.#ask(ENDPOINTS.getDatasetCondition, parameters, call)).list(DatasetCondition);
  }

  /** What the account may see of a dataset. */
  async getDatasetRange(dataset: string, call?: ApiCall): Promise<DatasetRange> {
    const reply = await this.#ask(ENDPOINTS.getDatasetRange, { dataset }, call);
    const { start, end } = reply.object(DatasetRangeReply);
    const schemas = new Map(
      Object.entries((reply.json as { schema?: object | null }).schema ?? {}).map(([name, value]) => {
        const range = reply.object(DatasetRangeReply, value, `schema.${name}`);
        return [name, { start: range.start, end: range.end }];
      }),
    );
    return { start, end, schemas };
  }

  /** Records in the range. */
  async getRecordCount(request: RangeRequest, call?: ApiCall): Promise<number> {
    return (await this.#ask(ENDPOINTS.getRecordCount, rangeParameters(request), call)).value(CountReply);
  }

  /** Uncompressed binary bytes. */
  async getBillableSize(request: RangeRequest, call?: ApiCall): Promise<number> {
    return (await this.#ask(ENDPOINTS.getBillableSize, rangeParameters(request), call)).value(CountReply);
  }

  /** US dollars, as the digits of the reply. */
  async getCost(request: RangeRequest, call?: ApiCall): Promise<string> {
    return (await this.#ask(ENDPOINTS.getCost, rangeParameters(request), call)).value(CostReply);
  }

  #ask(endpoint: Endpoint, parameters: ApiParameters, call: ApiCall = {}): Promise<JsonReply> {
    return this.caller.ask({ endpoint, parameters, read: readJson, signal: call.signal });
  }
}
