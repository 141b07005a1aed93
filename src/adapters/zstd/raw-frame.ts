import { FRAME_MAGIC, LARGEST_BLOCK } from './frame-scanner.js';
import { Xxh64 } from './xxh64.js';

/** No content size, no dictionary, a checksum, not a single segment. */
const DESCRIPTOR = 0x04;
/** A window of 128 KiB, the size of the largest block. */
const WINDOW = 7 << 3;

/**
 * Writes a valid zstd frame without compressing anything: stored blocks and a checksum. What is left when nothing
 * can compress.
 */
export async function* rawFrame(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = new Xxh64();
  const header = Buffer.alloc(6);
  header.writeUInt32LE(FRAME_MAGIC, 0);
  header.writeUInt8(DESCRIPTOR, 4);
  header.writeUInt8(WINDOW, 5);
  let begun = false;
  for await (const bytes of source) {
    if (!begun) yield header;
    begun = true;
    hash.update(bytes);
    for (let at = 0; at < bytes.length; at += LARGEST_BLOCK) {
      const block = bytes.subarray(at, at + LARGEST_BLOCK);
      yield blockHeader(block.length, false);
      yield block;
    }
  }
  if (!begun) yield header;
  yield blockHeader(0, true);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(hash.digestLow());
  yield checksum;
}

function blockHeader(size: number, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (last ? 1 : 0), 0, 3);
  return header;
}
