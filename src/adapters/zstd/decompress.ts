import { DETECTION_BYTES, detectContainer } from '../../core/dbn/decode/detect-container.js';
import { legacyError } from '../../core/dbn/decode/header-assembler.js';
import { giveBack } from '../../core/source/lent-bytes.js';
import type { DecompressionEngine, ZstdRung } from './engine.js';
import { FrameScanner, type FramePiece } from './frame-scanner.js';
import { fzstdEngine } from './fzstd-engine.js';
import { nodeEngine } from './node-engine.js';
import { programEngine } from './program-engine.js';
import { splitRawBlocks } from './split-raw-blocks.js';
import { zstdExpansion, zstdUnavailable } from './zstd-errors.js';

/** From the best to the one that is always there. */
const LADDER: readonly DecompressionEngine[] = [nodeEngine, programEngine, fzstdEngine];

export interface DecompressOptions {
  /** Uses this rung whatever else is there. Default: the best one available. */
  readonly rung?: ZstdRung;
  /** Most bytes of output for each byte of input; default {@link LARGEST_EXPANSION}. */
  readonly largestExpansion?: number;
}

/**
 * Real files shrink to a third, bars and definitions to a fiftieth at most; zstd itself can go to 1 : 30,000, which
 * nothing but a file made to fill a disk does.
 */
export const LARGEST_EXPANSION = 1000;
/** So much is decompressed whatever the ratio: a few records that are alike are no bomb. */
const HARMLESS_BYTES = 64 * 1024 * 1024;

/**
 * Decompresses a zstd stream of any number of frames; every other stream passes as it is. One piece of input is in
 * memory at a time, besides the window of the frame. What it gives is valid until the next is asked for. Leaving the output
 * early closes the source.
 * @throws DBN_LEGACY for a DBZ file, ZSTD_TRUNCATED, ZSTD_CHECKSUM, ZSTD_FAILED, ZSTD_WINDOW, ZSTD_EXPANSION, ZSTD_UNAVAILABLE, with
 * positions in the compressed stream, and what the source throws
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new PeekedSource(source);
  try {
    const container = detectContainer(await input.peek(DETECTION_BYTES));
    if (container === 'dbz') throw legacyError();
    if (container === 'zstd') yield* expand(input, await engineFor(options.rung), options.largestExpansion);
    else yield* plain(input);
  } finally {
    await input.close();
  }
}

/**
 * Decompresses a stream that may be cut: like {@link decompress}, but all that can be had comes before the error, whatever
 * this computer has for zstd. Slower; what comes of an unfinished frame has not been compared with its checksum.
 * @throws what {@link decompress} throws
 */
export async function* salvage(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new PeekedSource(source);
  try {
    const container = detectContainer(await input.peek(DETECTION_BYTES));
    if (container === 'dbz') throw legacyError();
    if (container === 'zstd') yield* fzstdEngine.decompress(splitRawBlocks(framePieces(input, 'blocks')));
    else yield* input;
  } finally {
    await input.close();
  }
}

async function* plain(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of input) {
    yield bytes;
    giveBack(bytes);
  }
}

/** Decompresses, and stops when far more comes out than goes in. */
async function* expand(
  input: PeekedSource,
  engine: DecompressionEngine,
  largest = LARGEST_EXPANSION,
): AsyncGenerator<Uint8Array, void, undefined> {
  let produced = 0;
  for await (const bytes of engine.decompress(framePieces(input, engine.takes))) {
    produced += bytes.length;
    if (produced > HARMLESS_BYTES && produced > largest * input.bytesRead) {
      throw zstdExpansion(input.bytesRead, produced, largest);
    }
    yield bytes;
  }
}

/** The rungs that can be used here, best first. */
export async function availableRungs(): Promise<ZstdRung[]> {
  const available = await Promise.all(LADDER.map((engine) => engine.available()));
  return LADDER.filter((_, index) => available[index]).map((engine) => engine.rung);
}

async function engineFor(rung: ZstdRung | undefined): Promise<DecompressionEngine> {
  for (const engine of LADDER) {
    if (rung !== undefined && engine.rung !== rung) continue;
    if (await engine.available()) return engine;
  }
  throw zstdUnavailable(rung ?? 'none', 'this Node or computer does not have it');
}

async function* framePieces(
  source: AsyncIterable<Uint8Array>,
  gives: DecompressionEngine['takes'],
): AsyncGenerator<FramePiece, void, undefined> {
  const scanner = new FrameScanner(gives);
  for await (const bytes of source) {
    yield* scanner.scan(bytes);
    if (gives === 'runs') giveBack(bytes);
  }
  scanner.end();
}

/** A source whose first bytes can be looked at before it is read. */
class PeekedSource implements AsyncIterable<Uint8Array> {
  /** Bytes taken from the source so far. */
  bytesRead = 0;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #peeked: Uint8Array[] = [];
  #over = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** The first `count` bytes, or all there are. */
  async peek(count: number): Promise<Uint8Array> {
    let length = 0;
    while (length < count) {
      const next = await this.#iterator.next();
      if (next.done === true) {
        this.#over = true;
        break;
      }
      this.bytesRead += next.value.length;
      this.#peeked.push(next.value);
      length += next.value.length;
    }
    return Buffer.concat(this.#peeked);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#peeked.splice(0);
    while (!this.#over) {
      const next = await this.#iterator.next();
      if (next.done === true) {
        this.#over = true;
        return;
      }
      this.bytesRead += next.value.length;
      yield next.value;
    }
  }

  async close(): Promise<void> {
    if (!this.#over) await this.#iterator.return?.();
  }
}
