import { isTickloomError, TickloomError } from '../errors/index.js';
import type { FetchOrder } from './fetch-order.js';
import type { HistoricalApi } from './historical-api.js';
import { isCountExact, recordsOf } from './record-expectation.js';
import { counted } from '../text/counted.js';

/** How many records there have to be, where the service can say so exactly. */
export class RecordCount {
  readonly #order: FetchOrder;
  readonly #api: HistoricalApi;
  /** `null`: not known exactly. */
  #expected: number | null | undefined;

  constructor(order: FetchOrder, api: HistoricalApi) {
    this.#order = order;
    this.#api = api;
    const { request, estimate } = order;
    if (!isCountExact(request)) this.#expected = null;
    else if (estimate.records !== null) this.#expected = recordsOf(request, estimate.records);
  }

  /** Whether nothing can be missing. @throws DOWNLOAD_CORRUPT when there are too many */
  async isReached(records: number): Promise<boolean> {
    const { limit } = this.#order.request;
    if (limit !== null && BigInt(records) >= limit) return true;
    // Asked again only when it may change the answer: a download in a hundred pieces must not ask a hundred times.
    const known = this.#expected ?? null;
    const expected = known !== null && records < known ? known : await this.#current(records);
    if (expected === null) return false;
    if (records > expected) throw this.mismatch(records);
    return records === expected;
  }

  /** Whether records are missing after a proper end. @throws DOWNLOAD_CORRUPT when there are too many */
  async isShort(records: number): Promise<boolean> {
    const expected = await this.#current(records);
    if (expected === null) return false;
    if (records > expected) throw this.mismatch(records);
    return records < expected;
  }

  mismatch(records: number): TickloomError {
    const { dataset, schema } = this.#order.request;
    const expected = this.#expected ?? 0;
    return new TickloomError(
      'DOWNLOAD_CORRUPT',
      `the service sent ${counted(records, 'record')} of ${dataset} ${schema} where it counts ${expected}`,
      { hint: 'Run the same command again later; what has arrived is kept.', context: { records, expected } },
    );
  }

  /** Asked for anew when it does not fit: the vendor may have revised the range since. */
  async #current(records: number): Promise<number | null> {
    if (this.#expected === null || this.#expected === records) return this.#expected;
    const { request, signal, onWarning } = this.#order;
    try {
      const inRange = await this.#api.recordCount({ ...request, limit: null }, signal === undefined ? {} : { signal });
      this.#expected = recordsOf(request, inRange);
    } catch (error) {
      // What was paid for must not be lost because it cannot be counted.
      if (!isTickloomError(error) || error.code !== 'REQUEST_REJECTED') throw error;
      onWarning?.(`the records of ${request.dataset} ${request.schema} cannot be counted: ${error.message}`);
      this.#expected = null;
    }
    return this.#expected;
  }
}
