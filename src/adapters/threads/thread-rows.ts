import type { MessagePort } from 'node:worker_threads';
import { Digest } from '../../core/digest/digest.js';
import { cancelled } from '../../core/pipeline/chunk-reader.js';
import type {
  ChunkRows,
  OpenRowsOptions,
  RowBlock,
  RowsOwner,
  RowsTail,
  StreamHead,
  Survey,
} from '../../core/pipeline/chunk-rows.js';
import type { RejectionReason } from '../../core/quarantine/rejection.js';
import type { Chunk } from '../../core/source/source.js';
import { ChunkFeed } from './chunk-feed.js';
import { errorFromData } from './error-data.js';
import type { Answer, Call, FromThread, ToThread } from './thread-messages.js';

/** The connection to a thread that works on one chunk. */
export interface ThreadLine {
  readonly port: MessagePort;
  /** Resolves when the thread has ended, whatever the reason, with what is known of it. */
  readonly lost: Promise<Error>;
  /** Ends the thread, with all that it has in work. */
  kill(): void;
}

type Reply = Extract<FromThread, { type: 'answer' | 'failed' | 'blocks' }>;

/** A thread that does not answer for so long after it was told to stop is ended. */
const GRACE_MS = 5000;

/** The rows of a chunk, made by a thread. */
export class ThreadRows implements ChunkRows {
  readonly #replies: Reply[] = [];
  readonly #feed: ChunkFeed;
  readonly #closed: Promise<void>;
  readonly #onAbort = (): void => this.#fail(cancelled());
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    chunk: Chunk,
    private readonly line: ThreadLine,
    private readonly options: OpenRowsOptions,
  ) {
    const { port, lost } = line;
    const { signal } = options;
    this.#feed = new ChunkFeed(chunk, port, signal);
    let ended: () => void = () => undefined;
    this.#closed = new Promise((resolve) => (ended = resolve));
    port.on('message', (message: FromThread) => {
      if (message.type === 'closed') ended();
      else this.#take(message);
    });
    void lost.then((error) => {
      this.#fail(error);
      ended();
    });
    signal.addEventListener('abort', this.#onAbort);
  }

  async head(): Promise<StreamHead> {
    return (await this.#call({ name: 'head' })) as StreamHead;
  }

  async prepare(): Promise<void> {
    await this.#call({ name: 'prepare' });
  }

  async survey(): Promise<Survey> {
    return (await this.#call({ name: 'survey' })) as Survey;
  }

  async tail(): Promise<RowsTail> {
    return (await this.#call({ name: 'tail' })) as RowsTail;
  }

  async *blocks(owner: RowsOwner): AsyncGenerator<RowBlock, void, undefined> {
    this.#post({ type: 'call', call: { name: 'blocks', owner } });
    for (let reply = await this.#reply(); reply.type === 'blocks'; reply = await this.#reply()) {
      const { memory, blocks } = reply;
      let at = 0;
      for (const { size, digest, rejections, ...block } of blocks) {
        yield {
          ...block,
          tuples: new Uint8Array(memory, at, size),
          ...(digest === null ? {} : { digest: Digest.parse(digest) }),
          rejections: rejections.map((each) => ({ ...each, reasons: JSON.parse(each.reasons) as RejectionReason[] })),
        };
        at += size;
      }
      this.#post({ type: 'taken', memory }, [memory]);
    }
  }

  async close(): Promise<void> {
    const { port } = this.line;
    this.options.signal.removeEventListener('abort', this.#onAbort);
    this.#post({ type: 'close' });
    const late = setTimeout(() => this.line.kill(), GRACE_MS);
    await this.#closed;
    clearTimeout(late);
    await this.#feed.close();
    port.close();
  }

  async #call(call: Call): Promise<Answer> {
    this.#post({ type: 'call', call });
    const reply = await this.#reply();
    return reply.type === 'answer' ? reply.answer : null;
  }

  /** The next reply. What had come before the run was stopped, or the thread lost, is no longer wanted. */
  async #reply(): Promise<Exclude<Reply, { type: 'failed' }>> {
    if (this.options.signal.aborted) this.#onAbort();
    while (this.#replies.length === 0 && this.#failure === undefined) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const reply = this.#replies.shift() as Reply;
    if (reply.type !== 'failed') return reply;
    throw reply.failure === null ? errorFromData(reply.error) : this.#feed.failure(reply.failure);
  }

  #take(message: Exclude<FromThread, { type: 'closed' }>): void {
    if (message.type === 'bytes') this.options.onBytes(message.bytes);
    else if (message.type === 'open' || message.type === 'read' || message.type === 'leave') this.#feed.take(message);
    else {
      this.#replies.push(message);
      this.#wake?.();
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  #post(message: ToThread, transfer: ArrayBuffer[] = []): void {
    this.line.port.postMessage(message, transfer);
  }
}
