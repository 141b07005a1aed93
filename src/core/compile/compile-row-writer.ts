import type { WireField } from '../dbn/layout/record-layout.js';
import { LENGTH_UNIT } from '../dbn/constants.js';
import type { ModelBinding, ModelField } from '../model/model-spec.js';
import { rangeOf, WIRE_TYPES } from '../model/wire-types.js';
import { makeFunction } from './compiled-source.js';
import { asDeclared } from './materialise.js';

/**
 * Writes a row back as a record of the model's layout, at `at`, where there is room for it.
 * @returns false when the row is none that the layout has exactly; what was written is then of no use
 */
export type RowWriter = (row: object, bytes: Uint8Array, view: DataView, at: number) => boolean;

const utf8 = new TextEncoder();
const SPECIAL = /[\0\p{Surrogate}]/u;
const LAST_ASCII = 0x7f;

/**
 * Compiles the way back from a row to a record, for rows that a mapper gave: as a record it goes through the compiled
 * check and the compiled encoder. Takes only values that mean the same on both sides; all others are for the plain way.
 */
export function compileRowWriter({ fields, layout }: ModelBinding): RowWriter {
  const names = fields.map((_, index) => `n${index}`);
  const absents = fields.map((_, index) => `a${index}`);
  const body = fields.map(({ wire }, index) => {
    const value = `v${index}`;
    const read = `const ${value} = row[n${index}];`;
    return `${read} ${wire === null ? `if (${value} !== a${index}) return false;` : writeCode(wire, fields[index]?.field as ModelField, value)}`;
  });
  return makeFunction<(...bound: unknown[]) => RowWriter>(
    ['writeText', ...names, ...absents],
    `return function write(row, bytes, view, at) {
      bytes[at] = ${layout.size / LENGTH_UNIT};
      ${body.join('\n')}
      return true;
    };`,
  )(
    writeText,
    ...fields.map(({ field }) => field.name),
    ...fields.map(({ field }) => asDeclared(field.absent, field.type)),
  );
}

function writeCode(wire: WireField, field: ModelField, value: string): string {
  const at = `at + ${wire.offset}`;
  const { kind } = WIRE_TYPES[field.type];
  if (kind === 'text') return `if (!writeText(${value}, bytes, ${at}, ${wire.size})) return false;`;
  if (kind === 'char') {
    return `if (${value} === null) bytes[${at}] = 0;
      else { const c = typeof ${value} === 'string' && ${value}.length === 1 ? ${value}.charCodeAt(0) : 0;
        if (c < 1 || c > 255) return false; bytes[${at}] = c; }`;
  }
  const { min, max } = rangeOf(wire.type as 'u8');
  const suffix = kind === 'wide' ? 'n' : '';
  const unset = wire.undef === undefined ? undefined : `${wire.undef}${wire.size === 8 ? 'n' : ''}`;
  const put = (what: string): string => `view.${setterOf(wire)}(${at}, ${what}, true)`;
  const number = kind === 'wide' && wire.size < 8 ? `Number(${value})` : value;
  return `if (${value} === null) { ${unset === undefined ? 'return false;' : `${put(unset)};`} }
    else if (typeof ${value} !== '${kind === 'wide' ? 'bigint' : 'number'}' || !(${value} >= ${min}${suffix} && ${value} <= ${max}${suffix})
      ${kind === 'wide' ? '' : `|| ${value} % 1 !== 0`}
      ${wire.undef === undefined ? '' : `|| ${value} === ${wire.undef}${suffix}`}) return false;
    else ${put(number)};`;
}

function setterOf({ type, size }: WireField): string {
  const signed = WIRE_TYPES[type as 'u8'].signed;
  return size === 8 ? (signed ? 'setBigInt64' : 'setBigUint64') : `set${signed ? 'Int' : 'Uint'}${size * 8}`;
}

/** False for what is no text, has NUL or half characters, or does not fit. */
function writeText(value: unknown, bytes: Uint8Array, at: number, size: number): boolean {
  if (typeof value !== 'string' || value.length > size) return false;
  let length = 0;
  for (; length < value.length; length++) {
    const code = value.charCodeAt(length);
    if (code === 0 || code > LAST_ASCII) break;
    bytes[at + length] = code;
  }
  if (length < value.length) {
    if (SPECIAL.test(value)) return false;
    const { read, written } = utf8.encodeInto(value, bytes.subarray(at, at + size));
    if (read !== value.length) return false;
    length = written;
  }
  bytes.fill(0, at + length, at + size);
  return true;
}
