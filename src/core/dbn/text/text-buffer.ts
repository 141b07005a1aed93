const BILLION = 1_000_000_000;
/** 2^32 = 4 * 10^9 + this. */
const REST_OF_2_32 = 294_967_296;
const HALF = 65_536;
const DAY_SECONDS = 86_400;

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;

/** "000" to "999", one behind the other. */
const THREE_DIGITS = Uint8Array.from({ length: 3000 }, (_, index) => {
  const number = Math.floor(index / 3);
  return ZERO + (Math.floor(number / [100, 10, 1][index % 3]!) % 10);
});

/**
 * Text in the making, as UTF-8. Numbers are written digit by digit, 64-bit ones from their two halves: no strings and
 * no BigInts, so that millions of lines leave nothing to collect. Whoever writes reserves room first.
 */
export class TextBuffer {
  bytes: Uint8Array;
  length = 0;
  /** The quotient and the rest of the last division by a billion. */
  #billions = 0;
  #rest = 0;
  #day = -1;
  readonly #dayText = new Uint8Array(10);

  constructor(capacity = 64 * 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.length + size, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** Bytes as they are; for the short ones that lines are made of, a loop beats `set`. */
  raw(text: Uint8Array): void {
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < text.length; index++) bytes[at++] = text[index] as number;
    this.length = at;
  }

  /** A whole number from 0 to 2^53. */
  uint(value: number): void {
    if (value >= BILLION) {
      const billions = Math.floor(value / BILLION);
      this.uint(billions);
      this.#nineDigits(value - billions * BILLION);
      return;
    }
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    let rest = value;
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const tenth = Math.floor(rest / 10);
      this.bytes[at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
    this.length += digits;
  }

  int(value: number): void {
    if (value < 0) this.byte(MINUS);
    this.uint(Math.abs(value));
  }

  /** An unsigned 64-bit number by its halves, each unsigned. */
  uint64(high: number, low: number): void {
    this.#divide(high, low);
    if (this.#billions === 0) return this.uint(this.#rest);
    const rest = this.#rest;
    this.uint(this.#billions);
    this.#nineDigits(rest);
  }

  /** A signed 64-bit number by its halves, each unsigned. */
  int64(high: number, low: number): void {
    if (high < 0x8000_0000) return this.uint64(high, low);
    this.byte(MINUS);
    this.uint64(negatedHigh(high, low), -low >>> 0);
  }

  /** A price in 1e-9: sign, units, point, nine decimals. */
  price(high: number, low: number): void {
    if (high < 0x8000_0000) {
      this.#divide(high, low);
    } else {
      this.byte(MINUS);
      this.#divide(negatedHigh(high, low), -low >>> 0);
    }
    const decimals = this.#rest;
    this.uint(this.#billions);
    this.byte(POINT);
    this.#nineDigits(decimals);
  }

  /** A time in ns since the epoch as YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ. */
  timestamp(high: number, low: number): void {
    this.#divide(high, low);
    const nanos = this.#rest;
    const day = Math.floor(this.#billions / DAY_SECONDS);
    const second = this.#billions - day * DAY_SECONDS;
    if (day !== this.#day) this.#setDay(day);
    this.raw(this.#dayText);
    this.byte(LETTER_T);
    this.#twoDigits(Math.floor(second / 3600));
    this.byte(COLON);
    this.#twoDigits(Math.floor(second / 60) % 60);
    this.byte(COLON);
    this.#twoDigits(second % 60);
    this.byte(POINT);
    this.#nineDigits(nanos);
    this.byte(LETTER_Z);
  }

  /** Neighbouring times share their day, so its text is kept. */
  #setDay(day: number): void {
    this.#day = day;
    const text = new Date(day * DAY_SECONDS * 1000).toISOString();
    for (let index = 0; index < this.#dayText.length; index++) this.#dayText[index] = text.charCodeAt(index);
  }

  /** By a billion; every step stays below 2^53. */
  #divide(high: number, low: number): void {
    const upper = Math.floor(high / HALF) * REST_OF_2_32;
    const upperBillions = Math.floor(upper / BILLION);
    const lower = (upper - upperBillions * BILLION) * HALF + (high % HALF) * REST_OF_2_32 + low;
    const lowerBillions = Math.floor(lower / BILLION);
    this.#billions = 4 * high + upperBillions * HALF + lowerBillions;
    this.#rest = lower - lowerBillions * BILLION;
  }

  #twoDigits(value: number): void {
    this.byte(ZERO + Math.floor(value / 10));
    this.byte(ZERO + (value % 10));
  }

  #nineDigits(value: number): void {
    const millions = Math.floor(value / 1_000_000);
    const thousands = Math.floor(value / 1000) - millions * 1000;
    this.#threeDigits(millions);
    this.#threeDigits(thousands);
    this.#threeDigits(value % 1000);
  }

  #threeDigits(value: number): void {
    const { bytes, length } = this;
    bytes[length] = THREE_DIGITS[3 * value] as number;
    bytes[length + 1] = THREE_DIGITS[3 * value + 1] as number;
    bytes[length + 2] = THREE_DIGITS[3 * value + 2] as number;
    this.length = length + 3;
  }
}

/** The high half of minus the number. */
const negatedHigh = (high: number, low: number): number => (low === 0 ? -high : ~high) >>> 0;
