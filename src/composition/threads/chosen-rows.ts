import type {
  ChunkRows,
  OpenRows,
  OpenRowsOptions,
  RowBlock,
  RowsOwner,
  RowsTail,
  StreamHead,
  Survey,
} from '../../core/pipeline/chunk-rows.js';
import { readAsOf } from '../../core/pipeline/chunk-rows.js';
import type { Chunk } from '../../core/source/source.js';

/** Two places for the work on a chunk. */
export interface RowsPlaces {
  readonly here: OpenRows;
  /** `null` where there is no thread for this chunk. */
  readonly inThread: (chunk: Chunk) => Promise<OpenRows | null>;
  /** Whether threads have the plugins of a schema; `null` stands for all of them. */
  readonly threadsServe: (schema: string | null) => boolean;
}

/**
 * Makes the rows of a chunk in a thread, where there is one and it has the plugin, else here. Which plugin it takes
 * stands in the header: what turns out to be for this thread is begun again, so that its rows are the same.
 */
export class ChosenRows implements ChunkRows {
  #rows: ChunkRows | undefined;
  #bytesRead = 0;

  constructor(
    private readonly places: RowsPlaces,
    private readonly chunk: Chunk,
    private readonly options: OpenRowsOptions,
  ) {}

  async head(): Promise<StreamHead> {
    const { here, threadsServe } = this.places;
    // A pipe is read once.
    const mayTry = this.chunk.repeatable || threadsServe(null);
    const open = mayTry ? await this.places.inThread(this.chunk) : null;
    if (open !== null) {
      const rows = this.#open(open);
      const head = await rows.head();
      if (threadsServe(readAsOf(this.chunk, head.metadata).schema)) return head;
      await rows.close();
    }
    return this.#open(here).head();
  }

  async prepare(): Promise<void> {
    await this.#chosen.prepare();
  }

  async survey(): Promise<Survey> {
    return this.#chosen.survey();
  }

  blocks(owner: RowsOwner): AsyncIterable<RowBlock> {
    return this.#chosen.blocks(owner);
  }

  async tail(): Promise<RowsTail> {
    return this.#chosen.tail();
  }

  async close(): Promise<void> {
    await this.#rows?.close();
  }

  get #chosen(): ChunkRows {
    return this.#rows as ChunkRows;
  }

  /** What is read for the second time is told of once. */
  #open(open: OpenRows): ChunkRows {
    let bytesRead = 0;
    const onBytes = (bytes: number): void => {
      bytesRead += bytes;
      const news = bytesRead - this.#bytesRead;
      if (news <= 0) return;
      this.#bytesRead = bytesRead;
      this.options.onBytes(news);
    };
    return (this.#rows = open(this.chunk, { signal: this.options.signal, onBytes }));
  }
}
