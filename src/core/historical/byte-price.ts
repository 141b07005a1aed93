import type { HistoricalApi } from './historical-api.js';
import type { RangeEstimate } from './range-estimate.js';
import type { RangeRequest } from './range-request.js';
import { shareOf, type Usd } from './usd.js';

const GB = 2n ** 30n;

/** What bytes of one schema cost: by the estimate where it has any, else by the price list. */
export class BytePrice {
  readonly #api: HistoricalApi;
  readonly #request: RangeRequest;
  readonly #estimate: RangeEstimate;
  #listed: Promise<Usd> | undefined;

  constructor(api: HistoricalApi, request: RangeRequest, estimate: RangeEstimate) {
    this.#api = api;
    this.#request = request;
    this.#estimate = estimate;
  }

  /** Of so many bytes of records, rounded up. */
  async of(bytes: number): Promise<Usd> {
    const { costUsd, sizeBytes: estimated } = this.#estimate;
    if (bytes === 0) return 0n;
    if (estimated > 0) return shareOf(costUsd, BigInt(bytes), BigInt(estimated));
    this.#listed ??= this.#perGb();
    return shareOf(await this.#listed, BigInt(bytes), GB);
  }

  /** A price that cannot be had must not lose what was paid for. */
  async #perGb(): Promise<Usd> {
    const { dataset, schema } = this.#request;
    return (await this.#api.streamingPrice(dataset, schema).catch(() => null)) ?? 0n;
  }
}
