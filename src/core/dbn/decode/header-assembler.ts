import { TickloomError } from '../../errors/index.js';
import { hexOf } from '../../text/hex-of.js';
import { decodePrelude, PRELUDE_SIZE } from './decode-metadata.js';
import { DETECTION_BYTES, detectContainer } from './detect-container.js';
import { adviceForNoDbn } from './mistaken-for-dbn.js';

/** What stands at the beginning of a stream: a header, or nothing when it is a fragment. */
export interface StreamStart {
  readonly header: Uint8Array | undefined;
  /** The bytes behind the header that have come already. */
  readonly rest: Uint8Array;
}

/**
 * Gathers the header of a stream from pieces of any size. Its memory follows what has come, never what a length
 * announces.
 */
export class HeaderAssembler {
  readonly #fragmentAllowed: boolean;
  #buffer = new Uint8Array(1024);
  #length = 0;
  #needed = DETECTION_BYTES;

  /** With `fragmentAllowed`, a stream that does not begin with the magic is a fragment instead of an error. */
  constructor(fragmentAllowed: boolean) {
    this.#fragmentAllowed = fragmentAllowed;
  }

  /** What has come so far of a header that is not complete. */
  get gathered(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /**
   * Takes the next piece; gives `undefined` while more is needed.
   * @throws NOT_DBN, DBN_LEGACY, DBN_VERSION, METADATA_INVALID
   */
  push(piece: Uint8Array): StreamStart | undefined {
    let taken = this.#take(piece);
    if (this.#length < this.#needed) return undefined;
    if (this.#needed === DETECTION_BYTES) {
      if (!this.#recognise()) return { header: undefined, rest: joined(this.gathered, piece.subarray(taken)) };
      this.#needed = PRELUDE_SIZE + decodePrelude(this.gathered).length;
      taken += this.#take(piece.subarray(taken));
      if (this.#length < this.#needed) return undefined;
    }
    return { header: this.gathered, rest: piece.subarray(taken) };
  }

  /** False for a fragment. */
  #recognise(): boolean {
    const container = detectContainer(this.gathered);
    if (container === 'dbn') return true;
    if (container === 'dbz') throw legacyError();
    if (this.#fragmentAllowed) return false;
    throw notDbnError(this.gathered);
  }

  #take(piece: Uint8Array): number {
    const count = Math.min(piece.length, this.#needed - this.#length);
    const filled = this.#length + count;
    if (filled > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#needed, Math.max(filled, 2 * this.#buffer.length)));
      larger.set(this.gathered);
      this.#buffer = larger;
    }
    this.#buffer.set(piece.subarray(0, count), this.#length);
    this.#length = filled;
    return count;
  }
}

/** For input in the format that came before DBN. */
export function legacyError(): TickloomError {
  return new TickloomError(
    'DBN_LEGACY',
    'the input is a legacy DBZ file, the predecessor of DBN, which cannot be read',
    {
      hint: 'Request the data again, or convert the file with an old release of the vendor\'s "dbn" program.',
      context: { byte: 0 },
    },
  );
}

/** For input that is neither DBN nor anything else that is recognised. */
export function notDbnError(firstBytes: Uint8Array): TickloomError {
  const found = hexOf(firstBytes.subarray(0, 4));
  return new TickloomError(
    'NOT_DBN',
    `the input is not DBN: it begins with the bytes "${found}", expected "44 42 4e"`,
    {
      hint: adviceForNoDbn(firstBytes),
      context: { byte: 0, found },
    },
  );
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
