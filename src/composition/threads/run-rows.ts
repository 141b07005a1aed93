import { availableParallelism } from 'node:os';
import type { DependencyContainer } from 'tsyringe';
import type { RowThreads } from '../../adapters/threads/index.js';
import { asTickloomError } from '../../core/errors/index.js';
import type { OpenRows } from '../../core/pipeline/chunk-rows.js';
import { openDecodedRows } from '../../core/pipeline/decoded-rows.js';
import type { ProgressEvent } from '../../core/progress/progress-event.js';
import type { PluginRegistry } from '../../core/registry/plugin-registry.js';
import type { Chunk } from '../../core/source/source.js';
import { ChosenRows } from './chosen-rows.js';
import { offersOf } from './thread-setup.js';
import { threadCount, worthAThread, type RunLoad, type Workers } from './thread-count.js';
import { PARTS } from '../tokens.js';

export interface RunRowsOptions {
  readonly workers: Workers;
  readonly load: RunLoad;
  readonly emit: (event: ProgressEvent) => void;
}

/** Where the rows of a run are made: on this thread, or on threads of the run's own. */
export class RunRows {
  readonly #here: OpenRows;
  readonly #threads: RowThreads | undefined;
  /** What threads must offer: the plugins that they have must be those that are here. */
  readonly #expected: string;
  #usable: Promise<boolean> | undefined;

  constructor(
    parts: DependencyContainer,
    private readonly registry: PluginRegistry,
    private readonly options: RunRowsOptions,
  ) {
    // A decompressor of the host's is a function, and cannot go to a thread.
    const { decompress: ofHost } = parts.resolve(PARTS.replace);
    const most = ofHost === undefined ? threadCount(options.workers, options.load, availableParallelism()) : 0;
    this.#here = openDecodedRows({ registry, decompress: parts.resolve(PARTS.decompress) });
    this.#expected = offersOf(registry);
    if (most > 0) this.#threads = parts.resolve(PARTS.rowThreads)(registry, most);
  }

  readonly open: OpenRows = (chunk, options) =>
    this.#threads === undefined
      ? this.#here(chunk, options)
      : new ChosenRows(
          { here: this.#here, inThread: this.#inThread, threadsServe: this.#threadsServe },
          chunk,
          options,
        );

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#threads?.close();
  }

  readonly #inThread = async (chunk: Chunk): Promise<OpenRows | null> => {
    const threads = this.#threads;
    if (threads === undefined || !worthAThread(this.options.workers, chunk.sizeBytes)) return null;
    this.#usable ??= this.#examine(threads);
    return (await this.#usable) ? (of, options) => threads.open(of, options) : null;
  };

  readonly #threadsServe = (schema: string | null): boolean => {
    const schemas = schema === null ? this.registry.list() : [this.registry.find(schema)];
    return schemas.every((each) => each !== undefined && each.module !== null);
  };

  async #examine(threads: RowThreads): Promise<boolean> {
    let why = 'it finds other plugins than this one';
    try {
      if ((await threads.offers()) === this.#expected) return true;
    } catch (error) {
      why = asTickloomError(error).message;
    }
    const text = `a thread to make rows in is of no use: ${why}; the main thread makes them`;
    this.options.emit({ type: 'note', level: 'warning', text });
    return false;
  }
}
