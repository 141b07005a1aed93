import { TickloomError } from '../errors/index.js';
import type { Reservation, Spending } from './spending.js';
import { formatUsd, type Usd } from './usd.js';

/** Counts what a run spends, and keeps what it has set aside and spent together under a cap. */
export class CappedSpending implements Spending {
  #reserved: Usd = 0n;
  #spent: Usd = 0n;

  /** @param cap `null` for none */
  constructor(private readonly cap: Usd | null) {}

  get spent(): Usd {
    return this.#spent;
  }

  reserve(estimate: Usd): Reservation {
    const total = this.#spent + this.#reserved + estimate;
    if (this.cap !== null && total > this.cap) {
      throw new TickloomError(
        'COST_CAP',
        `the next request, estimated at ${formatUsd(estimate)} USD, would pass the cap of ${formatUsd(this.cap)} USD: ` +
          `${formatUsd(this.#spent)} USD are spent and ${formatUsd(this.#reserved)} USD set aside`,
        { hint: 'Raise --max-cost and run the same command again.', context: { max_cost_usd: formatUsd(this.cap) } },
      );
    }
    this.#reserved += estimate;
    let open = true;
    return {
      settle: (spent) => {
        if (!open) return;
        open = false;
        this.#reserved -= estimate;
        this.#spent += spent;
      },
    };
  }
}
