import pRetry from 'p-retry';
import { FailedAttempt } from '../errors/failed-attempt.js';
import type { ClientClock } from './rate-limits.js';

export interface RetrySettings {
  /** How often a request is tried again. */
  readonly retries: number;
  /** Wait before the first retry; doubled with each, with jitter. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Longest wait that a `Retry-After` can ask for; then it is tried again all the same. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_RETRIES: RetrySettings = {
  retries: 5,
  minDelayMs: 500,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 60_000,
};

/** A request is about to be tried again. */
export interface RetryNote {
  readonly endpoint: string;
  /** What failed and why. */
  readonly reason: string;
  readonly retriesLeft: number;
}

export interface RetryParts {
  readonly settings: RetrySettings;
  readonly clock: ClientClock;
  readonly onRetry?: ((note: RetryNote) => void) | undefined;
}

export interface RetriedWork<T> {
  readonly endpoint: string;
  /** One try. @throws FailedAttempt for what can be judged; anything else ends it */
  attempt(): Promise<T>;
  /** Whether this failure may be followed by another try; beyond the failure's own word. */
  mayRepeat(failed: FailedAttempt): boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tries until it succeeds, tries are spent, or the failure is no temporary one.
 * @throws TickloomError, or the signal's reason, at once also while it waits
 */
export async function retrying<T>(work: RetriedWork<T>, { settings, clock, onRetry }: RetryParts): Promise<T> {
  let attempts = 0;
  const repeats = (error: Error): error is FailedAttempt =>
    error instanceof FailedAttempt && error.failure.temporary && work.mayRepeat(error);
  try {
    return await pRetry(
      () => {
        attempts++;
        return work.attempt();
      },
      {
        retries: settings.retries,
        minTimeout: settings.minDelayMs,
        maxTimeout: settings.maxDelayMs,
        randomize: true,
        signal: work.signal,
        shouldRetry: ({ error }) => repeats(error),
        onFailedAttempt: async ({ error, retriesLeft }) => {
          if (retriesLeft === 0 || !repeats(error)) return;
          onRetry?.({ endpoint: work.endpoint, reason: error.message, retriesLeft });
          const wait = Math.min(error.failure.retryAfterMs ?? 0, settings.maxRetryAfterMs);
          if (wait > 0) await clock.sleep(wait, work.signal);
        },
      },
    );
  } catch (error) {
    throw error instanceof FailedAttempt ? error.toError(attempts) : error;
  }
}
