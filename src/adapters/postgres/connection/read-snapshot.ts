import { TickloomError } from '../../../core/errors/index.js';
import { copyOut } from './copy-out.js';
import type { Database } from './database.js';
import type { Session } from './session.js';

/** One transaction that only reads, on a connection of its own: what it sees stays the same until it is closed. */
export class ReadSnapshot {
  #closed = false;
  readonly #cancel = (): void => {
    void this.database
      .withSession((other) => other.query('select pg_cancel_backend($1)', [this.session.processId]))
      .catch(() => undefined);
  };

  private constructor(
    private readonly database: Database,
    private readonly session: Session,
    private readonly doing: string,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  /** @param doing for messages, e.g. `exporting records` @throws what connecting throws; CANCELLED */
  static async begin(database: Database, doing: string, signal?: AbortSignal): Promise<ReadSnapshot> {
    const session = await database.session({ signal, doing });
    try {
      await session.query('begin transaction isolation level repeatable read read only');
    } catch (error) {
      session.release({ discard: true });
      throw error;
    }
    return new ReadSnapshot(database, session, doing, signal);
  }

  async rows<R extends Record<string, unknown>>(sql: string, values?: readonly unknown[]): Promise<R[]> {
    this.#throwIfAborted();
    try {
      return await this.session.rows<R>(sql, values);
    } catch (error) {
      this.#throwIfAborted();
      throw error;
    }
  }

  /** A binary COPY of a SELECT; see {@link copyOut}. */
  async *copy(select: string): AsyncGenerator<Uint8Array, void, undefined> {
    this.#throwIfAborted();
    try {
      yield* copyOut(this.session, select);
    } catch (error) {
      this.#throwIfAborted();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.signal?.removeEventListener('abort', this.#cancel);
    // It only read: nothing is lost with the connection, and a COPY that was left early goes with it.
    this.session.release({ discard: true });
  }

  #throwIfAborted(): void {
    if (this.signal?.aborted === true) throw new TickloomError('CANCELLED', `${this.doing} was interrupted`);
  }
}
