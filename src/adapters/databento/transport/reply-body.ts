import type { IncomingMessage } from 'node:http';
import type { HttpBody } from './http-transport.js';
import { failureOf, TransportFailure } from './transport-failure.js';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The body of a reply, pulled. Two things set it apart from the stream's own iterator:
 *
 * - Bytes that had arrived before the connection broke are given out before the failure is. They were paid for.
 * - The time-out runs only while somebody waits for bytes: a reader that is slow itself, because its database is, must not
 *   be taken for a server that stalls. That is why the socket's own time-out is not used.
 */
export class ReplyBody implements HttpBody {
  readonly #message: IncomingMessage;
  readonly #readTimeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  #failure: Error | undefined;
  #ended = false;
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(message: IncomingMessage, readTimeoutMs: number, signal?: AbortSignal) {
    this.#message = message;
    this.#readTimeoutMs = readTimeoutMs;
    this.#signal = signal;
    const onAbort = (): void => void message.destroy();
    message.on('readable', () => this.#wake());
    message.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    message.on('error', (error) => {
      this.#failure ??= error;
    });
    message.on('close', () => {
      this.#closed = true;
      signal?.removeEventListener('abort', onAbort);
      this.#wake();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const timer = setTimeout(() => {
      const seconds = this.#readTimeoutMs / 1000;
      this.#message.destroy(new TransportFailure('stalled', `no byte came for ${seconds} s`));
    }, this.#readTimeoutMs);
    try {
      for (;;) {
        this.#signal?.throwIfAborted();
        const value = this.#message.read() as Buffer | null;
        if (value !== null) return { done: false, value };
        if (this.#ended) return DONE;
        if (this.#closed) throw this.#broken();
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#ended = true;
    this.#message.destroy();
    return DONE;
  }

  #broken(): TransportFailure {
    const error = this.#failure;
    // Node says "aborted" of a body that its server cut off.
    if (error !== undefined && error.message !== 'aborted') return failureOf(error, true);
    return new TransportFailure('broken', 'the connection ended before the body did', 'ECONNRESET');
  }
}
