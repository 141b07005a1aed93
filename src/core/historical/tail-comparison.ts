/** Compares what comes with what is held, byte for byte, a piece at a time. */
export class TailComparison {
  readonly #held: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(held: AsyncIterable<Uint8Array>) {
    this.#held = held[Symbol.asyncIterator]();
  }

  /** Whether the next bytes held are these. */
  async equals(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length;) {
      if (this.#piece.length === 0) {
        const next = await this.#held.next();
        if (next.done === true) return false;
        this.#piece = next.value;
        continue;
      }
      const count = Math.min(this.#piece.length, bytes.length - at);
      if (Buffer.compare(this.#piece.subarray(0, count), bytes.subarray(at, at + count)) !== 0) return false;
      this.#piece = this.#piece.subarray(count);
      at += count;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#held.return?.();
  }
}
