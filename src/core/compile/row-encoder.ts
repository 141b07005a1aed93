import type { ModelField } from '../model/model-spec.js';
import { WIRE_TYPES } from '../model/wire-types.js';

/**
 * Encodes values one by one, the plain way: for rows of hand-written mappers, for constants, and to check the
 * generated encoder against.
 */

const NULL_CELL = Uint8Array.of(0xff, 0xff, 0xff, 0xff);
/** 2000-01-01T00:00:00Z, PostgreSQL's epoch, in microseconds since 1970. */
export const PG_EPOCH_MICROS = 946_684_800_000_000n;
const INTEGER_BYTES: Readonly<Record<string, number>> = { smallint: 2, integer: 4, bigint: 8 };
const utf8 = new TextEncoder();

/** A value of a model's instance, as its decorator says. */
export type FieldValue = number | bigint | string | null;

/** The cells of one field, length included: one, or two for a timestamp. */
export function cellsOf(field: ModelField, value: FieldValue): Uint8Array {
  if (value === null) return concat(field.columns.map(() => NULL_CELL));
  const { kind } = WIRE_TYPES[field.type];
  if (kind === 'text') return cell(utf8.encode(String(value)));
  if (kind === 'char') return cell(Uint8Array.of(String(value).charCodeAt(0)));
  const number = BigInt(value);
  if (field.type === 'price') return cell(numeric(number, 9));
  if (field.type === 'timestamp') {
    return concat([cell(integer(number / 1000n - PG_EPOCH_MICROS, 8)), cell(integer(number % 1000n, 2))]);
  }
  const pgType = field.columns[0]?.type ?? 'bigint';
  return cell(pgType === 'numeric' ? numeric(number, 0) : integer(number, INTEGER_BYTES[pgType] ?? 8));
}

export function textCell(text: string): Uint8Array {
  return cell(utf8.encode(text));
}

export function bigintCell(value: bigint): Uint8Array {
  return cell(integer(value, 8));
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function cell(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + content.length);
  new DataView(bytes.buffer).setInt32(0, content.length);
  bytes.set(content, 4);
  return bytes;
}

function integer(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value);
  return bytes.subarray(8 - size);
}

/** PostgreSQL's binary numeric of `value` × 10^-scale, without zeros that say nothing. */
function numeric(value: bigint, scale: number): Uint8Array {
  const text = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const decimals = text.slice(text.length - scale).replace(/0+$/, '');
  const left = whole.padStart(Math.ceil(whole.length / 4) * 4, '0');
  const right = decimals.padEnd(Math.ceil(decimals.length / 4) * 4, '0');
  const digits = ((left + right).match(/\d{4}/g) ?? []).map(Number);
  let weight = left.length / 4 - 1;
  while (digits[0] === 0) {
    digits.shift();
    weight--;
  }
  while (digits.at(-1) === 0) digits.pop();
  const bytes = new Uint8Array(8 + digits.length * 2);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, digits.length);
  view.setInt16(2, digits.length === 0 ? 0 : weight);
  view.setUint16(4, value < 0n ? 0x4000 : 0);
  view.setUint16(6, decimals.length);
  digits.forEach((digit, index) => view.setUint16(8 + index * 2, digit));
  return bytes;
}
