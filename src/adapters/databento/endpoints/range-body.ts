import { TickloomError } from '../../../core/errors/index.js';
import { transportFailure, type Asked } from '../errors/attempt-failures.js';
import type { HttpReply } from '../transport/http-transport.js';
import { TransportFailure } from '../transport/transport-failure.js';

/** The bytes of a range as they come, pulled. To be read to the end or returned: until then the connection is held. */
export class RangeBody implements AsyncIterableIterator<Uint8Array> {
  #first: Uint8Array | undefined;
  #received = 0;

  constructor(
    private readonly reply: HttpReply,
    private readonly asked: Asked,
    first: Uint8Array,
  ) {
    this.#first = first;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws SOURCE_UNAVAILABLE when it breaks off or stalls, CANCELLED */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const first = this.#first;
    this.#first = undefined;
    const result = first === undefined ? await this.#pull() : { done: false as const, value: first };
    if (result.done !== true) this.#received += result.value.byteLength;
    return result;
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#first = undefined;
    return this.reply.body.return();
  }

  async #pull(): Promise<IteratorResult<Uint8Array, undefined>> {
    try {
      return await this.reply.body.next();
    } catch (error) {
      const context = { ...this.asked.context, bytes_received: this.#received };
      if (error instanceof TransportFailure) {
        throw transportFailure({ ...this.asked, context }, error, this.reply).toError(1);
      }
      throw new TickloomError('CANCELLED', `reading ${this.asked.what} was cancelled`, {
        hint: 'Run the same command again to go on.',
        context,
      });
    }
  }
}
