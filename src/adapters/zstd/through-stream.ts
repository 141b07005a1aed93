import type { Writable } from 'node:stream';

/** Carries what the pieces threw past everything that would take it for an error of the decompressor. */
export class InputFailure extends Error {
  constructor(cause: unknown) {
    super('the input failed', { cause });
  }
}

/** The end that is read: a Readable is one. */
export interface StreamOutput extends AsyncIterable<Uint8Array> {
  /** Closes it; whoever reads it gets the error. */
  destroy(error?: Error): void;
}

/**
 * Feeds `pieces` into one end of a duplex pair and gives what comes out of the other, with back-pressure both ways.
 * A piece has been taken in whole when the next one is asked for. Leaving early destroys both ends and closes the pieces.
 * @throws InputFailure when the pieces throw, and what the readable end throws
 */
export async function* throughStream(
  pieces: AsyncIterable<Uint8Array>,
  writable: Writable,
  readable: StreamOutput,
): AsyncGenerator<Uint8Array, void, undefined> {
  const feeding = new Feeding(pieces[Symbol.asyncIterator](), writable);
  // an error of the writing end (a program that has gone) shows in its output or exit code
  writable.on('error', () => undefined);
  const fed = feeding.run().catch((error: unknown) => {
    readable.destroy(new InputFailure(error));
  });
  try {
    yield* readable;
    await fed;
  } finally {
    feeding.stop();
    writable.destroy();
    readable.destroy();
    await feeding.closed();
  }
}

/** The writing side: one piece at a time, until the other end has taken it. */
class Feeding {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #writable: Writable;
  #pulling = false;
  #stopped = false;
  #over = false;

  constructor(iterator: AsyncIterator<Uint8Array>, writable: Writable) {
    this.#iterator = iterator;
    this.#writable = writable;
  }

  async run(): Promise<void> {
    while (!this.#stopped) {
      this.#pulling = true;
      const next = await this.#iterator.next().finally(() => {
        this.#pulling = false;
      });
      if (next.done === true) {
        this.#over = true;
        this.#writable.end();
        return;
      }
      if (!this.#isOpen()) return;
      await this.#write(next.value);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * Closes the pieces if they are not over. Does not wait for a piece that is still on its way: a silent pipe would
   * hold up whoever has left already.
   */
  async closed(): Promise<void> {
    if (this.#over) return;
    const closing = Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
    if (!this.#pulling) await closing;
  }

  #isOpen(): boolean {
    return !this.#stopped && !this.#writable.destroyed && this.#writable.writable;
  }

  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#writable.off('close', done);
        resolve();
      };
      this.#writable.once('close', done).write(bytes, done);
    });
  }
}
