import type { ModelBinding, ModelField } from '../model/model-spec.js';
import type { WireField } from '../dbn/layout/record-layout.js';
import { WIRE_TYPES } from '../model/wire-types.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { SymbolCells } from '../symbology/symbol-cells.js';
import { halvesAt, isUndefined, literalHalves, makeFunction, numberAt } from './compiled-source.js';
import { NUMERIC_CELL_MAX, writePriceCell, writeUnsignedCell } from './numeric-cell.js';
import { cellsOf, PG_EPOCH_MICROS } from './row-encoder.js';

/** What the encoder needs of a chunk and a batch. */
export interface EncoderInput {
  readonly batch: RecordBatch;
  /** 0 for records that become rows. */
  readonly verdicts: Uint8Array;
  /** For each record the index of its symbol's cell. */
  readonly symbols: Int32Array;
  readonly cells: SymbolCells;
  /** The cells of dataset and chunk id, the same in every row; with {@link ENCODER_SLACK} bytes behind them. */
  readonly constant: Uint8Array;
  /** Bytes of `constant` that count. */
  readonly constantSize: number;
}

/** Writes the tuples of a batch into `out` from its beginning, and gives the bytes written. */
export type Encoder = (input: EncoderInput, out: Uint8Array, outView: DataView) => number;

export interface CompiledEncoder {
  readonly encode: Encoder;
  /** Most bytes that a tuple takes, without its symbol's cell and the constant ones. */
  readonly tupleMax: number;
}

/** Cells are copied four bytes at a time: so many may be read and written behind the end. */
export const ENCODER_SLACK = 4;

const EPOCH = literalHalves(PG_EPOCH_MICROS);
/** The identity columns behind the fields: symbol, dataset, chunk_id, ordinal. */
const IDENTITY_COLUMNS = 4;
const BIGINT_CELL = 12;
const NULL = 'out.setInt32(p, -1); p += 4;';

const COPY_CELL = (from: string, start: string, end: string): string =>
  `for (let k = ${start}; k < ${end}; k += 4) out.setInt32(p + k - ${start}, ${from}.getInt32(k)); p += ${end} - ${start};`;

type Generated = (
  input: EncoderInput,
  outBytes: Uint8Array,
  out: DataView,
  cellView: DataView,
  constantView: DataView,
) => number;

/**
 * Compiles the encoder of a model in one DBN version: one pass over the batch, no object and no BigInt per record.
 * The room for the tuples has to be there.
 */
export function compileEncoder(binding: ModelBinding): CompiledEncoder {
  const columns = binding.fields.reduce((sum, { field }) => sum + field.columns.length, 0) + IDENTITY_COLUMNS;
  const body = `
    const { batch, verdicts, symbols, cells, constantSize } = input;
    const { view, offsets, ordinals, firstOrdinal, count } = batch;
    const bytes = batch.bytes, starts = cells.starts;
    let p = 0;
    for (let i = 0; i < count; i++) {
      if (verdicts[i] !== 0) continue;
      const o = offsets[i];
      out.setInt16(p, ${columns}); p += 2;
      ${binding.fields.map(({ field, wire }, index) => (wire === null ? absentCode(field) : fieldCode(field, wire, index))).join('\n')}
      const s = starts[symbols[i]], e = starts[symbols[i] + 1];
      ${COPY_CELL('cellView', 's', 'e')}
      ${COPY_CELL('constantView', '0', 'constantSize')}
      const n = firstOrdinal + ordinals[i];
      out.setInt32(p, 8); out.setInt32(p + 4, n / 4294967296 | 0); out.setUint32(p + 8, n >>> 0); p += 12;
    }
    return p;`;
  const generated = makeFunction<(price: unknown, unsigned: unknown) => Generated>(
    ['writePrice', 'writeUnsigned'],
    `return function encode(input, outBytes, out, cellView, constantView) {${body}};`,
  )(writePriceCell, writeUnsignedCell);
  const encode: Encoder = (input, out, outView) =>
    generated(input, out, outView, viewOf(input.cells.bytes), viewOf(input.constant));
  const fieldMax = binding.fields.reduce((sum, { field }) => sum + cellsMax(field), 0);
  return { encode, tupleMax: 2 + fieldMax + BIGINT_CELL };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Most bytes that the cells of a field take, lengths included. */
function cellsMax(field: ModelField): number {
  switch (field.columns[0]?.type) {
    case 'smallint':
      return 4 + 2;
    case 'integer':
      return 4 + 4;
    case 'numeric':
      return NUMERIC_CELL_MAX;
    case 'timestamptz':
      return BIGINT_CELL + 4 + 2;
    case '"char"':
      return 4 + 1;
    case 'text':
      return 4 + field.size;
    default:
      return BIGINT_CELL;
  }
}

function absentCode(field: ModelField): string {
  const cells = cellsOf(field, field.absent);
  return `${[...cells].map((byte, at) => `outBytes[p + ${at}] = ${byte};`).join(' ')} p += ${cells.length};`;
}

function fieldCode(field: ModelField, wire: WireField, index: number): string {
  switch (WIRE_TYPES[field.type].kind) {
    case 'number':
      return numberCode(field, wire, `v${index}`);
    case 'wide':
      return wideCode(field, wire, `h${index}`, `l${index}`);
    case 'char':
      return `if (bytes[o + ${wire.offset}] === 0) { ${NULL} } else { out.setInt32(p, 1); outBytes[p + 4] = bytes[o + ${wire.offset}]; p += 5; }`;
    case 'text':
      return `{ const f = o + ${wire.offset}; let k = 0; for (; k < ${wire.size} && bytes[f + k] !== 0; k++) outBytes[p + 4 + k] = bytes[f + k];
        out.setInt32(p, k); p += 4 + k; }`;
  }
}

function numberCode(field: ModelField, wire: WireField, value: string): string {
  const write = {
    smallint: `out.setInt32(p, 2); out.setInt16(p + 4, ${value}); p += 6;`,
    integer: `out.setInt32(p, 4); out.setInt32(p + 4, ${value}); p += 8;`,
    bigint: `out.setInt32(p, 8); out.setInt32(p + 4, ${value} < 0 ? -1 : 0); out.setInt32(p + 8, ${value}); p += 12;`,
  }[field.columns[0]?.type as 'smallint' | 'integer' | 'bigint'];
  const read = `const ${value} = ${numberAt(wire)};`;
  return wire.undef === undefined
    ? `${read} ${write}`
    : `${read} if (${value} === ${wire.undef}) { ${NULL} } else { ${write} }`;
}

function wideCode(field: ModelField, wire: WireField, high: string, low: string): string {
  const write = wideWriteCode(field, high, low);
  const nulls = field.columns.map(() => NULL).join(' ');
  const code = wire.undef === undefined ? write : `if (${isUndefined(wire, high, low)}) { ${nulls} } else { ${write} }`;
  return `${halvesAt(wire, high, low)} ${code}`;
}

function wideWriteCode(field: ModelField, high: string, low: string): string {
  if (field.type === 'price') return `p = writePrice(out, p, ${high}, ${low});`;
  if (field.type === 'timestamp') {
    // ns / 1000 by long division, the microseconds counted from 2000, and what is left over
    return `{ const q = Math.floor(${high} / 1000), t = (${high} - q * 1000) * 4294967296 + ${low};
      const m = Math.floor(t / 1000), b = m < ${EPOCH.low} ? 1 : 0;
      out.setInt32(p, 8); out.setInt32(p + 4, q - ${EPOCH.high} - b); out.setUint32(p + 8, m - ${EPOCH.low});
      out.setInt32(p + 12, 2); out.setInt16(p + 16, t - m * 1000); p += 18; }`;
  }
  if (field.numericColumn) return `p = writeUnsigned(out, p, ${high}, ${low});`;
  return `out.setInt32(p, 8); out.setInt32(p + 4, ${high}); out.setInt32(p + 8, ${low}); p += 12;`;
}
