import type { Digest } from '../digest/digest.js';
import {
  cellCode,
  FINISH_CODE,
  headOfCell,
  numericCellCode,
  START_CODE,
  wordCode,
  writtenCellCode,
} from '../digest/hash-code.js';
import { rowHasher } from '../digest/hashers.js';
import type { ModelBinding, ModelField, TableSpec } from '../model/model-spec.js';
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

/** Writes the tuples of a batch into `out` from its beginning, adds the rows to the digest, and gives the bytes written. */
export type Encoder = (input: EncoderInput, out: Uint8Array, outView: DataView, digest: Digest) => number;

export interface CompiledEncoder {
  readonly encode: Encoder;
  /** Whether rows are added to the digest: else whoever has them makes it. */
  readonly digests: boolean;
  /** Most bytes that a tuple takes, without its symbol's cell and the constant ones. */
  readonly tupleMax: number;
}

/** Cells are copied and hashed four bytes at a time: so many may be read and written behind the end. */
export const ENCODER_SLACK = 4;

const EPOCH = literalHalves(PG_EPOCH_MICROS);
/** The identity columns behind the fields: symbol, dataset, chunk_id, ordinal. */
const IDENTITY_COLUMNS = 4;
const BIGINT_CELL = 12;
/** Where there are more, hashing on the way makes the code so large that it is slower than doing it afterwards. */
const MOST_HASHED_FIELDS = 32;
const NULL = 'out.setInt32(p, -1); p += 4;';

const COPY_CELL = (from: string, start: string, end: string): string =>
  `for (let k = ${start}; k < ${end}; k += 4) out.setInt32(p + k - ${start}, ${from}.getInt32(k)); p += ${end} - ${start};`;

type Generated = (
  input: EncoderInput,
  outBytes: Uint8Array,
  out: DataView,
  cellView: DataView,
  constantView: DataView,
  digest: Digest,
) => number;

/** A field with its place among the columns, and what they are hashed with. */
interface Column {
  readonly field: ModelField;
  readonly wire: WireField | null;
  readonly index: number;
  /** One for each column of the field. */
  readonly seeds: readonly number[];
}

/**
 * Compiles the encoder of a model in one DBN version for one table: one pass over the batch, no object and no BigInt per
 * record. What is written is hashed on the way, while it is at hand: the processor does both in the time of one. The
 * room for the tuples has to be there.
 */
export function compileEncoder(binding: ModelBinding, table: TableSpec): CompiledEncoder {
  const digests = binding.fields.length <= MOST_HASHED_FIELDS;
  const seeds = [...rowHasher(table).seeds].map((seed) => (digests ? seed : 0));
  const columns = columnsOf(binding, seeds);
  const [symbolSeed = 0, datasetSeed = 0, , ordinalSeed = 0] = seeds.slice(-IDENTITY_COLUMNS);
  const body = `
    const { batch, verdicts, symbols, cells, constantSize } = input;
    const { view, offsets, ordinals, firstOrdinal, count } = batch;
    const bytes = batch.bytes, starts = cells.starts;
    let p = 0, first = 0, second = 0;
    let h = 0, g = 0;
    for (let i = 0; i < count; i++) {
      if (verdicts[i] !== 0) continue;
      const o = offsets[i];
      out.setInt16(p, ${seeds.length}); p += 2;
      ${digests ? START_CODE : ''}
      ${columns.map((column) => (column.wire === null ? absentCode(column) : fieldCode(column, column.wire))).join('\n')}
      const s = starts[symbols[i]], e = starts[symbols[i] + 1];
      let c = p + 4;
      ${COPY_CELL('cellView', 's', 'e')}
      ${writtenCellCode(symbolSeed, 'c', 'p')}
      c = p + 4;
      ${COPY_CELL('constantView', '0', 'constantSize')}
      const d = p - ${BIGINT_CELL};
      ${writtenCellCode(datasetSeed, 'c', 'd')}
      const n = firstOrdinal + ordinals[i], high = n / 4294967296 | 0;
      out.setInt32(p, 8); out.setInt32(p + 4, high); out.setUint32(p + 8, n >>> 0); p += 12;
      ${cellCode(ordinalSeed, 8, ['high', 'n >>> 0'])}
      ${digests ? FINISH_CODE : ''}
    }
    digest.addHalves(first, second);
    return p;`;
  const generated = makeFunction<(price: unknown, unsigned: unknown) => Generated>(
    ['writePrice', 'writeUnsigned'],
    `return function encode(input, outBytes, out, cellView, constantView, digest) {${body}};`,
  )(writePriceCell, writeUnsignedCell);
  const encode: Encoder = (input, out, outView, digest) =>
    generated(input, out, outView, viewOf(input.cells.bytes), viewOf(input.constant), digest);
  const fieldMax = binding.fields.reduce((sum, { field }) => sum + cellsMax(field), 0);
  return { encode, digests, tupleMax: 2 + fieldMax + BIGINT_CELL };
}

function columnsOf({ fields }: ModelBinding, seeds: readonly number[]): Column[] {
  let at = 0;
  return fields.map(({ field, wire }, index) => {
    const from = at;
    at += field.columns.length;
    return { field, wire, index, seeds: seeds.slice(from, at) };
  });
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

function absentCode({ field, seeds }: Column): string {
  const cells = cellsOf(field, field.absent);
  const view = new DataView(cells.buffer, cells.byteOffset, cells.byteLength);
  const hashes: string[] = [];
  let at = 0;
  for (const seed of seeds) {
    const size = view.getInt32(at);
    if (size >= 0) hashes.push(writtenCellCode(seed, `(p + ${at + 4})`, `(p + ${at + 4 + size})`));
    at += 4 + Math.max(size, 0);
  }
  return `${[...cells].map((byte, index) => `outBytes[p + ${index}] = ${byte};`).join(' ')} ${hashes.join(' ')} p += ${cells.length};`;
}

function fieldCode(column: Column, wire: WireField): string {
  const { field, index, seeds } = column;
  const [seed = 0] = seeds;
  switch (WIRE_TYPES[field.type].kind) {
    case 'number':
      return numberCode(column, wire, `v${index}`);
    case 'wide':
      return wideCode(column, wire, `h${index}`, `l${index}`);
    case 'char':
      return `{ const c = bytes[o + ${wire.offset}]; if (c === 0) { ${NULL} }
        else { out.setInt32(p, 1); outBytes[p + 4] = c; p += 5; ${cellCode(seed, 1, ['c'])} } }`;
    case 'text':
      return textCode(wire, seed);
  }
}

function textCode({ offset, size }: WireField, seed: number): string {
  const copy = `const f = o + ${offset}, c = p + 4; let k = 0;
    for (; k < ${size} && bytes[f + k] !== 0; k++) outBytes[c + k] = bytes[f + k];
    out.setInt32(p, k); p = c + k;`;
  if (seed === 0) return `{ ${copy} }`;
  // words are read from the record: bytes that were just written cannot be read as words without a wait
  return `{ ${copy}
    let a = 0, w = ${headOfCell(seed, 'k')}, r = 0;
    for (; a + 4 < k; a += 4) { ${wordCode('w ^ view.getInt32(f + a)')} w = 0; }
    for (; a < k; a++) r = r << 8 | bytes[f + a];
    ${wordCode('w ^ r')} }`;
}

function numberCode({ field, seeds: [seed = 0] }: Column, wire: WireField, value: string): string {
  const write = {
    smallint: `out.setInt32(p, 2); out.setInt16(p + 4, ${value}); p += 6; ${cellCode(seed, 2, [`${value} & 0xffff`])}`,
    integer: `out.setInt32(p, 4); out.setInt32(p + 4, ${value}); p += 8; ${cellCode(seed, 4, [value])}`,
    bigint: `{ const high = ${value} < 0 ? -1 : 0; out.setInt32(p, 8); out.setInt32(p + 4, high); out.setInt32(p + 8, ${value}); p += 12;
      ${cellCode(seed, 8, ['high', value])} }`,
  }[field.columns[0]?.type as 'smallint' | 'integer' | 'bigint'];
  const read = `const ${value} = ${numberAt(wire)};`;
  return wire.undef === undefined
    ? `${read} ${write}`
    : `${read} if (${value} === ${wire.undef}) { ${NULL} } else { ${write} }`;
}

function wideCode(column: Column, wire: WireField, high: string, low: string): string {
  const write = wideWriteCode(column, high, low);
  const nulls = column.field.columns.map(() => NULL).join(' ');
  const code = wire.undef === undefined ? write : `if (${isUndefined(wire, high, low)}) { ${nulls} } else { ${write} }`;
  return `${halvesAt(wire, high, low)} ${code}`;
}

function wideWriteCode({ field, seeds: [seed = 0, restSeed = 0] }: Column, high: string, low: string): string {
  const numeric = (write: string): string =>
    `{ const c = p + 4; p = ${write}(out, p, ${high}, ${low}); ${numericCellCode(seed, 'c', 'p')} }`;
  if (field.type === 'price') return numeric('writePrice');
  if (field.type === 'timestamp') {
    // ns / 1000 by long division, the microseconds counted from 2000, and what is left over
    return `{ const q = Math.floor(${high} / 1000), t = (${high} - q * 1000) * 4294967296 + ${low};
      const m = Math.floor(t / 1000), b = m < ${EPOCH.low} ? 1 : 0, x = q - ${EPOCH.high} - b, y = m - ${EPOCH.low} | 0, z = t - m * 1000;
      out.setInt32(p, 8); out.setInt32(p + 4, x); out.setInt32(p + 8, y);
      out.setInt32(p + 12, 2); out.setInt16(p + 16, z); p += 18;
      ${cellCode(seed, 8, ['x', 'y'])} ${cellCode(restSeed, 2, ['z'])} }`;
  }
  if (field.numericColumn) return numeric('writeUnsigned');
  return `out.setInt32(p, 8); out.setInt32(p + 4, ${high}); out.setInt32(p + 8, ${low}); p += 12; ${cellCode(seed, 8, [high, low])}`;
}
