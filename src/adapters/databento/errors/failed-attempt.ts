import { TickloomError, type ErrorCode, type ErrorContext } from '../../../core/errors/index.js';

export interface Failure {
  readonly code: ErrorCode;
  /** What was asked for: an endpoint, with a file where there is one. */
  readonly what: string;
  readonly why: string;
  /** What helps support and search: status, case, request id. */
  readonly notes: readonly string[];
  /** The service's own words; empty when it had none. */
  readonly said: string;
  readonly hint: string;
  readonly context: ErrorContext;
  /** Whether another try can change it. */
  readonly temporary: boolean;
  /**
   * Whether the service has done what it was asked: `no` when nothing reached it, `refused` when it says so itself,
   * `perhaps` otherwise.
   */
  readonly done: 'no' | 'refused' | 'perhaps';
  /** How long the service wants to be left alone. */
  readonly retryAfterMs?: number | undefined;
}

/** One try of a request that failed. Stays inside the client; what leaves it is {@link toError}. */
export class FailedAttempt extends Error {
  constructor(readonly failure: Failure) {
    super(messageOf(failure));
    this.name = 'FailedAttempt';
  }

  /** @param attempts how many tries there were in all */
  toError(attempts: number): TickloomError {
    const { failure } = this;
    const notes = attempts > 1 ? [...failure.notes, `${attempts} attempts`] : failure.notes;
    return new TickloomError(failure.code, messageOf({ ...failure, notes }), {
      hint: failure.hint,
      context: { ...failure.context, attempts },
    });
  }
}

function messageOf({ what, why, notes, said }: Pick<Failure, 'what' | 'why' | 'notes' | 'said'>): string {
  const details = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  return `${what}: ${why}${details}${said === '' ? '' : `: ${said}`}`;
}
