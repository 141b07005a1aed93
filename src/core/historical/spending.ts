import type { Usd } from './usd.js';

/** Money set aside for one request. Settle it once, also after an error. */
export interface Reservation {
  /** Gives back what was not spent, and counts what was. */
  settle(spent: Usd): void;
}

/** What a run may spend, and has spent. Shared by all its chunks. */
export interface Spending {
  /**
   * Sets money aside for a request that is about to be sent.
   * @throws COST_CAP when reserved and spent together would pass the cap; nothing has been sent then
   */
  reserve(estimate: Usd): Reservation;
  readonly spent: Usd;
}
