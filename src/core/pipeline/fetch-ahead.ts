import type { ProgressEvent } from '../progress/progress-event.js';
import type { Chunk } from '../source/source.js';

export interface FetchAheadOptions {
  /** Chunks that may be fetched and not yet taken, at least 1. */
  readonly depth: number;
  readonly emit: (event: ProgressEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Brings the bytes of chunks within reach in the order of the plan, ahead of the loading, so that the network and the
 * database work at the same time. How far ahead is bounded: what is fetched waits on disk, what failed waits here.
 */
export class FetchAhead {
  readonly #outcomes: (Promise<void> | undefined)[];
  #next = 0;
  #ahead = 0;

  constructor(
    private readonly chunks: readonly Chunk[],
    private readonly options: FetchAheadOptions,
  ) {
    this.#outcomes = new Array<Promise<void> | undefined>(chunks.length).fill(undefined);
  }

  /**
   * Resolves when the bytes of this chunk are within reach. Called once for each chunk, in the order of the plan.
   * @throws what its fetch threw
   */
  async take(index: number): Promise<void> {
    if (this.chunks[index]?.fetch === undefined) return;
    while (this.#next <= index) this.#startNext();
    try {
      await this.#outcomes[index];
    } finally {
      this.#ahead -= 1;
      this.#outcomes[index] = undefined;
      this.#fill();
    }
  }

  /** Resolves when nothing is being fetched any more. Abort the signal first. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#outcomes.filter((outcome) => outcome !== undefined));
  }

  #fill(): void {
    while (this.#ahead < this.options.depth && this.#next < this.chunks.length && !this.options.signal.aborted) {
      this.#startNext();
    }
  }

  #startNext(): void {
    const index = this.#next++;
    const chunk = this.chunks[index];
    if (chunk?.fetch === undefined) return;
    const { emit, signal } = this.options;
    this.#ahead += 1;
    emit({ type: 'fetch_started', chunk: index, source: chunk.source });
    const fetched = chunk.fetch({
      signal,
      onBytes: (bytes) => emit({ type: 'bytes_fetched', chunk: index, bytes }),
      onNote: (level, text) => emit({ type: 'note', level, text: `${chunk.source}: ${text}` }),
    });
    // Whoever takes the chunk hears of its failure; until then nobody may be listening.
    fetched.catch(() => undefined);
    this.#outcomes[index] = fetched;
    // A download that ends leaves the network to the next one.
    void fetched.then(
      () => {
        emit({ type: 'fetch_finished', chunk: index });
        this.#fill();
      },
      () => undefined,
    );
  }
}
