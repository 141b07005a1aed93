import { constants, open } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { TickloomError } from '../../core/errors/index.js';
import type { Chunk, FragmentDeclaration } from '../../core/source/source.js';
import { cancelled, fileError } from './file-error.js';

const openDescriptor = promisify(open);

/** Something that can be read once and has no size: stdin, a named pipe. */
export class PipeChunk implements Chunk {
  readonly repeatable = false;
  readonly sizeBytes = null;
  private opened = false;

  /**
   * @param source `stdin`, or the path as it was given
   * @param connect gives the bytes; called once
   */
  constructor(
    readonly source: string,
    readonly fragment: FragmentDeclaration | null,
    private readonly connect: () => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>,
  ) {}

  /** @throws PATH_UNREADABLE, SOURCE_UNAVAILABLE, CANCELLED, and INVARIANT when it is opened a second time */
  async *open(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    if (signal.aborted) throw cancelled('reading', this.source);
    if (this.opened) {
      throw new TickloomError('INVARIANT', `"${this.source}" was opened twice, it can be read only once`, {
        context: { path: this.source },
      });
    }
    this.opened = true;
    try {
      yield* abortable(await this.connect(), signal, () => cancelled('reading', this.source));
    } catch (error) {
      throw fileError(error, 'cannot read', this.source);
    }
  }
}

/**
 * Opens a named pipe. Not through the thread pool: a thread that waits for a writer who never comes cannot be
 * cancelled, and keeps the process from ending.
 */
export async function connectPipe(path: string): Promise<AsyncIterable<Uint8Array>> {
  const fd = await openDescriptor(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/** Passes on what `bytes` yields, and stops at once when the signal is aborted, also while nothing comes. */
async function* abortable(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  reason: () => Error,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = bytes[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const step = await nextUnlessAborted(iterator, signal, reason);
      if (step.done === true) {
        ended = true;
        return;
      }
      yield step.value;
    }
  } finally {
    if (!ended) leave(bytes, iterator);
  }
}

// Listens anew for every step. One promise raced against all of them would hold on to every chunk there ever was.
function nextUnlessAborted<T>(
  iterator: AsyncIterator<T>,
  signal: AbortSignal,
  reason: () => Error,
): Promise<IteratorResult<T>> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(reason());
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Closes a stream that is not read to its end. Its iterator cannot: it would wait for the read that is under way. */
function leave(bytes: AsyncIterable<Uint8Array>, iterator: AsyncIterator<Uint8Array>): void {
  if (bytes instanceof Readable) bytes.destroy();
  else iterator.return?.().catch(() => undefined);
}
