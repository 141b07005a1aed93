import { LENGTH_UNIT } from '../dbn/constants.js';
import type { RecordLayout, WireField } from '../dbn/layout/record-layout.js';
import { TickloomError } from '../errors/index.js';
import type { ModelBinding, ModelField } from '../model/model-spec.js';
import { WIRE_TYPES } from '../model/wire-types.js';
import { literalHalves, makeFunction } from './compiled-source.js';
import { writePriceOf, writeUnsignedOf } from './numeric-value.js';
import { PG_EPOCH_MICROS } from './row-encoder.js';

/**
 * Writes one row as a record: `at` is where the cells of the fields begin in a binary COPY tuple, `offset` where the
 * record begins in memory that is zero.
 * @throws ENCODE_FAILED when a cell holds what its field cannot: somebody changed the row
 */
export type RecordWriter = (
  from: Uint8Array,
  fromView: DataView,
  at: number,
  to: Uint8Array,
  toView: DataView,
  offset: number,
) => void;

export interface CompiledRecordWriter {
  readonly layout: RecordLayout;
  readonly write: RecordWriter;
}

const EPOCH = literalHalves(PG_EPOCH_MICROS);
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  u8: [0, 0xff],
  i8: [-0x80, 0x7f],
  u16: [0, 0xffff],
  i16: [-0x8000, 0x7fff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
};

/**
 * Compiles the way back of {@link compileEncoder}: from the cells of a row, in column order, to the record of one DBN
 * version. NULL becomes the number that means "not set", or zero; fields that the version lacks are passed over;
 * reserved bytes are zero.
 */
export function compileRecordWriter(binding: ModelBinding, rtype: number): CompiledRecordWriter {
  const { layout, fields } = binding;
  const body = `
    to[o] = ${layout.size / LENGTH_UNIT}; to[o + 1] = ${rtype};
    let n = 0;
    ${fields.map(({ field, wire }, index) => (wire === null ? skipCode(field) : fieldCode(field, wire, index))).join('\n')}`;
  const misfit = (index: number): never => {
    const name = fields[index]?.field.name ?? '';
    throw new TickloomError(
      'ENCODE_FAILED',
      `a row cannot be a "${layout.name}" record: its column "${name}" holds a value that no such record has`,
      { hint: 'Load the data again with --force: the row was changed.', context: { column: name } },
    );
  };
  const write = makeFunction<(...parts: unknown[]) => RecordWriter>(
    ['writePrice', 'writeUnsigned', 'misfit'],
    `return function write(from, view, p, to, out, o) {${body}};`,
  )(writePriceOf, writeUnsignedOf, misfit);
  return { layout, write };
}

function skipCode(field: ModelField): string {
  return field.columns.map(() => 'n = view.getInt32(p); p += 4 + (n > 0 ? n : 0);').join(' ');
}

function fieldCode(field: ModelField, wire: WireField, index: number): string {
  // the nanoseconds of a time go with it
  const both = field.type === 'timestamp' ? `if (view.getInt32(p + 4) >= 0) misfit(${index});` : '';
  const nulls = `${both} ${undefinedCode(wire)} p += ${4 * field.columns.length};`;
  return `n = view.getInt32(p); if (n < 0) { ${nulls} } else { ${valueCode(field, wire, index)} }`;
}

function undefinedCode(wire: WireField): string {
  if (wire.undef === undefined) return '';
  const { low, high } = literalHalves(wire.undef);
  const at = `o + ${wire.offset}`;
  if (wire.size === 8) return `out.setUint32(${at}, ${low}, true); out.setInt32(${at} + 4, ${high}, true);`;
  return setCode(wire, String(wire.undef));
}

function valueCode(field: ModelField, wire: WireField, index: number): string {
  const at = `o + ${wire.offset}`;
  switch (WIRE_TYPES[field.type].kind) {
    case 'number':
      return numberCode(field, wire, index);
    case 'wide':
      return wideCode(field, wire, index);
    case 'char':
      return `to[${at}] = from[p + 4]; p += 5;`;
    case 'text':
      return `if (n > ${wire.size}) misfit(${index}); p += 4; for (let k = 0; k < n; k++) to[${at} + k] = from[p + k]; p += n;`;
  }
}

function numberCode(field: ModelField, wire: WireField, index: number): string {
  const [read, size] = {
    smallint: ['view.getInt16(p + 4)', 2],
    integer: ['view.getInt32(p + 4)', 4],
    bigint: ['view.getInt32(p + 4) * 4294967296 + view.getUint32(p + 8)', 8],
  }[field.columns[0]?.type as 'smallint' | 'integer' | 'bigint'] as [string, number];
  return `const v${index} = ${read}; p += ${4 + size}; ${boundedCode(wire, `v${index}`, index)}`;
}

function wideCode(field: ModelField, wire: WireField, index: number): string {
  const at = `o + ${wire.offset}`;
  if (field.type === 'price') return `if (!writePrice(view, p + 4, out, ${at})) misfit(${index}); p += 4 + n;`;
  if (field.type === 'timestamp') {
    // microseconds from 1970 in two halves, times 1000, and the nanoseconds left over
    return `{ const l = view.getUint32(p + 8) + ${EPOCH.low}, c = l >= 4294967296 ? 1 : 0;
      const h = view.getInt32(p + 4) + ${EPOCH.high} + c, t = (l - c * 4294967296) * 1000 + view.getInt16(p + 16);
      const q = h * 1000 + Math.floor(t / 4294967296);
      if (view.getInt32(p + 12) !== 2 || q < 0 || q > 4294967295) misfit(${index});
      out.setUint32(${at}, t >>> 0, true); out.setUint32(${at} + 4, q, true); p += 18; }`;
  }
  if (field.numericColumn) return `${numericCode(wire, index)} p += 4 + n;`;
  if (wire.size < 8) {
    return `const v${index} = view.getInt32(p + 4) * 4294967296 + view.getUint32(p + 8); p += 12; ${boundedCode(wire, `v${index}`, index)}`;
  }
  const unsigned = wire.type === 'u64' ? `if (view.getInt32(p + 4) < 0) misfit(${index});` : '';
  return `${unsigned} out.setInt32(${at} + 4, view.getInt32(p + 4), true); out.setUint32(${at}, view.getUint32(p + 8), true); p += 12;`;
}

/** A u64 kept as numeric; narrower on the wire of older versions. */
function numericCode(wire: WireField, index: number): string {
  if (wire.size === 8) return `if (!writeUnsigned(view, p + 4, out, o + ${wire.offset})) misfit(${index});`;
  return `const w${index} = new DataView(new ArrayBuffer(8));
    if (!writeUnsigned(view, p + 4, w${index}, 0) || w${index}.getUint32(4, true) !== 0) misfit(${index});
    const v${index} = w${index}.getUint32(0, true); ${boundedCode(wire, `v${index}`, index)}`;
}

function boundedCode(wire: WireField, value: string, index: number): string {
  const [least, most] = BOUNDS[wire.type] as readonly [number, number];
  return `if (${value} < ${least} || ${value} > ${most}) misfit(${index}); ${setCode(wire, value)}`;
}

function setCode(wire: WireField, value: string): string {
  const setters = {
    u8: 'setUint8',
    i8: 'setInt8',
    u16: 'setUint16',
    i16: 'setInt16',
    u32: 'setUint32',
    i32: 'setInt32',
  };
  return `out.${setters[wire.type as keyof typeof setters]}(o + ${wire.offset}, ${value}, true);`;
}
