import { LENGTH_PRIME, PRIME_1, PRIME_2, START_1, START_2 } from '../../digest/row-hasher.js';
import { i32, i64, sequence, type Code, type Local } from '../../wasm/code.js';
import type { FunctionBuilder } from '../../wasm/module-builder.js';

/** Lengths as they stand in front of a cell, big-endian, read as a little-endian word. */
const LENGTH: Readonly<Record<1 | 2 | 4 | 8, number>> = { 1: 0x01000000, 2: 0x02000000, 4: 0x04000000, 8: 0x08000000 };
const NULL_LENGTH = -1;

/** Where a function writes in a row, and what it has hashed of it: given to it, and given back by it. */
export interface RowState {
  /** Address of the next byte of the row. */
  readonly at: Local;
  /** The two halves of the hash. */
  readonly h: Local;
  readonly g: Local;
}

/**
 * Code that writes cells of a row and hashes them as {@link RowHasher} does. A seed of 0 is that of a column that does
 * not count.
 */
export class RowCode {
  readonly #value: Local;
  readonly #high: Local;

  constructor(
    readonly state: RowState,
    builder: FunctionBuilder,
  ) {
    this.#value = builder.local('i32');
    this.#high = builder.local('i32');
  }

  /** Begins the hash of a row. */
  get start(): Code {
    const { h, g } = this.state;
    return sequence(h.set(i32.const(START_1)), g.set(i32.const(START_2)));
  }

  /** Ends the hash of a row. */
  get finish(): Code {
    const { h, g } = this.state;
    return sequence(h.set(i32.xor(h.get, g.get)), spread(h), g.set(i32.add(g.get, h.get)), spread(g));
  }

  /** Goes on so many bytes. */
  advance(bytes: Code): Code {
    const { at } = this.state;
    return at.set(i32.add(at.get, bytes));
  }

  /** Takes one word of a cell into the hash. */
  hash(word: Code): Code {
    const { h, g } = this.state;
    return sequence(
      h.set(i32.rotl(i32.mul(i32.xor(h.get, word), i32.const(PRIME_1)), i32.const(13))),
      g.set(i32.rotl(i32.mul(i32.xor(g.get, h.get), i32.const(PRIME_2)), i32.const(15))),
    );
  }

  /** A cell of so many bytes, of which the words are given, the first ones first. */
  hashCell(seed: number, size: number, words: readonly Code[]): Code {
    if (seed === 0) return [];
    const head = i32.const(headOf(seed, size));
    const [first, ...rest] = words;
    return sequence(
      this.hash(first === undefined ? head : i32.xor(head, first)),
      ...rest.map((word) => this.hash(word)),
    );
  }

  null(): Code {
    return sequence(i32.store(this.state.at.get, i32.const(NULL_LENGTH)), this.advance(i32.const(4)));
  }

  /** `"char"`: one byte. */
  byte(seed: number, byte: Code): Code {
    return sequence(
      this.#value.set(byte),
      this.#length(1),
      i32.store8(this.state.at.get, this.#value.get, 4),
      this.advance(i32.const(5)),
      this.hashCell(seed, 1, [this.#value.get]),
    );
  }

  smallint(seed: number, value: Code): Code {
    const v = this.#value;
    const swapped = i32.or(i32.shl(v.get, i32.const(8)), i32.shiftRight(v.get, i32.const(8)));
    return sequence(
      v.set(i32.and(value, i32.const(0xffff))),
      this.#length(2),
      i32.store16(this.state.at.get, swapped, 4),
      this.advance(i32.const(6)),
      this.hashCell(seed, 2, [v.get]),
    );
  }

  integer(seed: number, value: Code): Code {
    const v = this.#value;
    return sequence(
      v.set(value),
      this.#length(4),
      i32.store(this.state.at.get, swapped(v), 4),
      this.advance(i32.const(8)),
      this.hashCell(seed, 4, [v.get]),
    );
  }

  /** `bigint` and `timestamptz`. @param value an i64 in a variable */
  bigint(seed: number, value: Local): Code {
    const [low, high] = [this.#value, this.#high];
    return sequence(
      high.set(i32.wrap(i64.shiftRight(value.get, i64.const(32n)))),
      low.set(i32.wrap(value.get)),
      this.#length(8),
      i32.store(this.state.at.get, swapped(high), 4),
      i32.store(this.state.at.get, swapped(low), 8),
      this.advance(i32.const(12)),
      this.hashCell(seed, 8, [high.get, low.get]),
    );
  }

  /** Cells that are known beforehand, the same in every row. @param seeds one for each */
  constant(seeds: readonly number[], cells: Uint8Array): Code {
    const view = new DataView(cells.buffer, cells.byteOffset, cells.byteLength);
    const hashes: Code[] = [];
    let from = 0;
    for (const seed of seeds) {
      const size = view.getInt32(from);
      from += 4;
      if (size < 0) continue;
      hashes.push(this.hashCell(seed, size, wordsOf(cells.subarray(from, from + size)).map(i32.const)));
      from += size;
    }
    const stores = [...cells].map((byte, index) => i32.store8(this.state.at.get, i32.const(byte), index));
    return sequence(...stores, this.advance(i32.const(cells.length)), ...hashes);
  }

  #length(size: 1 | 2 | 4 | 8): Code {
    return i32.store(this.state.at.get, i32.const(LENGTH[size]));
  }
}

/** What goes into the first word of a cell: which column it is, and how long. */
function headOf(seed: number, size: number): number {
  return (seed + Math.imul(size, LENGTH_PRIME)) | 0;
}

/** The same where the size is known only while it runs. */
export function headCode(seed: Code, size: Code): Code {
  return i32.add(seed, i32.mul(size, i32.const(LENGTH_PRIME)));
}

/** The bytes of a word in the other order. */
export function swapped(word: Local): Code {
  return i32.or(
    i32.and(i32.rotl(word.get, i32.const(8)), i32.const(0x00ff00ff)),
    i32.and(i32.rotl(word.get, i32.const(24)), i32.const(0xff00ff00)),
  );
}

/** The words that {@link RowHasher} takes of a cell's bytes: the last one has what is left over, up to four bytes. */
function wordsOf(bytes: Uint8Array): number[] {
  const words: number[] = [];
  for (let from = 0; from === 0 || from < bytes.length; from += 4) {
    words.push([...bytes.subarray(from, from + 4)].reduce((word, byte) => (word << 8) | byte, 0));
  }
  return words;
}

function spread(half: Local): Code {
  const folded = (by: number): Code => i32.xor(half.get, i32.shiftRight(half.get, i32.const(by)));
  return sequence(
    half.set(i32.mul(folded(16), i32.const(PRIME_2))),
    half.set(i32.mul(folded(13), i32.const(LENGTH_PRIME))),
    half.set(folded(16)),
  );
}
