const HEX = /^[0-9a-f]{16}$/;

/**
 * A sum of row hashes, as two sums of 32 bits: those of parts add up to that of the whole, and what is taken away is
 * subtracted. Finds what was lost, changed or doubled by accident; it is no seal against someone who means to deceive.
 */
export class Digest {
  #first = 0;
  #second = 0;

  /** @param hex as {@link toString} wrote it */
  static parse(hex: string): Digest {
    if (!HEX.test(hex)) throw new RangeError(`"${hex}" is no digest`);
    const digest = new Digest();
    digest.addHalves(Number.parseInt(hex.slice(0, 8), 16), Number.parseInt(hex.slice(8), 16));
    return digest;
  }

  addHalves(first: number, second: number): void {
    this.#first = (this.#first + first) | 0;
    this.#second = (this.#second + second) | 0;
  }

  add(other: Digest): this {
    this.addHalves(other.#first, other.#second);
    return this;
  }

  subtract(other: Digest): this {
    this.addHalves(-other.#first, -other.#second);
    return this;
  }

  equals(other: Digest): boolean {
    return this.#first === other.#first && this.#second === other.#second;
  }

  /** 16 hex digits. */
  toString(): string {
    return [this.#first, this.#second].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
