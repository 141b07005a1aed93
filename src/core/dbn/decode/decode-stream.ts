import { TickloomError } from '../../errors/index.js';
import type { Metadata } from '../metadata.js';
import type { RecordBatch } from '../record-batch.js';
import { DbnDecoder } from './dbn-decoder.js';

/**
 * Drives a decoder with the pieces of a stream. A batch is valid until the next one is asked for; leaving the loop early
 * closes the source. The decoder has the metadata from the first batch on, at the latest when the loop is over.
 * @throws what the decoder throws, and what the source does
 */
export async function* decodeStream(
  source: AsyncIterable<Uint8Array>,
  decoder: DbnDecoder,
): AsyncGenerator<RecordBatch, void, undefined> {
  for await (const piece of source) {
    decoder.push(piece);
    yield* decoder.batches();
  }
  decoder.end();
}

/** A header, decoded and as it came. */
export interface DecodedHeader {
  readonly metadata: Metadata;
  readonly headerBytes: Uint8Array;
}

/**
 * Reads no more of a stream than its header takes, then closes the source.
 * @throws NOT_DBN (also for a fragment), DBN_LEGACY, DBN_VERSION, METADATA_INVALID, EMPTY_STREAM, DECODE_TRUNCATED
 */
export async function decodeHeader(source: AsyncIterable<Uint8Array>): Promise<DecodedHeader> {
  const decoder = new DbnDecoder();
  for await (const piece of source) {
    decoder.push(piece);
    const { metadata, headerBytes } = decoder;
    if (metadata !== undefined && headerBytes !== undefined) return { metadata, headerBytes };
  }
  decoder.end();
  throw new TickloomError('INVARIANT', 'a stream without an error ended without a header');
}
