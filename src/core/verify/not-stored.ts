import { LENGTH_UNIT, TS_OUT_SIZE } from '../dbn/constants.js';
import type { RecordLayout, WireField } from '../dbn/layout/record-layout.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { NotStored } from './verify-report.js';

/** Counts the records of one schema that have something which no column holds. */
export class NotStoredCount {
  readonly found: NotStored = {
    reserved_bytes: 0,
    text_after_nul: 0,
    ts_out: 0,
    bytes_beyond_struct: 0,
    other_rtype: 0,
  };
  readonly #reserved: readonly WireField[];
  readonly #texts: readonly WireField[];

  constructor(
    private readonly layout: RecordLayout,
    private readonly rtype: number,
  ) {
    this.#reserved = layout.fields.filter(({ type }) => type === 'bytes');
    this.#texts = layout.fields.filter(({ type }) => type === 'cstr');
  }

  look({ bytes, offsets, count, rtype, tsOut }: RecordBatch): void {
    const { found, layout } = this;
    if (tsOut) found.ts_out += count;
    if (rtype !== this.rtype) found.other_rtype += count;
    const whole = layout.size + (tsOut ? TS_OUT_SIZE : 0);
    for (let index = 0; index < count; index++) {
      const offset = offsets[index] as number;
      const size = (bytes[offset] as number) * LENGTH_UNIT;
      if (size < whole) continue;
      if (size > whole) found.bytes_beyond_struct++;
      if (this.#reserved.some((field) => anySet(bytes, offset + field.offset, field.size))) found.reserved_bytes++;
      if (this.#texts.some((field) => setBehindNul(bytes, offset + field.offset, field.size))) found.text_after_nul++;
    }
  }
}

function anySet(bytes: Uint8Array, from: number, size: number): boolean {
  for (let at = from; at < from + size; at++) if (bytes[at] !== 0) return true;
  return false;
}

function setBehindNul(bytes: Uint8Array, from: number, size: number): boolean {
  let at = from;
  while (at < from + size && bytes[at] !== 0) at++;
  return anySet(bytes, at, from + size - at);
}
