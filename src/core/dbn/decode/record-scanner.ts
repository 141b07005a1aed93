import { TickloomError } from '../../errors/index.js';
import { LENGTH_UNIT, RECORD_HEADER_SIZE, TS_OUT_SIZE } from '../constants.js';
import { layoutOf } from '../layout/layouts.js';
import type { DbnVersion, RecordLayout } from '../layout/record-layout.js';
import type { RecordBatch } from '../record-batch.js';

/**
 * Records in the largest batch: enough to make the cost of a batch vanish, few enough that its rows stay in the processor's
 * cache, and that whoever waits for the first of them does not wait for long.
 */
export const LARGEST_BATCH = 2048;

const SMALLEST_WORDS = RECORD_HEADER_SIZE / LENGTH_UNIT;

/** 0, 1, 2 …: the ordinals of records that stand one behind the other, shared by all such batches. */
const CONSECUTIVE = Uint32Array.from({ length: LARGEST_BATCH }, (_, index) => index);

/** What records of one rtype have to be like in this stream. */
interface RecordKind {
  readonly rtype: number;
  readonly layout: RecordLayout | undefined;
  /** Bytes: the struct, and the ts_out trailer where the stream has it. */
  readonly smallestSize: number;
  readonly control: boolean;
}

/** Records of one rtype among others, found so far. */
class RecordGroup {
  readonly kind: RecordKind;
  offsets: Uint32Array;
  ordinals: Uint32Array;
  count: number;

  constructor(kind: RecordKind, offsets: Uint32Array, ordinals: Uint32Array, count: number) {
    this.kind = kind;
    this.offsets = offsets;
    this.ordinals = ordinals;
    this.count = count;
  }

  add(offset: number, ordinal: number): void {
    if (this.count === this.offsets.length) {
      this.offsets = grown(this.offsets);
      this.ordinals = grown(this.ordinals);
    }
    this.offsets[this.count] = offset;
    this.ordinals[this.count++] = ordinal;
  }
}

/** A piece of the stream and how far it has been scanned. */
export interface ScanWindow {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Position of `bytes[0]` in the decoded stream. */
  readonly base: number;
  /** Index in `bytes` of the next record. */
  at: number;
}

/**
 * Finds record boundaries and groups records into batches. Alike records that follow each other, the usual case, cost
 * two byte reads and one store each.
 */
export class RecordScanner {
  readonly version: DbnVersion;
  readonly tsOut: boolean;
  /** Records found so far. */
  ordinal = 0;
  readonly #kinds: (RecordKind | undefined)[] = new Array<RecordKind | undefined>(256);

  constructor(version: DbnVersion, tsOut: boolean) {
    this.version = version;
    this.tsOut = tsOut;
  }

  /**
   * Takes as many records from the window as make up a batch, or several when kinds are mixed. No batch means that
   * the window holds no whole record any more.
   * @throws RECORD_LENGTH_INVALID, RECORD_TOO_SHORT when the very next record is bad
   */
  scan(window: ScanWindow): RecordBatch[] {
    const kind = this.#nextKind(window);
    if (kind === undefined) return [];
    const { bytes } = window;
    const start = window.at;
    const words = bytes[start] ?? 0;
    const size = words * LENGTH_UNIT;
    const most = Math.min(LARGEST_BATCH, Math.floor((bytes.length - start) / size));
    const count = countAlike(bytes, start, words, kind.rtype, most);
    const offsets = new Uint32Array(count);
    for (let index = 0, offset = start; index < count; index++, offset += size) offsets[index] = offset;
    window.at = start + count * size;
    const first = new RecordGroup(kind, offsets, CONSECUTIVE, count);
    const next = kind.control || count === LARGEST_BATCH ? undefined : this.#goodKind(window);
    const groups = next === undefined ? [first] : this.#scanMixed(window, first);
    const firstOrdinal = this.ordinal;
    let found = 0;
    for (const group of groups) found += group.count;
    this.ordinal += found;
    return groups.map((group) => this.#batch(window, group, firstOrdinal));
  }

  /** Goes on where records differ from the first, until a control record, a bad one or the end. */
  #scanMixed(window: ScanWindow, first: RecordGroup): RecordGroup[] {
    const { bytes } = window;
    const groups: (RecordGroup | undefined)[] = [];
    const inOrder = [first];
    first.ordinals = CONSECUTIVE.slice(0, first.count);
    groups[first.kind.rtype] = first;
    let ordinal = first.count;
    for (
      let kind = this.#goodKind(window);
      kind !== undefined && ordinal < LARGEST_BATCH;
      kind = this.#goodKind(window)
    ) {
      let group = groups[kind.rtype];
      if (group === undefined) {
        group = new RecordGroup(kind, new Uint32Array(64), new Uint32Array(64), 0);
        groups[kind.rtype] = group;
        inOrder.push(group);
      }
      group.add(window.at, ordinal++);
      window.at += (bytes[window.at] ?? 0) * LENGTH_UNIT;
    }
    return inOrder;
  }

  #batch(window: ScanWindow, group: RecordGroup, scanStart: number): RecordBatch {
    const { kind, offsets, count } = group;
    const skipped = group.ordinals[0] ?? 0;
    let { ordinals } = group;
    if (skipped > 0) ordinals = ordinals.subarray(0, count).map((ordinal) => ordinal - skipped);
    return {
      bytes: window.bytes,
      view: window.view,
      count,
      offsets,
      firstOrdinal: scanStart + skipped,
      ordinals,
      rtype: kind.rtype,
      layout: kind.layout,
      version: this.version,
      tsOut: this.tsOut,
    };
  }

  /** The kind of the next record; `undefined` when it is cut off by the end of the window. */
  #nextKind(window: ScanWindow): RecordKind | undefined {
    const { bytes, at } = window;
    if (at >= bytes.length) return undefined;
    const size = (bytes[at] ?? 0) * LENGTH_UNIT;
    if (size < RECORD_HEADER_SIZE) {
      throw this.#error(
        'RECORD_LENGTH_INVALID',
        window,
        `has length ${size}, shorter than its header (${RECORD_HEADER_SIZE})`,
      );
    }
    if (at + size > bytes.length) return undefined;
    const kind = this.#kindOf(bytes[at + 1] ?? 0);
    if (size < kind.smallestSize) {
      const name = kind.layout?.name ?? `rtype ${kind.rtype}`;
      const what = `"${name}" in version ${this.version}${this.tsOut ? ' with ts_out' : ''}`;
      throw this.#error('RECORD_TOO_SHORT', window, `has length ${size}, shorter than ${what} (${kind.smallestSize})`);
    }
    return kind;
  }

  /** The kind of the next record if it can join others; `undefined` when it is bad, cut off, or steers the stream. */
  #goodKind(window: ScanWindow): RecordKind | undefined {
    const { bytes, at } = window;
    const words = bytes[at];
    if (words === undefined || words < SMALLEST_WORDS || at + words * LENGTH_UNIT > bytes.length) return undefined;
    const kind = this.#kindOf(bytes[at + 1] ?? 0);
    return kind.control || words * LENGTH_UNIT < kind.smallestSize ? undefined : kind;
  }

  #kindOf(rtype: number): RecordKind {
    const known = this.#kinds[rtype];
    if (known !== undefined) return known;
    const layout = layoutOf(rtype, this.version);
    const smallestSize = (layout?.size ?? RECORD_HEADER_SIZE) + (this.tsOut ? TS_OUT_SIZE : 0);
    return (this.#kinds[rtype] = { rtype, layout, smallestSize, control: layout?.control ?? false });
  }

  #error(code: 'RECORD_LENGTH_INVALID' | 'RECORD_TOO_SHORT', window: ScanWindow, why: string): TickloomError {
    const byte = window.base + window.at;
    return new TickloomError(code, `record ${this.ordinal} at byte ${byte} ${why}`, {
      hint: 'Fetch the file again; for a fragment, check the declared version.',
      context: { byte, ordinal: this.ordinal },
    });
  }
}

/** How many records, `most` at most, of equal length and rtype follow each other. */
function countAlike(bytes: Uint8Array, start: number, words: number, rtype: number, most: number): number {
  const size = words * LENGTH_UNIT;
  let at = start;
  let count = 0;
  while (count < most && bytes[at] === words && bytes[at + 1] === rtype) {
    count++;
    at += size;
  }
  return count;
}

function grown(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(2 * array.length);
  larger.set(array);
  return larger;
}
