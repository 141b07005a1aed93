/**
 * A small generator of random numbers (sfc32): integer arithmetic only, so the same seed gives the same numbers on
 * every machine and in every version of Node.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param seed any integer; its lower 64 bits count */
  constructor(seed: number) {
    this.a = seed | 0;
    this.b = Math.floor(seed / 2 ** 32) | 0;
    this.c = 0x9e3779b9 | 0;
    // The first numbers of neighbouring seeds resemble each other.
    for (let i = 0; i < 16; i += 1) this.next();
  }

  /** From 0 to 2^32 − 1. */
  next(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** From 0 to `bound` − 1. */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound);
  }
}
