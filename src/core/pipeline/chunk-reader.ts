import { createHash } from 'node:crypto';
import { DbnDecoder } from '../dbn/decode/dbn-decoder.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { TickloomError } from '../errors/index.js';
import type { Chunk } from '../source/source.js';
import type { Decompress } from './decompress.js';

/** What a stream turned out to be, once read to its end. */
export interface ReadSummary {
  /** SHA-256, hex, of the uncompressed stream. */
  readonly contentSha256: string;
  readonly contentBytes: number;
  readonly sourceBytes: number;
}

/** Who is given what a {@link ChunkReader} reads, in stream order. */
export interface StreamConsumer {
  /** Once, when the header is read (of a fragment: with the first bytes), before any batch. */
  onHeader?(decoder: DbnDecoder): Promise<'go on' | 'stop'>;
  /** The batch is valid until the promise resolves. */
  onBatch(batch: RecordBatch): Promise<void> | void;
}

/**
 * Reads one chunk from its first byte to its last: opens, decompresses, hashes, decodes. The consumer is awaited for
 * each batch, and that is how a slow database slows the reading down.
 */
export class ChunkReader {
  readonly decoder: DbnDecoder;
  readonly #hash = createHash('sha256');
  #contentBytes = 0;
  #sourceBytes = 0;

  constructor(
    private readonly chunk: Chunk,
    private readonly decompress: Decompress,
    private readonly signal: AbortSignal,
    private readonly onBytes: (bytes: number) => void = () => undefined,
  ) {
    const { fragment } = chunk;
    this.decoder = new DbnDecoder(
      fragment === null ? {} : { fragment: { version: fragment.version, tsOut: fragment.tsOut } },
    );
  }

  /**
   * @returns the summary, or `undefined` when `onHeader` answered `stop`.
   * @throws the source's, the decompressor's and the decoder's errors, each with its position.
   */
  async read(consumer: StreamConsumer): Promise<ReadSummary | undefined> {
    let headerSeen = false;
    for await (const bytes of this.decompress(this.#stored(), this.signal)) {
      this.#contentBytes += bytes.byteLength;
      this.#hash.update(bytes);
      this.decoder.push(bytes);
      if (!headerSeen && this.decoder.started) {
        headerSeen = true;
        if ((await consumer.onHeader?.(this.decoder)) === 'stop') return undefined;
      }
      for (const batch of this.decoder.batches()) {
        this.#throwIfAborted();
        await consumer.onBatch(batch);
      }
    }
    this.#throwIfAborted();
    this.decoder.end();
    return {
      contentSha256: this.#hash.digest('hex'),
      contentBytes: this.#contentBytes,
      sourceBytes: this.#sourceBytes,
    };
  }

  async *#stored(): AsyncIterable<Uint8Array> {
    for await (const bytes of this.chunk.open(this.signal)) {
      this.#throwIfAborted();
      this.#sourceBytes += bytes.byteLength;
      this.onBytes(bytes.byteLength);
      yield bytes;
    }
  }

  #throwIfAborted(): void {
    if (this.signal.aborted) throw cancelled();
  }
}

export const cancelled = (): TickloomError =>
  new TickloomError('CANCELLED', 'the run was interrupted', { hint: 'Run the same command again to go on from here.' });
