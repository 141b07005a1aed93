import type { Chunk } from '../source/source.js';
import type {
  ChunkRows,
  OpenRows,
  OpenRowsOptions,
  RowBlock,
  RowsOwner,
  RowsTail,
  StreamHead,
  Survey,
} from './chunk-rows.js';

/**
 * Begins to read the first files of a run while its database is opened: starting a decompressor and compiling what a
 * schema needs take as long as that. What goes wrong there is told of when the run comes to the file.
 */
export class RowsAhead {
  readonly #begun = new Map<Chunk, BegunRows>();

  constructor(private readonly openRows: OpenRows) {}

  /** Files on disk only: opening anything else may cost something, or be possible only once. */
  begin(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      const isFile = chunk.repeatable && chunk.fetch === undefined && chunk.origin?.locations !== undefined;
      if (isFile) this.#begun.set(chunk, new BegunRows(this.openRows, chunk));
    }
  }

  readonly open: OpenRows = (chunk, options) => {
    const begun = this.#begun.get(chunk);
    this.#begun.delete(chunk);
    begun?.handTo(options);
    return begun ?? this.openRows(chunk, options);
  };

  /** Closes what nobody came for. */
  async close(): Promise<void> {
    await Promise.all([...this.#begun.values()].map((rows) => rows.close()));
  }
}

/** Rows whose header is on its way before anybody has asked for it. */
class BegunRows implements ChunkRows {
  readonly #rows: ChunkRows;
  readonly #head: Promise<StreamHead>;
  readonly #prepared: Promise<void>;
  readonly #stop = new AbortController();
  /** Read before there was anybody to tell. */
  #untoldBytes = 0;
  #options: OpenRowsOptions | undefined;
  readonly #onAbort = (): void => this.#stop.abort();

  constructor(open: OpenRows, chunk: Chunk) {
    this.#rows = open(chunk, { signal: this.#stop.signal, onBytes: (bytes) => this.#onBytes(bytes) });
    this.#head = this.#rows.head();
    this.#prepared = this.#head.then(() => this.#rows.prepare());
    // told to whoever asks
    this.#prepared.catch(() => undefined);
  }

  handTo(options: OpenRowsOptions): void {
    this.#options = options;
    const { signal } = options;
    if (signal.aborted) this.#stop.abort();
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  async head(): Promise<StreamHead> {
    if (this.#untoldBytes > 0) this.#options?.onBytes(this.#untoldBytes);
    this.#untoldBytes = 0;
    return this.#head;
  }

  async prepare(): Promise<void> {
    return this.#prepared;
  }

  async survey(): Promise<Survey> {
    return this.#rows.survey();
  }

  blocks(owner: RowsOwner): AsyncIterable<RowBlock> {
    return this.#rows.blocks(owner);
  }

  async tail(): Promise<RowsTail> {
    return this.#rows.tail();
  }

  async close(): Promise<void> {
    if (this.#options === undefined) this.#stop.abort();
    // what is under way ends first: it would open what is being closed
    await this.#prepared.catch(() => undefined);
    this.#options?.signal.removeEventListener('abort', this.#onAbort);
    await this.#rows.close();
  }

  #onBytes(bytes: number): void {
    if (this.#options === undefined) this.#untoldBytes += bytes;
    else this.#options.onBytes(bytes);
  }
}
