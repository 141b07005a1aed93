import { isTickloomError, TickloomError } from '../../../core/errors/index.js';
import type { ClaimHolder } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';

/** A claim in the way, and whose it is. */
export interface LiveClaim extends ClaimHolder {
  /** Key of the advisory lock that its connection holds, as text. */
  readonly claimId: string;
}

export interface WaitOptions {
  readonly runId: string;
  /** Of the chunk that waits. */
  readonly source: string;
  /** How long other runs are waited for, in all; chunks of the same run are waited for without end. */
  readonly lockTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told once what is waited for. */
  readonly onWait?: ((holder: ClaimHolder) => void) | undefined;
}

const LOCK_TIMEOUT = '55P03';
const CANCEL_AGAIN_MS = 200;
/** The most that PostgreSQL takes for a timeout. */
const LONGEST_MS = 2 ** 31 - 1;

/** The waiting of one chunk for the claims of others. */
export class ClaimWait {
  #waitedMs = 0;
  #told = false;

  constructor(
    private readonly database: Database,
    private readonly options: WaitOptions,
  ) {}

  /** Runs `work`, in which `session` may wait: what it is doing is cancelled with the signal. @throws CANCELLED */
  async cancellable<T>(session: Session, work: () => Promise<T>): Promise<T> {
    const { signal } = this.options;
    let again: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      // When the cancelling itself fails there is nothing to do but try once more.
      void this.database
        .withSession((other) => other.query('select pg_cancel_backend($1)', [session.processId]))
        .catch(() => undefined);
      // A statement that is only on its way to the server is not cancelled.
      again = setTimeout(cancel, CANCEL_AGAIN_MS);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      if (signal?.aborted) throw cancelled();
      const result = await work();
      // The cancelling may come late, and must not strike what the session does next.
      if (signal?.aborted) throw cancelled();
      return result;
    } catch (error) {
      throw signal?.aborted ? cancelled() : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
      clearTimeout(again);
    }
  }

  /** Returns when the claim is given up, by its connection or with it. @throws LOCKED */
  async for(session: Session, holder: LiveClaim): Promise<void> {
    const { runId, lockTimeoutMs, onWait } = this.options;
    const mayLast = holder.runId === runId ? Infinity : lockTimeoutMs - this.#waitedMs;
    if (mayLast <= 0) throw this.#locked(holder);
    if (!this.#told) onWait?.({ runId: holder.runId, source: holder.source });
    this.#told = true;
    const began = performance.now();
    try {
      await session.query('begin');
      await waitForClaim(session, holder.claimId, mayLast);
      await session.query('commit');
    } catch (error) {
      if (isTickloomError(error) && error.context.sqlstate === LOCK_TIMEOUT) throw this.#locked(holder);
      throw error;
    } finally {
      if (holder.runId !== runId) this.#waitedMs += performance.now() - began;
    }
  }

  #locked({ runId, source: held }: ClaimHolder): TickloomError {
    const { source, lockTimeoutMs } = this.options;
    const seconds = lockTimeoutMs / 1000;
    return new TickloomError(
      'LOCKED',
      `"${source}" overlaps "${held}", which run ${runId} is loading: waited ${seconds} s for it`,
      {
        hint: 'Run the same command again when that run is done, or give it more time with --lock-timeout.',
        context: { source, run_id: runId, held, waited_seconds: seconds },
      },
    );
  }
}

/**
 * Waits until nobody holds the claim's locks, in a transaction that was just begun and is of no use after an error.
 * @throws DATABASE_CONFLICT at the timeout
 */
export async function waitForClaim(session: Session, claimId: string, timeoutMs: number): Promise<void> {
  // What is asked next is to see what was committed meanwhile.
  await session.query('set transaction isolation level read committed');
  // The wait has an end of its own, or none: a statement_timeout of the role is not about it.
  await session.query('set local statement_timeout = 0');
  const atMost = timeoutMs === Infinity ? 0 : Math.min(Math.max(1, Math.ceil(timeoutMs)), LONGEST_MS);
  await session.query(`set local lock_timeout = ${atMost}`);
  await session.query('select pg_advisory_xact_lock_shared($1)', [claimId]);
  // Parts of the chunk, of which new ones come no more. They share this one with each other.
  await session.query('select pg_advisory_xact_lock(-($1::bigint))', [claimId]);
}

function cancelled(): TickloomError {
  return new TickloomError('CANCELLED', 'cancelled while waiting for a chunk that overlaps');
}
