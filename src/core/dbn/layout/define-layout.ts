import { RECORD_HEADER_SIZE, UNDEF_PRICE, UNDEF_TIMESTAMP } from '../constants.js';
import type { DbnVersion, RecordLayout, WireField, WireType } from './record-layout.js';

/** A field before its place in the struct is known. */
export type FieldDeclaration = Omit<WireField, 'offset'>;

/** Passing `null` says that the format has no "not set" for this field, though it has one for the type. */
const number =
  (type: WireType, size: number, undefOfType: bigint | null = null) =>
  (name: string, undef = undefOfType): FieldDeclaration => ({ name, type, size, ...(undef === null ? {} : { undef }) });

export const u8 = number('u8', 1);
export const i8 = number('i8', 1);
export const u16 = number('u16', 2);
export const i16 = number('i16', 2);
export const u32 = number('u32', 4);
export const i32 = number('i32', 4);
export const u64 = number('u64', 8);
export const i64 = number('i64', 8);
export const price = number('price', 8, UNDEF_PRICE);
export const timestamp = number('timestamp', 8, UNDEF_TIMESTAMP);

/** One byte of text. `initial` stands in a new record when nothing is given. */
export const char = (name: string, initial?: string): FieldDeclaration => ({
  name,
  type: 'char',
  size: 1,
  ...(initial === undefined ? {} : { initial }),
});
export const cstr = (name: string, size: number): FieldDeclaration => ({ name, type: 'cstr', size });
export const reserved = (name: string, size: number): FieldDeclaration => ({ name, type: 'bytes', size });

/** The same fields once per book level, their names ending in `_00`, `_01` … */
export function levels(count: number, level: readonly FieldDeclaration[]): FieldDeclaration[] {
  return Array.from({ length: count }, (_, index) =>
    level.map((field) => ({ ...field, name: `${field.name}_${String(index).padStart(2, '0')}` })),
  ).flat();
}

/** Every record starts with these. The vendor's "not set" of the time is declared, its printed order is not struct order. */
const HEADER: readonly FieldDeclaration[] = [
  u8('length'),
  u8('rtype'),
  u16('publisher_id'),
  u32('instrument_id'),
  timestamp('ts_event'),
];
const HEADER_TEXT_ORDER = ['ts_event', 'rtype', 'publisher_id', 'instrument_id'];

export interface LayoutDeclaration {
  readonly name: string;
  readonly rtypes: readonly number[];
  readonly versions: readonly DbnVersion[];
  /** Bytes, as the vendor states them: asserted against the sum of the fields. */
  readonly size: number;
  /** The body, in struct order. */
  readonly fields: readonly FieldDeclaration[];
  readonly control?: boolean;
  /** Fields printed before the rest of the body, which is printed in struct order. */
  readonly textFirst?: readonly string[];
  /** Fields printed right behind another one, by name. */
  readonly textAfter?: Readonly<Record<string, string>>;
  /** Fields printed behind the rest of the body. */
  readonly textLast?: readonly string[];
}

/**
 * Computes offsets and printed order from a declaration.
 * @throws Error when the fields do not add up to the stated size or a name is used twice: a mistake in the source.
 */
export function defineLayout(declaration: LayoutDeclaration): RecordLayout {
  const { name, size } = declaration;
  let offset = 0;
  const fields = [...HEADER, ...declaration.fields].map((field): WireField => {
    const placed = { ...field, offset };
    offset += field.size;
    return placed;
  });
  if (offset !== size) throw new Error(`layout "${name}": fields take ${offset} bytes, declared are ${size}`);
  const names = new Set(fields.map((field) => field.name));
  if (names.size !== fields.length) throw new Error(`layout "${name}": a field name is used twice`);
  return Object.freeze({
    name,
    rtypes: declaration.rtypes,
    versions: declaration.versions,
    size,
    fields,
    indexTimestamp: names.has('ts_recv') ? 'ts_recv' : 'ts_event',
    textOrder: printedOrder(declaration, names.has('ts_recv')),
    control: declaration.control ?? false,
  });
}

function printedOrder(declaration: LayoutDeclaration, hasTsRecv: boolean): string[] {
  const { textFirst = [], textAfter = {}, textLast = [] } = declaration;
  const placed = new Set([...textFirst, ...Object.keys(textAfter), ...textLast, 'ts_recv']);
  const rest = declaration.fields
    .map((field) => field.name)
    .filter((name) => !name.startsWith('_') && !placed.has(name));
  const body = rest.flatMap((name) => [name, ...Object.keys(textAfter).filter((moved) => textAfter[moved] === name)]);
  return [...(hasTsRecv ? ['ts_recv'] : []), ...HEADER_TEXT_ORDER, ...textFirst, ...body, ...textLast];
}

if (HEADER.reduce((sum, field) => sum + field.size, 0) !== RECORD_HEADER_SIZE) throw new Error('record header size');
