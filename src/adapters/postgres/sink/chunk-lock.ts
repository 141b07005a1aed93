import { TickloomError } from '../../../core/errors/index.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';

/** What a lock stands for. */
export interface LockedStretch {
  readonly dataset: string;
  readonly schemas: readonly string[];
}

/**
 * Keeps two chunks that may overlap from being in flight at once, in this process or in any other, until the
 * transaction ends. Its grain is (dataset, schema): coarser than overlap itself, and never wrong.
 */
export class ChunkLock {
  readonly #names: readonly string[];

  constructor(
    private readonly database: Database,
    { dataset, schemas }: LockedStretch,
  ) {
    // In one order everywhere, or two chunks of mixed schemas wait for each other.
    this.#names = [...new Set(schemas)].sort().map((schema) => `chunk ${dataset} ${schema}`);
  }

  /** @throws CANCELLED when `signal` is aborted while another chunk holds it. */
  async take(session: Session, signal?: AbortSignal): Promise<void> {
    const cancel = (): void => {
      // When the cancelling itself fails there is nothing to do but wait for the lock.
      void this.database
        .withSession((other) => other.query('select pg_cancel_backend($1)', [session.processId]))
        .catch(() => undefined);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      if (signal?.aborted) throw cancelled();
      for (const name of this.#names) await takeTransactionLock(session, this.database, name);
    } catch (error) {
      throw signal?.aborted ? cancelled() : error;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }
}

/** A lock of that name in this db schema, held until the transaction ends. */
export async function takeTransactionLock(session: Session, database: Database, name: string): Promise<void> {
  const key = `tickloom ${database.dbSchema} ${name}`;
  await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
}

function cancelled(): TickloomError {
  return new TickloomError('CANCELLED', 'cancelled while waiting for another chunk of the same dataset and schema');
}
