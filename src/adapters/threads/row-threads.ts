import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { TickloomError } from '../../core/errors/index.js';
import type { ChunkRows, OpenRowsOptions } from '../../core/pipeline/chunk-rows.js';
import type { Chunk } from '../../core/source/source.js';
import type { RowsJob } from './thread-messages.js';
import { ThreadRows } from './thread-rows.js';

/** The first that a thread says: what it can do, or why it cannot. */
export type ThreadReady =
  { readonly ready: true; readonly offers: string } | { readonly ready: false; readonly why: string };

/** What a thread gets for each chunk. */
export interface ThreadOrder {
  readonly job: RowsJob;
  readonly port: MessagePort;
}

export interface RowThreadsOptions {
  /** The module that a thread runs. It says {@link ThreadReady}, then takes a {@link ThreadOrder} for each chunk. */
  readonly script: URL;
  /** Handed to the script as its `workerData`. */
  readonly data: unknown;
  /** Most threads at once, at least 1. */
  readonly most: number;
}

/** Time for a thread to end by itself. */
const GRACE_MS = 5000;

/** The threads of a run: started when there is work for them, shared by its chunks, gone when it is closed. */
export class RowThreads {
  readonly #threads: RowThread[] = [];
  /** What the first of them offers. */
  #offers: string | undefined;

  constructor(private readonly options: RowThreadsOptions) {}

  /**
   * Starts the first thread, if none runs yet.
   * @returns what it offers
   * @throws Error when it cannot start
   */
  async offers(): Promise<string> {
    const [first = this.#start()] = this.#threads;
    return first.ready;
  }

  /** Begins the work on a chunk in the thread that has the least to do. */
  open(chunk: Chunk, options: OpenRowsOptions): ChunkRows {
    const thread = this.#leastBusy();
    const { port1, port2 } = new MessageChannel();
    const { source, fragment, parts, partsStartApart = false, origin } = chunk;
    const split = parts?.map((part) => part.source) ?? null;
    const job = {
      source,
      fragment: fragment && { ...fragment },
      parts: split,
      partsStartApart,
      instruments: origin?.instruments ?? [],
    };
    thread.begin({ job, port: port2 });
    port1.once('close', () => thread.ended());
    const lost = thread.lost.then((why) => threadLost(source, why));
    return new ThreadRows(chunk, { port: port1, lost, kill: () => thread.kill() }, options);
  }

  /** Ends all threads. What they have in work is lost. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  #leastBusy(): RowThread {
    const [best] = [...this.#threads].sort((a, b) => a.jobs - b.jobs);
    return best === undefined || (best.jobs > 0 && this.#threads.length < this.options.most) ? this.#start() : best;
  }

  #start(): RowThread {
    const thread = new RowThread(this.options);
    this.#threads.push(thread);
    // Only the first is looked at before it gets work: one that starts later, and finds other plugins, is none of them.
    void thread.ready.then(
      (offers) => {
        this.#offers ??= offers;
        if (offers !== this.#offers) thread.kill();
      },
      () => thread.kill(),
    );
    void thread.lost.then(() => {
      const at = this.#threads.indexOf(thread);
      if (at >= 0) this.#threads.splice(at, 1);
    });
    return thread;
  }
}

class RowThread {
  jobs = 0;
  /** What it offers. */
  readonly ready: Promise<string>;
  /** Resolves with the reason when it has ended. */
  readonly lost: Promise<string>;
  readonly #worker: Worker;

  constructor({ script, data }: RowThreadsOptions) {
    const worker = new Worker(script, { workerData: data, name: 'tickloom rows' });
    this.#worker = worker;
    let why: string | undefined;
    worker.once('error', (error: Error) => (why = error.message));
    this.lost = new Promise((resolve) => {
      worker.once('exit', (code) => resolve(why ?? `it ended with code ${code}`));
    });
    this.ready = new Promise((resolve, reject) => {
      worker.once('message', (said: ThreadReady) => (said.ready ? resolve(said.offers) : reject(new Error(said.why))));
      void this.lost.then((reason) => reject(new Error(reason)));
    });
    // Whoever waits for it hears of it.
    this.ready.catch(() => undefined);
  }

  begin(order: ThreadOrder): void {
    this.jobs += 1;
    this.#worker.postMessage(order, [order.port]);
  }

  ended(): void {
    this.jobs -= 1;
  }

  kill(): void {
    void this.#worker.terminate();
  }

  /** Lets it end by itself, and ends it when it does not. */
  async close(): Promise<void> {
    const late = setTimeout(() => this.kill(), GRACE_MS);
    this.#worker.postMessage(null);
    await this.lost;
    clearTimeout(late);
  }
}

function threadLost(source: string, why: string): TickloomError {
  return new TickloomError('THREAD_LOST', `"${source}": the thread that makes its rows is gone: ${why}`, {
    hint: 'Run the same command again; with --workers 0 it needs no threads.',
    context: { source },
  });
}
