import { readField } from '../dbn/record/read-record.js';
import type { WireField } from '../dbn/layout/record-layout.js';
import type { MarketModel, ModelBinding } from '../model/model-spec.js';
import { WIRE_TYPES } from '../model/wire-types.js';
import type { FieldValue } from './row-encoder.js';

// what is not UTF-8 shows as U+FFFD; such a record never becomes a row
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** An instance of the model with the record's values: the slow path, and what a rejection is worded from. */
export function materialise(model: MarketModel, binding: ModelBinding, view: DataView, offset: number): object {
  const instance = Object.create(model.cls.prototype as object) as Record<string, FieldValue>;
  for (const { field, wire } of binding.fields) {
    instance[field.name] =
      wire === null ? asDeclared(field.absent, field.type) : valueAt(wire, field.type, view, offset);
  }
  return instance;
}

/** The value of one field; the number that means "not set" and a NUL character are `null`. */
function valueAt(wire: WireField, type: keyof typeof WIRE_TYPES, view: DataView, offset: number): FieldValue {
  if (wire.type === 'cstr') return textAt(wire, view, offset);
  const value = readField(wire, view, offset);
  if (wire.type === 'char') return value === '' ? null : value;
  return wire.undef !== undefined && BigInt(value) === wire.undef ? null : asDeclared(value, type);
}

/** A value as instances have it: integers of 64 bits are bigints. */
export function asDeclared(value: FieldValue, type: keyof typeof WIRE_TYPES): FieldValue {
  return WIRE_TYPES[type].kind === 'wide' && typeof value === 'number' ? BigInt(value) : value;
}

/** Text up to its first NUL. */
export function textAt(wire: Pick<WireField, 'offset' | 'size'>, view: DataView, offset: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + offset + wire.offset, wire.size);
  const end = bytes.indexOf(0);
  return utf8.decode(end === -1 ? bytes : bytes.subarray(0, end));
}
