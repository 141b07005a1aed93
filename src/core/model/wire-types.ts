import type { WireType } from '../dbn/layout/record-layout.js';
import type { PgType } from './pg-type.js';

/** The wire types that a field of a model can have: all but reserved bytes. */
export type FieldType = Exclude<WireType, 'bytes'>;

/**
 * How a value appears on a model's instance and in generated code.
 *
 * - `number`: integers of up to 32 bits, a JavaScript number
 * - `wide`: integers of 64 bits, a bigint on an instance and two 32-bit halves in generated code
 * - `char`: one byte, a string of one character with the code 1–255 (byte 0 is `null`)
 * - `text`: a string
 */
export type ValueKind = 'number' | 'wide' | 'char' | 'text';

interface WireTypeFacts {
  readonly kind: ValueKind;
  /** Bytes; 0 where the declaration says how many. */
  readonly size: number;
  readonly signed: boolean;
  readonly pgType: PgType;
}

export const WIRE_TYPES: Readonly<Record<FieldType, WireTypeFacts>> = {
  u8: { kind: 'number', size: 1, signed: false, pgType: 'smallint' },
  i8: { kind: 'number', size: 1, signed: true, pgType: 'smallint' },
  u16: { kind: 'number', size: 2, signed: false, pgType: 'integer' },
  i16: { kind: 'number', size: 2, signed: true, pgType: 'smallint' },
  u32: { kind: 'number', size: 4, signed: false, pgType: 'bigint' },
  i32: { kind: 'number', size: 4, signed: true, pgType: 'integer' },
  u64: { kind: 'wide', size: 8, signed: false, pgType: 'bigint' },
  i64: { kind: 'wide', size: 8, signed: true, pgType: 'bigint' },
  price: { kind: 'wide', size: 8, signed: true, pgType: 'numeric' },
  timestamp: { kind: 'wide', size: 8, signed: false, pgType: 'timestamptz' },
  char: { kind: 'char', size: 1, signed: false, pgType: '"char"' },
  cstr: { kind: 'text', size: 0, signed: false, pgType: 'text' },
};

/** The integers that fit the type, both ends included; only for the kinds `number` and `wide`. */
export function rangeOf(type: FieldType): { readonly min: bigint; readonly max: bigint } {
  const { size, signed } = WIRE_TYPES[type];
  const bits = BigInt(size * 8);
  return signed ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n } : { min: 0n, max: (1n << bits) - 1n };
}

/** True when every value of `wire` is a value of `declared`: the same type, or a narrower integer of the same sign. */
export function holds(declared: FieldType, wire: WireType): boolean {
  if (declared === wire) return true;
  const isInteger = (type: WireType): boolean => /^[ui]\d+$/.test(type);
  if (!isInteger(declared) || !isInteger(wire)) return false;
  const narrow = WIRE_TYPES[wire as FieldType];
  return narrow.signed === WIRE_TYPES[declared].signed && narrow.size < WIRE_TYPES[declared].size;
}
