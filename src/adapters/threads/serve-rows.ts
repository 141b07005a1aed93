import type { MessagePort } from 'node:worker_threads';
import { DecodedRows, type DecodedRowsParts } from '../../core/pipeline/decoded-rows.js';
import { BlockSender } from './block-sender.js';
import { errorToData } from './error-data.js';
import { ThreadInput } from './thread-input.js';
import type { Answer, Call, FromThread, RowsJob, ToThread } from './thread-messages.js';

/**
 * Makes the rows of one chunk, in a thread, as the run asks for them over the port; closes the port at the end.
 * Never throws: what goes wrong is answered.
 */
export function serveRows(port: MessagePort, job: RowsJob, parts: DecodedRowsParts): void {
  const server = new RowsServer(port, job, parts);
  port.on('message', (message: ToThread) => server.take(message));
  // The run has gone without a word.
  port.on('close', () => server.take({ type: 'close' }));
}

class RowsServer {
  readonly #abort = new AbortController();
  readonly #input: ThreadInput;
  readonly #sender: BlockSender;
  readonly #rows: DecodedRows;
  #work: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(
    private readonly port: MessagePort,
    job: RowsJob,
    parts: DecodedRowsParts,
  ) {
    const { signal } = this.#abort;
    this.#sender = new BlockSender(this.#post, signal);
    // A slow pipe holds up nothing that came before.
    const input = new ThreadInput(this.#post, signal, () => this.#sender.flush());
    this.#input = input;
    const { source, fragment, instruments, partsStartApart } = job;
    const openPart = (part: number | null) => () => input.open(part);
    const split = job.parts?.map((name, part) => ({ source: name, open: openPart(part) }));
    const chunk = { source, fragment, partsStartApart, open: openPart(null), ...(split && { parts: split }) };
    this.#rows = new DecodedRows(
      parts,
      { chunk, instruments },
      { signal, onBytes: (bytes) => this.#post({ type: 'bytes', bytes }), digests: true },
    );
  }

  take(message: ToThread): void {
    if (message.type === 'call') this.#work = this.#answer(message.call);
    else if (message.type === 'taken') this.#sender.taken(message.memory);
    else if (message.type === 'close') void this.#close();
    else this.#input.take(message);
  }

  async #answer(call: Call): Promise<void> {
    try {
      this.#post({ type: 'answer', answer: await this.#do(call) });
    } catch (error) {
      this.#post({ type: 'failed', error: errorToData(error), failure: this.#input.failureOf(error) });
    }
  }

  async #do(call: Call): Promise<Answer> {
    if (call.name === 'prepare') await this.#rows.prepare();
    else if (call.name === 'blocks') await this.#blocks(call);
    else return this.#rows[call.name]();
    return null;
  }

  async #blocks({ owner }: Extract<Call, { name: 'blocks' }>): Promise<void> {
    try {
      for await (const block of this.#rows.blocks(owner)) await this.#sender.add(block);
    } finally {
      // What came before an error is written before it, as it would be on one thread.
      if (!this.#closing) this.#sender.flush();
    }
  }

  async #close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#abort.abort();
    await this.#work;
    await this.#rows.close().catch(() => undefined);
    this.#post({ type: 'closed' });
    this.port.close();
  }

  readonly #post = (message: FromThread, transfer: ArrayBuffer[] = []): void =>
    this.port.postMessage(message, transfer);
}
