import type { NanosRange } from '../coverage/coverage-claim.js';
import { LENGTH_UNIT } from '../dbn/constants.js';
import type { RecordSpan } from '../dbn/decode/record-spans.js';
import { layoutOf } from '../dbn/layout/layouts.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';

const UNDEFINED_HALF = 0xffffffff;
const UNKNOWN = -1;
const INSTRUMENT_ID_OFFSET = 4;

/** Where the part stands, and in it the first record with the latest index timestamp. */
export interface TailPlace {
  readonly part: number;
  readonly byte: number;
}

/**
 * What the records of a download have told so far: how many, how far they reach, and how many share the latest index
 * timestamp (the *tail*, which a continuation begins with). Timestamps are compared in two 32-bit halves: no allocation.
 */
export class ReceivedRecords {
  records = 0;
  /** Without headers. */
  recordBytes = 0;
  /** The index timestamp ran backwards: nothing can be continued. */
  ranBackwards = false;
  /** Records whose index timestamp lies outside the request. */
  strays = 0;
  tailRecords = 0;
  tail: TailPlace | null = null;
  /** Distinct ones, while `collecting`. */
  readonly instrumentIds: Set<number>;
  collecting = false;
  readonly #range: NanosRange;
  #part = 0;
  #position = 0;
  #high = -1;
  #low = -1;
  #lastId = -1;

  constructor(range: NanosRange, instrumentIds = new Set<number>()) {
    this.#range = range;
    this.instrumentIds = instrumentIds;
  }

  /** ns since the epoch; `null` before the first record. */
  get latest(): bigint | null {
    return this.#high < 0 ? null : (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  /**
   * A copy that goes on by itself, at the beginning of a part: forgotten when the answer is, else in place of this one.
   * The ids of instruments are shared; one too many costs nothing.
   */
  beginPart(part: number, headerBytes: number): ReceivedRecords {
    const copy = new ReceivedRecords(this.#range, this.instrumentIds);
    copy.records = this.records;
    copy.recordBytes = this.recordBytes;
    copy.ranBackwards = this.ranBackwards;
    copy.strays = this.strays;
    copy.tailRecords = this.tailRecords;
    copy.tail = this.tail;
    copy.collecting = this.collecting;
    copy.#part = part;
    copy.#position = headerBytes;
    copy.#high = this.#high;
    copy.#low = this.#low;
    return copy;
  }

  take({ bytes, records }: RecordSpan, version: DbnVersion): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const offsets = indexOffsets(version);
    const { start, end } = this.#range;
    const [startHigh, startLow] = halvesOf(start);
    const [endHigh, endLow] = halvesOf(end);
    let high = this.#high;
    let low = this.#low;
    for (let at = 0; at < bytes.length; at += (bytes[at] as number) * LENGTH_UNIT) {
      if (this.collecting) this.#collect(view.getUint32(at + INSTRUMENT_ID_OFFSET, true));
      const offset = offsets[bytes[at + 1] as number] as number;
      if (offset === UNKNOWN) {
        this.tailRecords += 1;
        continue;
      }
      const nextLow = view.getUint32(at + offset, true);
      const nextHigh = view.getUint32(at + offset + 4, true);
      if (nextHigh === UNDEFINED_HALF && nextLow === UNDEFINED_HALF) {
        this.tailRecords += 1;
        continue;
      }
      if (isBefore(nextHigh, nextLow, startHigh, startLow) || !isBefore(nextHigh, nextLow, endHigh, endLow)) {
        this.strays += 1;
      }
      if (isBefore(nextHigh, nextLow, high, low)) {
        this.ranBackwards = true;
      } else if (nextHigh !== high || nextLow !== low) {
        high = nextHigh;
        low = nextLow;
        this.tailRecords = 0;
        this.tail = { part: this.#part, byte: this.#position + at };
      }
      this.tailRecords += 1;
    }
    this.#high = high;
    this.#low = low;
    this.records += records;
    this.recordBytes += bytes.length;
    this.#position += bytes.length;
  }

  #collect(id: number): void {
    if (id === this.#lastId) return;
    this.#lastId = id;
    this.instrumentIds.add(id);
  }
}

const isBefore = (high: number, low: number, otherHigh: number, otherLow: number): boolean =>
  high < otherHigh || (high === otherHigh && low < otherLow);

const halvesOf = (ns: bigint): readonly [high: number, low: number] => [Number(ns >> 32n), Number(ns & 0xffff_ffffn)];

const offsetsByVersion = new Map<DbnVersion, Int32Array>();

/** Where the index timestamp stands in a record, by rtype. */
function indexOffsets(version: DbnVersion): Int32Array {
  const known = offsetsByVersion.get(version);
  if (known !== undefined) return known;
  const offsets = Int32Array.from({ length: 256 }, (_, rtype) => {
    const layout = layoutOf(rtype, version);
    return layout?.fields.find(({ name }) => name === layout.indexTimestamp)?.offset ?? UNKNOWN;
  });
  offsetsByVersion.set(version, offsets);
  return offsets;
}
