/**
 * XXH64, the hash that zstd puts behind a frame, fed piece by piece. 64-bit arithmetic is done in two 32-bit halves:
 * with BigInt it would be slower than the decompression it checks.
 */

// the five primes of XXH64, high and low half
const P1H = 0x9e3779b1 | 0;
const P1L = 0x85ebca87 | 0;
const P2H = 0xc2b2ae3d | 0;
const P2L = 0x27d4eb4f | 0;
const P3H = 0x165667b1 | 0;
const P3L = 0x9e3779f9 | 0;
const P4H = 0x85ebca77 | 0;
const P4L = 0xc2b2ae63 | 0;
const P5H = 0x27d4eb2f | 0;
const P5L = 0x165667c5 | 0;

const LANES = 4;
const STRIPE = 32;

/** The high half of the product of two unsigned 32-bit numbers. */
function highOfProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** A 64-bit number that changes in place. */
class Word {
  constructor(
    public high: number,
    public low: number,
  ) {}

  add(high: number, low: number): this {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.low = sum | 0;
    this.high = (this.high + high + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    return this;
  }

  multiply(high: number, low: number): this {
    this.high = (highOfProduct(this.low, low) + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0;
    this.low = Math.imul(this.low, low);
    return this;
  }

  xor(high: number, low: number): this {
    this.high ^= high;
    this.low ^= low;
    return this;
  }

  /** By fewer than 32 bits. */
  rotateLeft(bits: number): this {
    const { high, low } = this;
    this.high = (high << bits) | (low >>> (32 - bits));
    this.low = (low << bits) | (high >>> (32 - bits));
    return this;
  }

  /** Folds itself, shifted right by 1 to 63 bits, into itself. */
  xorShift(bits: number): this {
    if (bits >= 32) return this.xor(0, this.high >>> (bits - 32));
    return this.xor(this.high >>> bits, (this.low >>> bits) | (this.high << (32 - bits)));
  }
}

/** One step of a lane whose accumulator is zero, as the merge and the rest need it. */
const round = (high: number, low: number): Word =>
  new Word(high, low).multiply(P2H, P2L).rotateLeft(31).multiply(P1H, P1L);

export class Xxh64 {
  readonly #lanes: Word[];
  /** Bytes that do not make up a stripe yet. */
  readonly #rest = new Uint8Array(STRIPE);
  #restLength = 0;
  #total = 0;

  constructor() {
    this.#lanes = [
      new Word(0, 0).add(P1H, P1L).add(P2H, P2L),
      new Word(P2H, P2L),
      new Word(0, 0),
      new Word(~P1H, ~P1L).add(0, 1),
    ];
  }

  update(bytes: Uint8Array): void {
    this.#total += bytes.length;
    let at = 0;
    if (this.#restLength > 0) {
      at = Math.min(STRIPE - this.#restLength, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < STRIPE) return;
      this.#consume(this.#rest, 0, STRIPE);
      this.#restLength = 0;
    }
    const end = bytes.length - ((bytes.length - at) % STRIPE);
    if (end > at) this.#consume(bytes, at, end);
    this.#rest.set(bytes.subarray(end));
    this.#restLength = bytes.length - end;
  }

  /** The low 32 bits of the hash of all bytes so far, unsigned: what a zstd frame keeps of it. */
  digestLow(): number {
    return this.#digest().low >>> 0;
  }

  /** The whole hash in 16 hex digits. */
  digestHex(): string {
    const { high, low } = this.#digest();
    return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** Lane by lane rather than stripe by stripe, so that a lane's state stays in registers. */
  #consume(bytes: Uint8Array, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let lane = 0; lane < LANES; lane++) {
      const state = this.#lanes[lane] as Word;
      let { high, low } = state;
      for (let at = start + 8 * lane; at < end; at += STRIPE) {
        // high:low += input * P2
        const inputLow = view.getInt32(at, true);
        const productHigh =
          highOfProduct(inputLow, P2L) + Math.imul(view.getInt32(at + 4, true), P2L) + Math.imul(inputLow, P2H);
        const sum = (low >>> 0) + (Math.imul(inputLow, P2L) >>> 0);
        low = sum | 0;
        high = (high + productHigh + (sum > 0xffff_ffff ? 1 : 0)) | 0;
        // rotated left by 31, then multiplied by P1
        const rotatedHigh = (high << 31) | (low >>> 1);
        const rotatedLow = (low << 31) | (high >>> 1);
        high = (highOfProduct(rotatedLow, P1L) + Math.imul(rotatedHigh, P1L) + Math.imul(rotatedLow, P1H)) | 0;
        low = Math.imul(rotatedLow, P1L);
      }
      state.high = high;
      state.low = low;
    }
  }

  #digest(): Word {
    const hash = this.#total < STRIPE ? new Word(P5H, P5L) : this.#merged();
    hash.add(Math.floor(this.#total / 0x1_0000_0000), this.#total | 0);
    this.#addRest(hash);
    return hash.xorShift(33).multiply(P2H, P2L).xorShift(29).multiply(P3H, P3L).xorShift(32);
  }

  #merged(): Word {
    const hash = new Word(0, 0);
    this.#lanes.forEach(({ high, low }, lane) => {
      const turned = new Word(high, low).rotateLeft([1, 7, 12, 18][lane] ?? 0);
      hash.add(turned.high, turned.low);
    });
    for (const { high, low } of this.#lanes) {
      const step = round(high, low);
      hash.xor(step.high, step.low).multiply(P1H, P1L).add(P4H, P4L);
    }
    return hash;
  }

  #addRest(hash: Word): void {
    const view = new DataView(this.#rest.buffer);
    let at = 0;
    for (; at + 8 <= this.#restLength; at += 8) {
      const step = round(view.getInt32(at + 4, true), view.getInt32(at, true));
      hash.xor(step.high, step.low).rotateLeft(27).multiply(P1H, P1L).add(P4H, P4L);
    }
    if (at + 4 <= this.#restLength) {
      const step = new Word(0, view.getInt32(at, true)).multiply(P1H, P1L);
      hash.xor(step.high, step.low).rotateLeft(23).multiply(P2H, P2L).add(P3H, P3L);
      at += 4;
    }
    for (; at < this.#restLength; at++) {
      const step = new Word(0, view.getUint8(at)).multiply(P5H, P5L);
      hash.xor(step.high, step.low).rotateLeft(11).multiply(P1H, P1L);
    }
  }
}
