import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import type { Session } from '../connection/session.js';
import { quoteIdentifier } from '../identifiers.js';

/** Signature, no flags, no extension. */
const FILE_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);
/** Large enough that a message costs nothing, small enough to be lost in the noise of memory. */
const BUFFER_BYTES = 256 * 1024;
/** On their way while one more is filled: the socket goes on with the next before anybody is asked. */
const MOST_IN_FLIGHT = 3;

/**
 * One COPY FROM STDIN in binary format.
 *
 * Bytes are copied once, into a buffer that goes out whole: the socket may keep what it is given for a while, and the
 * caller wants its memory back. Some buffers are on their way while the next is filled, and are used again when they
 * have gone; a slow server stops `write`.
 */
export class BinaryCopy {
  readonly #stream: CopyStreamQuery;
  #buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #used: number;
  readonly #free: Buffer[] = [];
  /** Oldest first. */
  readonly #inFlight: Promise<void>[] = [];
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
    this.#throwFailure();
  }

  /** @returns how many rows the server took. */
  async finish(): Promise<number> {
    await this.write(TRAILER);
    await this.#send();
    while (this.#inFlight.length > 0) await this.#oldestGone();
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
    while (this.#inFlight.length >= MOST_IN_FLIGHT) await this.#oldestGone();
    this.#throwFailure();
    const buffer = this.#buffer;
    const full = buffer.subarray(0, this.#used);
    const sent = new Promise<void>((resolve, reject) => {
      this.#stream.write(full, (error) => {
        // a full one is more than a socket takes at once: it is called back when all of it has gone
        this.#free.push(buffer);
        if (error) reject(error);
        else resolve();
      });
    });
    this.#buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#used = 0;
    // Its error is thrown by the next call, which may come late: until then it is nobody's.
    sent.catch(() => undefined);
    this.#inFlight.push(sent);
  }

  async #oldestGone(): Promise<void> {
    await this.#settled(this.#inFlight.shift() ?? Promise.resolve());
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
