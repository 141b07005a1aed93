const INITIAL_SLOTS = 1024;
const MOST_SLOTS = 1 << 20;
const EMPTY = -1;

/**
 * A number (from 0) per (instrument id, day): a hash table on typed arrays, because it is asked once per record. It
 * forgets everything when it would grow beyond a million slots, so a stream with endless instruments cannot fill the
 * memory.
 */
export class DayCache {
  #keys = new Float64Array(INITIAL_SLOTS).fill(EMPTY);
  #values = new Int32Array(INITIAL_SLOTS);
  #used = 0;

  /** The number, or -1 when there is none. */
  get(instrumentId: number, day: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    const key = day * 4_294_967_296 + instrumentId;
    let slot = slotOf(instrumentId, day, mask);
    while (keys[slot] !== key && keys[slot] !== EMPTY) slot = (slot + 1) & mask;
    return keys[slot] === key ? (this.#values[slot] as number) : -1;
  }

  set(instrumentId: number, day: number, value: number): void {
    if (this.#used * 2 >= this.#keys.length) this.#grow();
    this.#put(instrumentId, day, value);
  }

  clear(): void {
    this.#keys.fill(EMPTY);
    this.#used = 0;
  }

  #put(instrumentId: number, day: number, value: number): void {
    const keys = this.#keys;
    const mask = keys.length - 1;
    const key = day * 4_294_967_296 + instrumentId;
    let slot = slotOf(instrumentId, day, mask);
    while (keys[slot] !== EMPTY && keys[slot] !== key) slot = (slot + 1) & mask;
    if (keys[slot] === EMPTY) this.#used++;
    keys[slot] = key;
    this.#values[slot] = value;
  }

  #grow(): void {
    if (this.#keys.length >= MOST_SLOTS) return this.clear();
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Float64Array(keys.length * 2).fill(EMPTY);
    this.#values = new Int32Array(keys.length * 2);
    this.#used = 0;
    keys.forEach((key, slot) => {
      if (key === EMPTY) return;
      const day = Math.floor(key / 4_294_967_296);
      this.#put(key - day * 4_294_967_296, day, values[slot] as number);
    });
  }
}

/** Spreads neighbouring ids and days; the multipliers are the usual odd constants of integer hashing. */
function slotOf(instrumentId: number, day: number, mask: number): number {
  const mixed = Math.imul(instrumentId ^ Math.imul(day, 0x85eb_ca6b), 0x9e37_79b1);
  return (mixed ^ (mixed >>> 15)) & mask;
}
