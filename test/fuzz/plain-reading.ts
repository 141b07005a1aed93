import { layoutOf } from '../../src/core/dbn/layout/layouts.js';
import type { RecordLayout, WireField } from '../../src/core/dbn/layout/record-layout.js';
import { builtinRegistry } from '../support/plugin-rows.js';
import type { CellValue } from '../../src/testing/index.js';
import { readHeader, symbolsOf } from './plain-header.js';

/** What a stream holds, read byte by byte without any of the code that loads. */
export interface PlainReading {
  /** Rows by ordinal; symbol left out where it cannot be told. */
  readonly rows: ReadonlyMap<number, Readonly<Record<string, CellValue>>>;
  readonly rejected: ReadonlySet<number>;
  readonly decoded: number;
}

const NO_TIME = 2n ** 64n - 1n;
const NO_PRICE = 2n ** 63n - 1n;
const NUMERIC_U64 = new Set(['order_id', 'raw_instrument_id']);
/** In bars: the first is not below the second, where both are prices. */
const ORDER = [
  ['open', 'low'],
  ['high', 'low'],
  ['high', 'open'],
  ['high', 'close'],
  ['close', 'low'],
] as const;

/**
 * The straightforward reading: one record after the other, each field by its offset. For streams that are known to be
 * sound in structure.
 */
export function plainReading(bytes: Buffer): PlainReading {
  const header = readHeader(bytes);
  const symbols = symbolsOf(header);
  const rows = new Map<number, Readonly<Record<string, CellValue>>>();
  const rejected = new Set<number>();
  let ordinal = 0;
  for (let at = header.size; at < bytes.length; at += (bytes[at] as number) * 4, ordinal += 1) {
    const rtype = bytes[at + 1] as number;
    const layout = layoutOf(rtype, header.version);
    if (layout === undefined || layout.control) continue;
    const schema = builtinRegistry.schemaFor(header.schema, rtype);
    if (schema === undefined || (header.schema !== null && schema.name !== header.schema)) continue;
    const row = rowOf(bytes, at, layout, schema.name);
    if (row === undefined) rejected.add(ordinal);
    else {
      const symbol = symbols?.(bytes.readUInt32LE(at + 4), timeOf(bytes, at, layout), ownSymbol(bytes, at, layout));
      rows.set(ordinal, {
        ...row,
        ...(symbol === undefined ? {} : { symbol }),
        dataset: header.dataset,
        ordinal: BigInt(ordinal),
      });
    }
  }
  return { rows, rejected, decoded: ordinal };
}

const timeOf = (bytes: Buffer, at: number, layout: RecordLayout): bigint =>
  bytes.readBigUInt64LE(at + fieldAt(layout, layout.indexTimestamp));

const fieldAt = (layout: RecordLayout, name: string): number =>
  layout.fields.find((field) => field.name === name)?.offset ?? 0;

function ownSymbol(bytes: Buffer, at: number, layout: RecordLayout): string {
  const field = layout.name === 'definition' ? layout.fields.find(({ name }) => name === 'raw_symbol') : undefined;
  return field === undefined ? '' : (textOf(bytes, at + field.offset, field.size) ?? '');
}

/** `undefined` for a record that must not become a row. */
function rowOf(bytes: Buffer, at: number, layout: RecordLayout, schema: string): Record<string, CellValue> | undefined {
  if (timeOf(bytes, at, layout) === NO_TIME) return undefined;
  const row: Record<string, CellValue> = {};
  for (const field of layout.fields) {
    if (field.name === 'length' || field.name === 'rtype' || field.type === 'bytes') continue;
    const name = schema === 'tbbo' ? field.name.replace(/_00$/, '') : field.name;
    const cell = cellOf(bytes, at + field.offset, field);
    if (cell === undefined) return undefined;
    row[name] = cell.value;
    if (field.type === 'timestamp') row[`${name}_ns`] = cell.rest ?? null;
  }
  const priceAt = (name: string): bigint => bytes.readBigInt64LE(at + fieldAt(layout, name));
  if (layout.name === 'ohlcv') {
    for (const [upper, lower] of ORDER) {
      if (priceAt(upper) !== NO_PRICE && priceAt(lower) !== NO_PRICE && priceAt(upper) < priceAt(lower))
        return undefined;
    }
  }
  return row;
}

interface Cell {
  readonly value: CellValue;
  /** Of a time: its nanoseconds below the microsecond. */
  readonly rest?: bigint | null;
}

/** `undefined` for a value that no column can hold. */
function cellOf(bytes: Buffer, at: number, field: WireField): Cell | undefined {
  const { type, size, undef } = field;
  if (type === 'cstr') {
    const text = textOf(bytes, at, size);
    return text === undefined ? undefined : { value: text };
  }
  if (type === 'char') return { value: bytes[at] === 0 ? null : String.fromCharCode(bytes[at] as number) };
  const signed = type === 'price' || type.startsWith('i');
  let value = 0n;
  for (let index = size - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[at + index] as number);
  if (signed) value = BigInt.asIntN(size * 8, value);
  if (undef !== undefined && value === undef) return { value: null, rest: null };
  if (type === 'timestamp') return { value: value / 1000n, rest: value % 1000n };
  if (type === 'price') return { value: decimal(value) };
  // Narrower in older versions, in the same column.
  if (NUMERIC_U64.has(field.name)) return { value: value.toString() };
  return type === 'u64' && value >= 2n ** 63n ? undefined : { value };
}

/** Units of 1e-9 as a decimal without trailing zeros. */
function decimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -9)}${fraction === '' ? '' : `.${fraction}`}`;
}

function textOf(bytes: Buffer, at: number, size: number): string | undefined {
  const field = bytes.subarray(at, at + size);
  const end = field.indexOf(0);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      end === -1 ? field : field.subarray(0, end),
    );
  } catch {
    return undefined;
  }
}
