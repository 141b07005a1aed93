import { cancelled } from '../../core/pipeline/chunk-reader.js';
import { errorFromData } from './error-data.js';
import type { FromThread, ToThread } from './thread-messages.js';

/** Pieces asked for before they are needed, so that reading and decoding go on side by side. */
const READ_AHEAD = 2;

type Arrived = { readonly bytes: Uint8Array | null } | { readonly error: Error };

/** The bytes of a chunk, in a thread: asked for from the run, which has the file, the archive or the socket. */
export class ThreadInput {
  readonly #streams = new Map<number, ArrivedPieces>();
  /** Errors of the run's own, by the number under which it keeps them. */
  readonly #failures = new WeakMap<Error, number>();
  #next = 0;

  constructor(
    private readonly post: (message: FromThread) => void,
    private readonly signal: AbortSignal,
    /** Called when bytes are waited for. */
    private readonly onWait: () => void,
  ) {
    signal.addEventListener('abort', () => {
      for (const stream of this.#streams.values()) stream.arrive({ error: cancelled() });
    });
  }

  /** @param part of those that the chunk was split into; `null` for one that is one stream */
  async *open(part: number | null): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.signal.aborted) throw cancelled();
    const stream = this.#next++;
    const arrived = new ArrivedPieces();
    this.#streams.set(stream, arrived);
    this.post({ type: 'open', stream, part });
    try {
      for (let ahead = 1; ahead < READ_AHEAD; ahead++) this.post({ type: 'read', stream });
      for (;;) {
        this.post({ type: 'read', stream });
        if (arrived.isEmpty) this.onWait();
        const next = await arrived.take();
        if ('error' in next) throw next.error;
        if (next.bytes === null) return;
        yield next.bytes;
      }
    } finally {
      this.#streams.delete(stream);
      this.post({ type: 'leave', stream });
    }
  }

  /** Takes what the run answered. What comes for a stream that was left is dropped. */
  take(message: Extract<ToThread, { type: 'piece' | 'input-failed' }>): void {
    const stream = this.#streams.get(message.stream);
    if (message.type === 'piece') {
      stream?.arrive({ bytes: message.bytes });
      return;
    }
    const error = errorFromData(message.error);
    this.#failures.set(error, message.failure);
    stream?.arrive({ error });
  }

  /** The number of an error that came from the run and left as it is; `null` for every other. */
  failureOf(error: unknown): number | null {
    return error instanceof Error ? (this.#failures.get(error) ?? null) : null;
  }
}

/** Pieces in the order in which they came, taken one at a time. */
class ArrivedPieces {
  readonly #arrived: Arrived[] = [];
  #waiting: ((piece: Arrived) => void) | undefined;

  get isEmpty(): boolean {
    return this.#arrived.length === 0;
  }

  arrive(piece: Arrived): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#arrived.push(piece);
    else waiting(piece);
  }

  async take(): Promise<Arrived> {
    const arrived = this.#arrived.shift();
    return arrived ?? new Promise((resolve) => (this.#waiting = resolve));
  }
}
