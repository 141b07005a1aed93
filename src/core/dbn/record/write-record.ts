import { TickloomError } from '../../errors/index.js';
import { LENGTH_UNIT, TS_OUT_SIZE, UNDEF_TIMESTAMP } from '../constants.js';
import type { RecordLayout, WireField } from '../layout/record-layout.js';
import type { RecordValue } from './read-record.js';

/** Values by field name, in the forms that {@link RecordValue} says; a number does for a 64-bit field too. */
export type RecordInput = Readonly<Record<string, RecordValue | undefined>>;

export interface WriteRecordOptions {
  /** Adds the trailer of a `ts_out` stream with this send time in ns; `true` adds it undefined. */
  readonly tsOut?: bigint | boolean;
}

const LIMITS = {
  u8: [0, 0xff],
  i8: [-0x80, 0x7f],
  u16: [0, 0xffff],
  i16: [-0x8000, 0x7fff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
  u64: [0n, 2n ** 64n - 1n],
  timestamp: [0n, 2n ** 64n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  price: [-(2n ** 63n), 2n ** 63n - 1n],
} as const;

const utf8 = new TextEncoder();

/** Bytes that a record of this layout takes. */
export const recordSize = (layout: RecordLayout, options: WriteRecordOptions = {}): number =>
  layout.size + (hasTrailer(options) ? TS_OUT_SIZE : 0);

/**
 * Encodes one record. A field without a value gets its "not set" where the format has one, else what a new record has.
 * The length byte is computed; the rtype may be left out where the layout has only one.
 * @throws ENCODE_FAILED when a value does not fit its field or belongs to none
 */
export function encodeRecord(layout: RecordLayout, values: RecordInput, options: WriteRecordOptions = {}): Uint8Array {
  const bytes = new Uint8Array(recordSize(layout, options));
  writeRecord(layout, values, bytes, 0, options);
  return bytes;
}

/**
 * Encodes one record into `target` at `offset` and gives the number of bytes it takes.
 * @throws ENCODE_FAILED
 */
export function writeRecord(
  layout: RecordLayout,
  values: RecordInput,
  target: Uint8Array,
  offset: number,
  options: WriteRecordOptions = {},
): number {
  const size = recordSize(layout, options);
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  checkNames(layout, values);
  for (const field of layout.fields) writeField(layout, field, initialValue(layout, field, values), view, offset);
  view.setUint8(offset, size / LENGTH_UNIT);
  if (hasTrailer(options)) {
    const sent = typeof options.tsOut === 'bigint' ? options.tsOut : UNDEF_TIMESTAMP;
    view.setBigUint64(offset + layout.size, sent, true);
  }
  return size;
}

const hasTrailer = ({ tsOut }: WriteRecordOptions): boolean => tsOut !== undefined && tsOut !== false;

function checkNames(layout: RecordLayout, values: RecordInput): void {
  for (const name in values) {
    if (layout.fields.every((field) => field.name !== name)) {
      throw new TickloomError('ENCODE_FAILED', `a "${layout.name}" record has no field "${name}"`, {
        hint: `Use the names that the vendor prints: ${layout.textOrder.join(', ')}.`,
        context: { layout: layout.name, field: name },
      });
    }
  }
}

function initialValue(layout: RecordLayout, field: WireField, values: RecordInput): RecordValue {
  const given = values[field.name];
  if (given !== undefined) return given;
  if (field.name === 'rtype') {
    const [only, ...others] = layout.rtypes;
    if (only === undefined || others.length > 0) {
      throw misfit(layout, field, 'none', `one of ${layout.rtypes.join(', ')}`);
    }
    return only;
  }
  return field.undef ?? field.initial ?? (field.type in LIMITS ? 0 : '');
}

/**
 * Writes one field of a record that begins at `offset`.
 * @throws ENCODE_FAILED when the value does not fit
 */
export function writeField(
  layout: RecordLayout,
  field: WireField,
  value: RecordValue,
  view: DataView,
  offset: number,
): void {
  const at = offset + field.offset;
  switch (field.type) {
    case 'u8':
      return view.setUint8(at, smallNumber(layout, field, value));
    case 'i8':
      return view.setInt8(at, smallNumber(layout, field, value));
    case 'u16':
      return view.setUint16(at, smallNumber(layout, field, value), true);
    case 'i16':
      return view.setInt16(at, smallNumber(layout, field, value), true);
    case 'u32':
      return view.setUint32(at, smallNumber(layout, field, value), true);
    case 'i32':
      return view.setInt32(at, smallNumber(layout, field, value), true);
    case 'u64':
    case 'timestamp':
      return view.setBigUint64(at, largeNumber(layout, field, value), true);
    case 'i64':
    case 'price':
      return view.setBigInt64(at, largeNumber(layout, field, value), true);
    case 'char':
      return view.setUint8(at, charCode(layout, field, value));
    case 'cstr':
      return writeBytes(view, at, field.size, textBytes(layout, field, value));
    case 'bytes':
      return writeBytes(view, at, field.size, hexBytes(layout, field, value));
  }
}

function smallNumber(layout: RecordLayout, field: WireField, value: RecordValue): number {
  const [least, most] = LIMITS[field.type as 'u8'];
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
    throw misfit(layout, field, value, `an integer from ${least} to ${most}`);
  }
  return number;
}

function largeNumber(layout: RecordLayout, field: WireField, value: RecordValue): bigint {
  const [least, most] = LIMITS[field.type as 'u64'];
  const safe = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  const number = safe ? BigInt(value) : undefined;
  if (number === undefined || number < least || number > most) {
    throw misfit(layout, field, value, `an integer from ${least} to ${most}`);
  }
  return number;
}

function charCode(layout: RecordLayout, field: WireField, value: RecordValue): number {
  if (value === '') return 0;
  const code = typeof value === 'string' && value.length === 1 ? value.charCodeAt(0) : 256;
  if (code > 255) throw misfit(layout, field, value, 'one character of one byte');
  return code;
}

function textBytes(layout: RecordLayout, field: WireField, value: RecordValue): Uint8Array {
  const bytes = typeof value === 'string' ? utf8.encode(value) : undefined;
  if (bytes === undefined || bytes.length >= field.size || bytes.includes(0)) {
    throw misfit(layout, field, value, `text of at most ${field.size - 1} bytes without NUL`);
  }
  return bytes;
}

function hexBytes(layout: RecordLayout, field: WireField, value: RecordValue): Uint8Array {
  const hex = typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value) ? value : undefined;
  if (hex === undefined || hex.length > 2 * field.size) {
    throw misfit(layout, field, value, `at most ${field.size} bytes in hex`);
  }
  return Uint8Array.from({ length: hex.length / 2 }, (_, index) => parseInt(hex.slice(2 * index, 2 * index + 2), 16));
}

function writeBytes(view: DataView, at: number, size: number, bytes: Uint8Array): void {
  const field = new Uint8Array(view.buffer, view.byteOffset + at, size);
  field.fill(0);
  field.set(bytes);
}

function misfit(layout: RecordLayout, field: WireField, value: RecordValue, expected: string): TickloomError {
  return new TickloomError(
    'ENCODE_FAILED',
    `field "${field.name}" of a "${layout.name}" record cannot be encoded: found "${value}", expected ${expected}`,
    { hint: 'Correct the value.', context: { layout: layout.name, field: field.name } },
  );
}
