import { createHash } from 'node:crypto';
import { DbnDecoder } from '../dbn/decode/dbn-decoder.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { isTickloomError, TickloomError } from '../errors/index.js';
import type { Chunk } from '../source/source.js';
import type { Decompress } from './decompress.js';

/** What a stream turned out to be, once read to its end. */
export interface ReadSummary {
  /** SHA-256, hex, of the uncompressed stream. */
  readonly contentSha256: string;
  readonly contentBytes: number;
  readonly sourceBytes: number;
}

/**
 * Reads one chunk from its first byte to its last: opens, decompresses, hashes, decodes. Pulled, and that is how a slow
 * database slows the reading down. Call `header`, then go through `batches`, then `summary`; `close` at the end of all.
 */
export class ChunkReader {
  readonly decoder: DbnDecoder;
  readonly #hash = createHash('sha256');
  readonly #stream: AsyncIterator<Uint8Array>;
  #contentBytes = 0;
  #sourceBytes = 0;
  #ended = false;

  constructor(
    private readonly chunk: Chunk,
    decompress: Decompress,
    private readonly signal: AbortSignal,
    private readonly onBytes: (bytes: number) => void = () => undefined,
  ) {
    const { fragment } = chunk;
    this.decoder = new DbnDecoder(
      fragment === null ? {} : { fragment: { version: fragment.version, tsOut: fragment.tsOut } },
    );
    this.#stream = decompress(this.#stored())[Symbol.asyncIterator]();
  }

  /**
   * Reads until the header is known, or the stream known to have none.
   * @throws the source's, the decompressor's and the decoder's errors, each with its position
   */
  async header(): Promise<DbnDecoder> {
    try {
      while (!this.decoder.started && (await this.#more()));
      return this.decoder;
    } catch (error) {
      throw this.#named(error);
    }
  }

  /** The records. A batch is valid until the next one is asked for. @throws as {@link header} */
  async *batches(): AsyncGenerator<RecordBatch, void, undefined> {
    await this.header();
    try {
      do {
        for (const batch of this.decoder.batches()) {
          this.#throwIfAborted();
          yield batch;
        }
      } while (await this.#more());
    } catch (error) {
      throw this.#named(error);
    }
  }

  /** Of the whole stream, once all batches have been taken. */
  summary(): ReadSummary {
    if (!this.#ended) throw new TickloomError('INVARIANT', 'a stream was summed up before its end');
    return {
      contentSha256: this.#hash.digest('hex'),
      contentBytes: this.#contentBytes,
      sourceBytes: this.#sourceBytes,
    };
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await this.#stream.return?.();
  }

  /** Takes the next bytes; false at the end of the stream, which the decoder has then checked. */
  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#stream.next();
    this.#throwIfAborted();
    if (next.done === true) {
      this.#ended = true;
      this.decoder.end();
      return false;
    }
    this.#contentBytes += next.value.byteLength;
    this.#hash.update(next.value);
    this.decoder.push(next.value);
    return true;
  }

  async *#stored(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of this.chunk.open(this.signal)) {
      this.#throwIfAborted();
      this.#sourceBytes += bytes.byteLength;
      this.onBytes(bytes.byteLength);
      yield bytes;
    }
  }

  /** Codec and decompressor know positions; which stream it was is known here. */
  #named(error: unknown): unknown {
    const { source } = this.chunk;
    if (!isTickloomError(error) || error.action !== 'fail-chunk' || error.message.includes(`"${source}"`)) return error;
    const { code, message, hint, context, cause } = error;
    return new TickloomError(code, `"${source}": ${message}`, {
      ...(hint === undefined ? {} : { hint }),
      context: { source, ...context },
      cause,
    });
  }

  #throwIfAborted(): void {
    if (this.signal.aborted) throw cancelled();
  }
}

export const cancelled = (): TickloomError =>
  new TickloomError('CANCELLED', 'the run was interrupted', { hint: 'Run the same command again to go on from here.' });
