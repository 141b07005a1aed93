import { LENGTH_UNIT, TS_OUT_SIZE } from '../constants.js';
import type { RecordLayout, WireField } from '../layout/record-layout.js';

/**
 * A raw value: `number` up to 32 bits, `bigint` for 64 bits (prices in 1e-9, times in ns), `string` for the rest: a
 * char as itself (NUL is the empty string, a byte beyond ASCII the character of that code), text up to its first NUL,
 * reserved bytes in hex.
 */
export type RecordValue = number | bigint | string;

/** The values of one record by the names of their fields, sentinels as they are. */
export type RecordValues = Readonly<Record<string, RecordValue>>;

const utf8 = new TextDecoder('utf-8');

/** Reads every field of the record at `offset`. For single records: an object per record is the slow path. */
export function readRecord(layout: RecordLayout, view: DataView, offset: number): Record<string, RecordValue> {
  const values: Record<string, RecordValue> = {};
  for (const field of layout.fields) values[field.name] = readField(field, view, offset);
  return values;
}

/** Reads one field of the record at `offset`. */
export function readField(field: WireField, view: DataView, offset: number): RecordValue {
  const at = offset + field.offset;
  switch (field.type) {
    case 'u8':
      return view.getUint8(at);
    case 'i8':
      return view.getInt8(at);
    case 'u16':
      return view.getUint16(at, true);
    case 'i16':
      return view.getInt16(at, true);
    case 'u32':
      return view.getUint32(at, true);
    case 'i32':
      return view.getInt32(at, true);
    case 'u64':
    case 'timestamp':
      return view.getBigUint64(at, true);
    case 'i64':
    case 'price':
      return view.getBigInt64(at, true);
    case 'char': {
      const byte = view.getUint8(at);
      return byte === 0 ? '' : String.fromCharCode(byte);
    }
    case 'cstr': {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at, field.size);
      const end = bytes.indexOf(0);
      return utf8.decode(end === -1 ? bytes : bytes.subarray(0, end));
    }
    case 'bytes':
      return Array.from({ length: field.size }, (_, index) =>
        view
          .getUint8(at + index)
          .toString(16)
          .padStart(2, '0'),
      ).join('');
  }
}

/** The gateway's send time (ns) of the record at `offset`, in a stream whose metadata says `ts_out`. */
export function readTsOut(view: DataView, offset: number): bigint {
  return view.getBigUint64(offset + view.getUint8(offset) * LENGTH_UNIT - TS_OUT_SIZE, true);
}
