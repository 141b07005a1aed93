import type { LimitName } from './endpoint.js';

/** Time, as far as limits and waits need it. */
export interface ClientClock {
  now(): Date;
  /** Milliseconds from any fixed point, monotonic. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when that is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

interface Allowance {
  readonly requests: number;
  readonly perMs: number;
}

/** What the service grants a team. Requests do not all travel equally fast, so the time is taken a little longer. */
const ALLOWANCES: Readonly<Record<LimitName, Allowance>> = {
  timeseries: { requests: 100, perMs: 1050 },
  symbology: { requests: 100, perMs: 1050 },
  metadata: { requests: 20, perMs: 1050 },
  list_jobs: { requests: 20, perMs: 1050 },
  submit_job: { requests: 20, perMs: 60_500 },
};

/** Keeps the service's limits on our side: who asks too soon waits, in order of asking. */
export class RateLimits {
  /** Starts granted, the oldest first, at most as many as the allowance has. */
  readonly #granted = new Map<LimitName, number[]>();

  constructor(private readonly clock: ClientClock) {}

  /** Waits until one more request may start. An aborted wait keeps its place empty. */
  async take(name: LimitName, signal?: AbortSignal): Promise<void> {
    const { requests, perMs } = ALLOWANCES[name];
    const granted = this.#granted.get(name) ?? [];
    this.#granted.set(name, granted);
    const now = this.clock.monotonicMs();
    const oldest = granted.length < requests ? undefined : granted.shift();
    const start = oldest === undefined ? now : Math.max(now, oldest + perMs);
    granted.push(start);
    if (start > now) await this.clock.sleep(Math.ceil(start - now), signal);
  }
}
