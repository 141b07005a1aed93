import { plainError } from './api-error.js';

interface Limit {
  readonly prefix: string;
  readonly most: number;
  /** ms. */
  readonly window: number;
}

/** As documented. The first that fits counts. */
const LIMITS: readonly Limit[] = [
  { prefix: 'batch.submit_job', most: 20, window: 60_000 },
  { prefix: 'batch.list_jobs', most: 20, window: 1_000 },
  { prefix: 'metadata.', most: 20, window: 1_000 },
  { prefix: 'timeseries.', most: 100, window: 1_000 },
  { prefix: 'symbology.', most: 100, window: 1_000 },
];

/** Counts the requests of each kind over the last second or minute. */
export class RateLimits {
  private readonly recent = new Map<string, number[]>();

  /** @throws ApiError 429 when there were as many as are allowed; that one is not counted */
  check(endpoint: string, now: number): void {
    const limit = LIMITS.find(({ prefix }) => endpoint.startsWith(prefix));
    if (limit === undefined) return;
    const times = (this.recent.get(limit.prefix) ?? []).filter((time) => time > now - limit.window);
    if (times.length >= limit.most) throw plainError(429, 'Too many requests.', { 'Retry-After': '1' });
    this.recent.set(limit.prefix, [...times, now]);
  }
}
