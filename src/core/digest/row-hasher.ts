import type { Digest } from './digest.js';

/** Two multipliers and starting values with their bits well spread; any would do that are odd and have many ones. */
export const [PRIME_1, PRIME_2] = [0x9e3779b1 | 0, 0x85ebca77 | 0];
export const [START_1, START_2] = [0x2545f491, 0x61c88647];
/** Bytes in front of a tuple's cells, which say how many they are. */
const CELL_COUNT = 2;
export const LENGTH_PRIME = 0xc2b2ae3d | 0;

/**
 * Hashes table rows as they stand in a binary COPY: the same bytes on the way in and on the way out. Of each row the
 * cells that hold something, each with its column's name, so that a column which a later version of a plugin adds, and
 * which older rows have no value for, changes nothing. The hashes are added up, so the order of rows does not count.
 */
export class RowHasher {
  /** By column; 0 for one that is left out. */
  readonly seeds: Int32Array;

  /**
   * @param table so that equal rows of two tables differ
   * @param columns in the order of the tuples' cells
   * @param leftOut names of columns that do not count
   */
  constructor(table: string, columns: readonly string[], leftOut: readonly string[] = []) {
    this.seeds = Int32Array.from(columns, (column) => (leftOut.includes(column) ? 0 : seedOf(`${table}.${column}`)));
  }

  /**
   * Adds so many tuples, one behind the other, to the digest. It stops where bytes are no tuples: the server refuses
   * those.
   */
  addTuples(digest: Digest, bytes: Uint8Array, tuples: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    try {
      for (let left = tuples; left > 0; left--) at = this.add(digest, view, at + CELL_COUNT);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }

  /**
   * Adds one tuple, whose first cell is at `at`, to the digest.
   * @returns where it ends
   */
  add(digest: Digest, view: DataView, at: number): number {
    const { seeds } = this;
    let h = START_1;
    let g = START_2;
    for (let cell = 0; cell < seeds.length; cell++) {
      const size = view.getInt32(at);
      at += 4;
      if (size < 0) continue;
      const seed = seeds[cell] as number;
      if (seed === 0) {
        at += size;
        continue;
      }
      // which column it is, and how long, goes into its first word
      let word = seed + Math.imul(size, LENGTH_PRIME);
      // nearly all cells have one of three sizes, and this is done for each of every row
      if (size === 8) {
        h = Math.imul(h ^ word ^ view.getInt32(at), PRIME_1);
        h = (h << 13) | (h >>> 19);
        g = Math.imul(g ^ h, PRIME_2);
        g = (g << 15) | (g >>> 17);
        word = view.getInt32(at + 4);
      } else if (size === 4) {
        word ^= view.getInt32(at);
      } else if (size === 2) {
        word ^= view.getUint16(at);
      } else {
        const end = at + size;
        let from = at;
        for (; from + 4 < end; from += 4) {
          h = Math.imul(h ^ word ^ view.getInt32(from), PRIME_1);
          h = (h << 13) | (h >>> 19);
          g = Math.imul(g ^ h, PRIME_2);
          g = (g << 15) | (g >>> 17);
          word = 0;
        }
        let rest = 0;
        for (; from < end; from++) rest = (rest << 8) | view.getUint8(from);
        word ^= rest;
      }
      at += size;
      h = Math.imul(h ^ word, PRIME_1);
      h = (h << 13) | (h >>> 19);
      g = Math.imul(g ^ h, PRIME_2);
      g = (g << 15) | (g >>> 17);
    }
    h = spread(h ^ g);
    g = spread(g + h);
    digest.addHalves(h, g);
    return at;
  }
}

/** Lets every bit of the input decide about every bit of the output. */
function spread(value: number): number {
  value = Math.imul(value ^ (value >>> 16), PRIME_2);
  value = Math.imul(value ^ (value >>> 13), LENGTH_PRIME);
  return value ^ (value >>> 16);
}

/** FNV-1a of a name; never 0. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash === 0 ? 1 : hash;
}
