import type { ColumnSpec } from '../core/model/model-spec.js';

/** A cell as PostgreSQL would show it, near enough to compare: numbers exact, times in microseconds since 1970. */
export type CellValue = bigint | string | null;

const PG_EPOCH_MICROS = 946_684_800_000_000n;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads binary COPY tuples back: an independent, slow counterpart of the encoder.
 * @throws Error when a tuple does not have the table's columns or a cell not the size of its type
 */
export function readTuples(tuples: Uint8Array, columns: readonly ColumnSpec[]): Record<string, CellValue>[] {
  const view = new DataView(tuples.buffer, tuples.byteOffset, tuples.byteLength);
  const rows: Record<string, CellValue>[] = [];
  let at = 0;
  while (at < tuples.length) {
    const fields = view.getInt16(at);
    at += 2;
    if (fields !== columns.length) {
      throw new Error(`row ${rows.length} has ${fields} cells; the table has ${columns.length} columns`);
    }
    const row: Record<string, CellValue> = {};
    for (const column of columns) {
      const length = view.getInt32(at);
      at += 4;
      row[column.name] = length === -1 ? null : readCell(column, tuples.subarray(at, at + length), length);
      if (length > 0) at += length;
    }
    rows.push(row);
  }
  return rows;
}

function readCell(column: ColumnSpec, bytes: Uint8Array, length: number): CellValue {
  if (bytes.length !== length) throw new Error(`the cell of "${column.name}" is cut`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (column.type) {
    case 'smallint':
      return BigInt(sized(column, view, 2).getInt16(0));
    case 'integer':
      return BigInt(sized(column, view, 4).getInt32(0));
    case 'bigint':
      return sized(column, view, 8).getBigInt64(0);
    case 'timestamptz':
      return sized(column, view, 8).getBigInt64(0) + PG_EPOCH_MICROS;
    case '"char"':
      return String.fromCharCode(sized(column, view, 1).getUint8(0));
    case 'text':
      return utf8.decode(bytes);
    case 'numeric':
      return readNumeric(column, view);
  }
}

function sized(column: ColumnSpec, view: DataView, size: number): DataView {
  if (view.byteLength !== size) {
    throw new Error(`the cell of "${column.name}" has ${view.byteLength} bytes; ${column.type} takes ${size}`);
  }
  return view;
}

/** The decimal text of a binary numeric; refuses digits that PostgreSQL would refuse or that say nothing. */
function readNumeric(column: ColumnSpec, view: DataView): string {
  const count = view.getInt16(0);
  const weight = view.getInt16(2);
  const sign = view.getUint16(4);
  const decimals = view.getUint16(6);
  sized(column, view, 8 + count * 2);
  const digits = Array.from({ length: count }, (_, index) => view.getUint16(8 + index * 2));
  const wasteful = digits[0] === 0 || digits.at(-1) === 0 || (count === 0 && (weight !== 0 || sign !== 0));
  if (wasteful || digits.some((digit) => digit > 9999) || (sign !== 0 && sign !== 0x4000)) {
    throw new Error(`the numeric of "${column.name}" is not in its shortest form: ${digits.join(' ')}`);
  }
  const group = (power: number): string => String(digits[weight - power] ?? 0).padStart(4, '0');
  let whole = '';
  for (let power = Math.max(weight, 0); power >= 0; power--) whole += group(power);
  let fraction = '';
  for (let power = -1; power >= -Math.ceil(decimals / 4); power--) fraction += group(power);
  if (/[1-9]/.test(fraction.slice(decimals))) throw new Error(`the numeric of "${column.name}" hides decimals`);
  const text = whole.replace(/^0+(?=\d)/, '') + (decimals === 0 ? '' : `.${fraction.slice(0, decimals)}`);
  return `${sign === 0 ? '' : '-'}${text}`;
}
