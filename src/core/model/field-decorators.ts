import type { DbnVersion } from '../dbn/layout/record-layout.js';
import { IsWireValue } from './checks/is-wire-value.js';
import { declareField, refuseStandardDecorator, type ModelClass } from './declaration.js';
import { WIRE_TYPES, type FieldType } from './wire-types.js';

export interface FieldOptions {
  /** Name in the layout where it differs from the property: `bid_px` of tbbo is `bid_px_00` on the wire. */
  readonly wire?: string;
  /** One sentence with the unit; it becomes the column's comment. */
  readonly description?: string;
  /** The DBN versions whose layout has the field. Default: all. */
  readonly versions?: readonly DbnVersion[];
  /**
   * The value that the vendor's upgrade gives in versions whose layout lacks the field. Left out: there is none, and
   * rows of those versions hold a NULL that says nothing.
   */
  readonly absent?: number | bigint | string | null;
  /** The number that means "not set". Only in a layout of the model's own: the codec's layouts know theirs. */
  readonly undef?: bigint;
}

export interface Uint64Options extends FieldOptions {
  /** `numeric` holds every u64; the default `bigint` rejects those beyond 2^63 − 1. */
  readonly column?: 'bigint' | 'numeric';
}

/** An i64 in units of 1e-9; `bigint | null` on an instance, `numeric` in the database. */
export const Price = (options: FieldOptions = {}): PropertyDecorator => field('@Price()', 'price', options);
/** A u64 of nanoseconds since the epoch; `bigint | null` on an instance, `timestamptz` and `<name>_ns smallint`. */
export const Nanos = (options: FieldOptions = {}): PropertyDecorator => field('@Nanos()', 'timestamp', options);
/** A `number` on an instance, `smallint` in the database. */
export const Uint8 = (options: FieldOptions = {}): PropertyDecorator => field('@Uint8()', 'u8', options);
/** A `number` on an instance, `smallint` in the database. */
export const Int8 = (options: FieldOptions = {}): PropertyDecorator => field('@Int8()', 'i8', options);
/** A `number` on an instance, `integer` in the database. */
export const Uint16 = (options: FieldOptions = {}): PropertyDecorator => field('@Uint16()', 'u16', options);
/** A `number` on an instance, `smallint` in the database. */
export const Int16 = (options: FieldOptions = {}): PropertyDecorator => field('@Int16()', 'i16', options);
/** A `number` on an instance, `bigint` in the database. */
export const Uint32 = (options: FieldOptions = {}): PropertyDecorator => field('@Uint32()', 'u32', options);
/** A `number` on an instance, `integer` in the database. */
export const Int32 = (options: FieldOptions = {}): PropertyDecorator => field('@Int32()', 'i32', options);
/** A `bigint` on an instance, `bigint` or `numeric` in the database. */
export const Uint64 = (options: Uint64Options = {}): PropertyDecorator => field('@Uint64()', 'u64', options);
/** A `bigint` on an instance, `bigint` in the database. */
export const Int64 = (options: FieldOptions = {}): PropertyDecorator => field('@Int64()', 'i64', options);
/** One byte; `string | null` on an instance (byte 0 is `null`), `"char"` in the database. */
export const Char = (options: FieldOptions = {}): PropertyDecorator => field('@Char()', 'char', options);
/** Text in a field of `size` bytes; a `string` on an instance, `text` in the database. */
export const Text = (size: number, options: FieldOptions = {}): PropertyDecorator =>
  field('@Text()', 'cstr', options, size);

function field(decorator: string, type: FieldType, options: Uint64Options, size?: number): PropertyDecorator {
  return (target, property) => {
    refuseStandardDecorator(decorator, property);
    const name = String(property);
    const bytes = size ?? WIRE_TYPES[type].size;
    const numericColumn = options.column === 'numeric';
    declareField(target.constructor as ModelClass, {
      name,
      type,
      wire: options.wire ?? name,
      size: bytes,
      numericColumn,
      description: options.description ?? '',
      versions: options.versions ?? null,
      absent: options.absent,
      undef: options.undef ?? null,
    });
    IsWireValue({ type, size: bytes, numericColumn })(target, property);
  };
}
