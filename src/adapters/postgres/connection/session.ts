import type { Duplex } from 'node:stream';
import type { PoolClient, QueryArrayResult, QueryResult, QueryResultRow, Submittable } from 'pg';
import { TickloomError } from '../../../core/errors/index.js';
import { type ErrorSituation, isConnectionGone, mapPostgresError } from './postgres-error.js';

const QUERY_CANCELED = '57014';

/**
 * One connection in one hand, from {@link Database.session} until `release`. Its errors are ours, and an error that
 * reaches the connection while nobody waits for an answer is kept for the next question, instead of ending the process.
 */
export class Session {
  #gone: unknown;
  #released = false;
  #stopListening: () => void = () => undefined;
  #listenAgain: () => void = () => undefined;
  /** While it holds: nothing more is asked of the server once it is aborted. */
  #signal: AbortSignal | undefined;
  #cancelling: Promise<void> | undefined;
  readonly #onError = (error: unknown): void => {
    this.#gone ??= error;
  };

  constructor(
    private readonly client: PoolClient,
    private readonly situation: ErrorSituation,
  ) {
    client.on('error', this.#onError);
  }

  /**
   * Ends what the server is doing for this session when `signal` is aborted: it may be waiting, for a lock perhaps, and
   * nobody knows how long. Never a COMMIT or ROLLBACK, nor what comes behind one that the signal met.
   */
  cancelWith(signal: AbortSignal, cancel: (processId: number) => Promise<void>): void {
    const onAbort = (): void => {
      // when the cancelling itself fails there is nothing to do but wait
      this.#cancelling = cancel(this.processId).catch(() => undefined);
    };
    const listen = (): void => {
      signal.addEventListener('abort', onAbort, { once: true });
      this.#signal = signal;
    };
    listen();
    this.#stopListening = () => {
      signal.removeEventListener('abort', onAbort);
      this.#signal = undefined;
    };
    // A chunk that was interrupted has its end to be tidied up, which must not be refused.
    this.#listenAgain = () => {
      if (!signal.aborted && !this.#released) listen();
    };
  }

  /** Of the server process, to cancel what it is doing. */
  get processId(): number {
    return (this.client as unknown as { processID: number }).processID;
  }

  /** Of what was sent, the bytes that the socket still holds on to. */
  get unsentBytes(): number {
    return (this.client as unknown as { connection: { stream: Duplex } }).connection.stream.writableLength;
  }

  async query<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<QueryResult<R>> {
    const ends = sql === 'commit' || sql === 'rollback';
    if (ends) {
      this.#stopListening();
      await this.#cancelling;
    }
    this.#refuseAfterAbort();
    try {
      return await this.client.query<R>(sql, values as unknown[] | undefined);
    } catch (error) {
      throw this.mapped(error);
    } finally {
      if (ends) this.#listenAgain();
    }
  }

  /** All rows of a statement. */
  async rows<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R[]> {
    return (await this.query<R>(sql, values)).rows;
  }

  /** The one row of a statement that always has one. */
  async row<R extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R> {
    const [row] = await this.rows<R>(sql, values);
    if (row === undefined) throw new TickloomError('INVARIANT', `a statement without a row: ${sql}`);
    return row;
  }

  /** Values as PostgreSQL prints them, in column order; refuses a text of more than one statement. */
  async textRows(sql: string): Promise<QueryArrayResult<(string | null)[]>> {
    try {
      return await this.client.query<(string | null)[]>({
        text: sql,
        rowMode: 'array',
        types: { getTypeParser: () => (value: unknown) => value } as never,
        // The extended protocol takes one statement; the simple one would run all of "select 1; drop table x".
        queryMode: 'extended',
      } as never);
    } catch (error) {
      throw this.mapped(error);
    }
  }

  /** For streams, which talk to the connection themselves. */
  submit<T extends Submittable>(stream: T): T {
    this.#refuseAfterAbort();
    return this.client.query(stream);
  }

  /** The error as ours; one that came to the connection before explains more than "not queryable". */
  mapped(error: unknown): TickloomError {
    const gone = this.#gone;
    if (this.#cancelling !== undefined && (error as { code?: unknown }).code === QUERY_CANCELED) {
      return this.#cancelled();
    }
    return mapPostgresError(gone !== undefined && isConnectionGone(error) ? gone : error, this.situation);
  }

  /** What is sent after the cancelling would wait in its stead. */
  #refuseAfterAbort(): void {
    if (this.situation.loading === true && this.#signal?.aborted === true) throw this.#cancelled();
  }

  #cancelled(): TickloomError {
    return new TickloomError('CANCELLED', `cancelled, ${this.situation.doing}`);
  }

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /** Gives the connection back; with `discard` it is closed, which rolls back what is open in it. */
  release({ discard = false } = {}): void {
    if (this.#released) return;
    this.#released = true;
    this.#stopListening();
    // a cancelling may come late, and is not to meet whoever has the connection next
    this.client.release(discard || this.isGone || this.#cancelling !== undefined);
    // Only now, so that the pool's own listener is there when ours goes.
    this.client.removeListener('error', this.#onError);
  }
}
