import { setImmediate } from 'node:timers/promises';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import type { Session } from '../connection/session.js';
import { quoteIdentifier } from '../identifiers.js';

/** Signature, no flags, no extension. */
const FILE_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);
/** Large enough that a message costs nothing, small enough to be lost in the noise of memory. */
const BUFFER_BYTES = 1024 * 1024;

/**
 * One COPY FROM STDIN in binary format.
 *
 * Bytes are copied once, into a buffer that goes out whole: the socket may keep what it is given for a while, and the
 * caller wants its memory back. One buffer is on its way while the other is filled; a slow server stops `write`. A fast
 * one gets what there is, however little: nothing is kept back while it waits.
 */
export class BinaryCopy {
  readonly #stream: CopyStreamQuery;
  #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  /** Has gone out, or is on its way: filled again when it has. */
  #other: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #used: number;
  #inFlight: Promise<void> = Promise.resolve();
  /** What was sent has not gone out yet. */
  #sending = false;
  #failure: unknown;
  #done = false;
  /** Rejects whoever waits when the server objects; the stream itself would leave them waiting. */
  #reject: (error: unknown) => void = () => undefined;

  /** @param relation quoted and qualified */
  constructor(
    private readonly session: Session,
    relation: string,
    columns: readonly string[],
  ) {
    const list = columns.map(quoteIdentifier).join(', ');
    this.#stream = session.submit(copyFrom(`copy ${relation} (${list}) from stdin (format binary)`));
    this.#stream.on('error', (error: unknown) => {
      this.#failure ??= error;
      this.#reject(error);
    });
    this.#used = FILE_HEADER.copy(this.#buffer);
  }

  /** Whether what was sent is still on its way to the server. */
  get isSending(): boolean {
    return this.#sending;
  }

  /** Takes whole tuples. The bytes may be reused when it resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      const take = Math.min(bytes.length - at, BUFFER_BYTES - this.#used);
      this.#buffer.set(bytes.subarray(at, at + take), this.#used);
      this.#used += take;
      at += take;
      if (this.#used === BUFFER_BYTES) await this.#send();
    }
    if (!this.#sending && this.#used > 0) await this.#send();
    // The kernel holds what the server takes in a millisecond: a caller with more at hand would keep it waiting.
    await setImmediate();
    this.#throwFailure();
  }

  /** @returns how many rows the server took. */
  async finish(): Promise<number> {
    await this.write(TRAILER);
    if (this.#used > 0) await this.#send();
    await this.#settled(this.#inFlight);
    await this.#settled(
      new Promise((resolve, reject) => {
        this.#reject = reject;
        this.#stream.once('finish', resolve);
        this.#stream.end();
      }),
    );
    this.#done = true;
    return this.#stream.rowCount;
  }

  /** Gives the COPY up, so that the connection can roll back. Never throws. */
  async abort(): Promise<void> {
    // After an error of the server nothing listens any more, and the stream would stumble over its lost connection.
    if (this.#done || this.#failure !== undefined || this.session.isGone) return;
    this.#done = true;
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve);
      this.#stream.destroy(new Error('rolled back'));
    });
  }

  async #send(): Promise<void> {
    await this.#settled(this.#inFlight);
    const full = this.#buffer.subarray(0, this.#used);
    // A host may have raised the mark up to which sockets take bytes without saying when they are through with them.
    const spare = this.session.unsentBytes === 0 ? this.#other : Buffer.allocUnsafeSlow(BUFFER_BYTES);
    [this.#buffer, this.#other] = [spare, this.#buffer];
    this.#used = 0;
    this.#sending = true;
    this.#inFlight = new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#stream.write(full, (error) => {
        this.#sending = false;
        if (error) reject(error);
        else resolve();
      });
    });
    // Its error is thrown by the next call, which may come late: until then it is nobody's.
    this.#inFlight.catch(() => undefined);
  }

  async #settled<T>(promise: Promise<T>): Promise<T> {
    this.#throwFailure();
    try {
      return await promise;
    } catch (error) {
      throw this.session.mapped(error);
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.session.mapped(this.#failure);
  }
}
