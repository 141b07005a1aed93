const INITIAL_BYTES = 4096;
/** Cells are copied four bytes at a time, and so read beyond the end of the last one. */
const READ_AHEAD = 4;
const encoder = new TextEncoder();

/**
 * Symbols as they stand in a binary COPY tuple (length and UTF-8), one behind the other in one piece of memory. A
 * cell is named by its index; `starts[index]` to `starts[index + 1]` are its bytes.
 */
export class SymbolCells {
  bytes = new Uint8Array(INITIAL_BYTES);
  starts = new Uint32Array(64);
  count = 0;
  /** Goes up when all cells are forgotten. */
  generation = 0;
  readonly #indexes = new Map<string, number>();
  readonly #texts: string[] = [];

  /** The index of the symbol's cell, made when there is none yet. */
  cellOf(symbol: string): number {
    const known = this.#indexes.get(symbol);
    if (known !== undefined) return known;
    const text = encoder.encode(symbol);
    const index = this.count;
    const start = this.starts[index] as number;
    const end = start + 4 + text.length;
    this.#reserve(end + READ_AHEAD);
    new DataView(this.bytes.buffer).setInt32(start, text.length);
    this.bytes.set(text, start + 4);
    this.starts[index + 1] = end;
    this.count = index + 1;
    this.#indexes.set(symbol, index);
    this.#texts.push(symbol);
    return index;
  }

  /** The symbol in a cell. */
  textOf(index: number): string {
    return this.#texts[index] as string;
  }

  /** True when the field of `size` bytes at `at`, up to its first NUL, is the symbol in a cell. */
  isText(index: number, bytes: Uint8Array, at: number, size: number): boolean {
    const from = (this.starts[index] as number) + 4;
    const length = (this.starts[index + 1] as number) - from;
    if (length > size || (length < size && bytes[at + length] !== 0)) return false;
    for (let byte = 0; byte < length; byte++) if (bytes[at + byte] !== this.bytes[from + byte]) return false;
    return true;
  }

  /** Bytes that the cell takes in a tuple, its length included. */
  sizeOf(index: number): number {
    return (this.starts[index + 1] as number) - (this.starts[index] as number);
  }

  /** Bytes of all cells together. */
  get size(): number {
    return this.starts[this.count] as number;
  }

  /** Forgets all cells. */
  clear(): void {
    this.count = 0;
    this.generation += 1;
    this.#indexes.clear();
    this.#texts.length = 0;
  }

  #reserve(bytes: number): void {
    if (bytes > this.bytes.length) {
      const grown = new Uint8Array(Math.max(bytes, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    if (this.count + 1 >= this.starts.length) {
      const grown = new Uint32Array(this.starts.length * 2);
      grown.set(this.starts);
      this.starts = grown;
    }
  }
}
