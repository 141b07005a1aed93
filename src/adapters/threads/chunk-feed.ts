import type { MessagePort } from 'node:worker_threads';
import { giveBack } from '../../core/source/lent-bytes.js';
import type { Chunk } from '../../core/source/source.js';
import { errorToData } from './error-data.js';
import type { FromThread, ToThread } from './thread-messages.js';

type Request = Extract<FromThread, { type: 'open' | 'read' | 'leave' }>;

interface OpenStream {
  readonly pieces: AsyncIterator<Uint8Array>;
  /** Ends when all that was asked for has been answered. */
  answered: Promise<void>;
  pulling: boolean;
}

/** Gives a thread the bytes of a chunk as it asks for them; whatever a chunk reads from stays with the run. */
export class ChunkFeed {
  readonly #streams = new Map<number, OpenStream>();
  readonly #failures: unknown[] = [];
  #closed = false;

  constructor(
    private readonly chunk: Chunk,
    private readonly port: MessagePort,
    private readonly signal: AbortSignal,
  ) {}

  take(request: Request): void {
    const { stream } = request;
    if (request.type === 'open') {
      const { part } = request;
      this.#streams.set(stream, { pieces: this.#open(part), answered: Promise.resolve(), pulling: false });
      return;
    }
    const open = this.#streams.get(stream);
    if (open === undefined) return;
    if (request.type === 'read') open.answered = open.answered.then(() => this.#answer(stream, open));
    else void this.#leave(stream, open);
  }

  /** The error that a thread was told of by this number. */
  failure(number: number): unknown {
    return this.#failures[number];
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#streams].map(([stream, open]) => this.#leave(stream, open)));
  }

  /** A generator, so that a chunk which fails to open does so where its bytes are awaited. */
  async *#open(part: number | null): AsyncGenerator<Uint8Array, void, undefined> {
    const from = part === null ? this.chunk : (this.chunk.parts?.[part] ?? this.chunk);
    yield* from.open(this.signal);
  }

  async #answer(stream: number, open: OpenStream): Promise<void> {
    let answer: ToThread;
    let bytes: Uint8Array<ArrayBuffer> | null = null;
    try {
      open.pulling = true;
      const next = await open.pieces.next().finally(() => (open.pulling = false));
      // Copied, because a source may use its memory again, or share it.
      if (next.done !== true) {
        bytes = new Uint8Array(next.value);
        giveBack(next.value);
      }
      answer = { type: 'piece', stream, bytes };
    } catch (error) {
      answer = { type: 'input-failed', stream, failure: this.#failures.push(error) - 1, error: errorToData(error) };
    }
    if (!this.#closed) this.port.postMessage(answer, bytes === null ? [] : [bytes.buffer]);
  }

  /** Does not wait for a piece that is still on its way: a silent pipe would hold up whoever has left already. */
  async #leave(stream: number, { pieces, pulling }: OpenStream): Promise<void> {
    this.#streams.delete(stream);
    // Whoever leaves has its answer already; that closing fails changes nothing about it.
    const closing = Promise.resolve(pieces.return?.()).catch(() => undefined);
    if (!pulling) await closing;
  }
}
