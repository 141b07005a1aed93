import type { WireField } from '../dbn/layout/record-layout.js';

/**
 * Source text for generated functions. In it `o` is where the record starts, `bytes` and `view` are over the batch.
 * Only numbers from layouts go into the text, never names or values that a plugin chose.
 */

/** Reads an integer of up to 32 bits. */
export function numberAt(wire: WireField): string {
  switch (wire.type) {
    case 'u8':
    case 'char':
      return `bytes[o + ${wire.offset}]`;
    case 'i8':
      return `view.getInt8(o + ${wire.offset})`;
    case 'u16':
      return `view.getUint16(o + ${wire.offset}, true)`;
    case 'i16':
      return `view.getInt16(o + ${wire.offset}, true)`;
    case 'u32':
      return `view.getUint32(o + ${wire.offset}, true)`;
    default:
      return `view.getInt32(o + ${wire.offset}, true)`;
  }
}

/** Declares the high half (signed or not, as the type is) and the unsigned low half of an integer of any size. */
export function halvesAt(wire: WireField, high: string, low: string): string {
  const { offset, type, size } = wire;
  if (size < 8) {
    return `const ${low}s = ${numberAt(wire)}; const ${high} = ${low}s < 0 ? -1 : 0; const ${low} = ${low}s >>> 0;`;
  }
  const read = type === 'i64' || type === 'price' ? 'getInt32' : 'getUint32';
  return `const ${high} = view.${read}(o + ${offset + 4}, true); const ${low} = view.getUint32(o + ${offset}, true);`;
}

/** The two halves of a 64-bit number as literals, the high one signed where the type is. */
export function literalHalves(value: bigint): { readonly high: number; readonly low: number } {
  return { high: Number(value >> 32n), low: Number(BigInt.asUintN(32, value)) };
}

/** True in generated code when the field holds its "not set"; `false` where it has none. */
export function isUndefined(wire: WireField, high: string, low: string): string {
  if (wire.undef === undefined) return 'false';
  const { high: h, low: l } = literalHalves(wire.undef);
  return `(${high} === ${h} && ${low} === ${l})`;
}

/** Makes a function from source text. */
export function makeFunction<T>(parameters: readonly string[], body: string): T {
  // the one place that generates code: compiled from declarations, it is ten times as fast as reading them per record
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  return new Function(...parameters, `'use strict';\n${body}`) as T;
}
