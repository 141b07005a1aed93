import { createHash } from 'node:crypto';
import { DbnDecoder } from '../dbn/decode/dbn-decoder.js';
import { isSameHeader } from '../dbn/decode/header-start.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { isTickloomError, TickloomError } from '../errors/index.js';
import type { Chunk, ChunkPart } from '../source/source.js';
import type { Decompress } from './decompress.js';

/** What a stream turned out to be, once read to its end. */
export interface ReadSummary {
  /** SHA-256, hex, of the uncompressed stream. */
  readonly contentSha256: string;
  readonly contentBytes: number;
  readonly sourceBytes: number;
}

/** What of a chunk is needed to read it. */
export type ReadableChunk = ChunkPart & Pick<Chunk, 'fragment' | 'parts' | 'partsStartApart'>;

/**
 * Reads one chunk from its first byte to its last: opens, decompresses, hashes, decodes; of a chunk in parts the header
 * once and the records of all. Pulled, and that is how a slow
 * database slows the reading down. Call `header`, then go through `batches`, then `summary`; `close` at the end of all.
 */
export class ChunkReader {
  /** Of the part in hand. */
  decoder: DbnDecoder;
  readonly #parts: readonly ChunkPart[];
  readonly #hash = createHash('sha256');
  #stream: AsyncIterator<Uint8Array>;
  /** Index of the part in hand, and the records of those before it. */
  #part = 0;
  #recordsBefore = 0;
  /** The header of the first part, once it has been read. */
  #header: Uint8Array | undefined;
  /** Bytes to come of a header that was there before. */
  #repeatedBytes = 0;
  #contentBytes = 0;
  #sourceBytes = 0;
  #ended = false;

  constructor(
    private readonly chunk: ReadableChunk,
    private readonly decompress: Decompress,
    private readonly signal: AbortSignal,
    private readonly onBytes: (bytes: number) => void = () => undefined,
  ) {
    const { fragment } = chunk;
    this.decoder = new DbnDecoder(
      fragment === null ? {} : { fragment: { version: fragment.version, tsOut: fragment.tsOut } },
    );
    this.#parts = chunk.parts ?? [chunk];
    this.#stream = this.#openPart();
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
          const firstOrdinal = batch.firstOrdinal + this.#recordsBefore;
          yield this.#recordsBefore === 0 ? batch : { ...batch, firstOrdinal };
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
      this.decoder.end();
      this.#ended = !this.#nextPart();
      return !this.#ended;
    }
    this.#take(next.value);
    this.decoder.push(next.value);
    if (this.#part > 0 && this.decoder.headerBytes !== undefined) this.#requireSameHeader(this.decoder.headerBytes);
    return true;
  }

  /** Counts and hashes what belongs to the chunk: not the header over again. */
  #take(bytes: Uint8Array): void {
    const repeated = Math.min(this.#repeatedBytes, bytes.byteLength);
    this.#repeatedBytes -= repeated;
    this.#contentBytes += bytes.byteLength - repeated;
    this.#hash.update(bytes.subarray(repeated));
  }

  #nextPart(): boolean {
    if (this.#part + 1 >= this.#parts.length) return false;
    this.#header ??= this.decoder.headerBytes;
    this.#recordsBefore += this.decoder.records;
    this.#repeatedBytes = this.#header?.byteLength ?? 0;
    this.decoder = new DbnDecoder();
    this.#part += 1;
    this.#stream = this.#openPart();
    return true;
  }

  #requireSameHeader(found: Uint8Array): void {
    const expected = this.#header ?? new Uint8Array();
    if (found === expected) return;
    if (!isSameHeader(found, expected, { butStart: this.chunk.partsStartApart })) {
      throw new TickloomError('CHUNK_CHANGED', `its header is another than that of "${this.#parts[0]?.source ?? ''}"`, {
        hint: 'Run the same command again when the files are complete.',
      });
    }
    this.#header = found;
  }

  #openPart(): AsyncIterator<Uint8Array> {
    return this.decompress(this.#stored(this.#parts[this.#part] as ChunkPart))[Symbol.asyncIterator]();
  }

  async *#stored(part: ChunkPart): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of part.open(this.signal)) {
      this.#throwIfAborted();
      this.#sourceBytes += bytes.byteLength;
      this.onBytes(bytes.byteLength);
      yield bytes;
    }
  }

  /** Codec and decompressor know positions; which stream it was is known here. */
  #named(error: unknown): unknown {
    const { source } = this.#parts[this.#part] as ChunkPart;
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
