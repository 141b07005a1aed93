import { TickloomError } from '../../errors/index.js';
import { SYMBOL_CSTR_LEN, SYMBOL_CSTR_LEN_V1, UNDEF_TIMESTAMP } from '../constants.js';
import { DBN_MAGIC } from '../decode/detect-container.js';
import { DATASET_CSTR_LEN, NO_STYPE_OUT, PRELUDE_SIZE, SECTIONS_OFFSET } from '../decode/decode-metadata.js';
import type { Metadata } from '../metadata.js';
import { schemaNumber } from '../schemas.js';
import { NO_STYPE, stypeNumber } from '../stypes.js';

/** In version 3 the length is a multiple of this, so that records are aligned. */
const ALIGNMENT = 8;
/** What writers put where version 1 once had a count of records. */
const NO_RECORD_COUNT = UNDEF_TIMESTAMP;
const ASCII_WITHOUT_NUL = /^[\x01-\x7f]*$/;

/**
 * Encodes a header, prelude included; a decoded one becomes the bytes it came from.
 * @throws ENCODE_FAILED when a name has no number, or a symbol or the dataset does not fit its field
 */
export function encodeMetadata(metadata: Metadata): Uint8Array {
  const { version, symbolCstrLen: width } = metadata;
  const expectedWidth = version === 1 ? SYMBOL_CSTR_LEN_V1 : SYMBOL_CSTR_LEN;
  if (width !== expectedWidth) {
    throw misfit('symbolCstrLen', String(width), `${expectedWidth} in version ${version}`);
  }
  const writer = new HeaderWriter(headerSize(metadata));
  for (const byte of [...DBN_MAGIC, version]) writer.u8(byte);
  writer.u32(writer.bytes.length - PRELUDE_SIZE);
  writer.text('dataset', metadata.dataset, DATASET_CSTR_LEN);
  writer.u16(numberOf('schema', metadata.schema, schemaNumber(metadata.schema)));
  writer.u64(metadata.start);
  writer.u64(metadata.end ?? UNDEF_TIMESTAMP);
  writer.u64(metadata.limit ?? 0n);
  if (version === 1) writer.u64(NO_RECORD_COUNT);
  writer.u8(numberOf('stypeIn', metadata.stypeIn, stypeNumber(metadata.stypeIn)));
  writer.u8(
    numberOf(
      'stypeOut',
      metadata.stypeOut,
      metadata.stypeOut === NO_STYPE_OUT ? NO_STYPE : stypeNumber(metadata.stypeOut),
    ),
  );
  writer.u8(metadata.tsOut ? 1 : 0);
  if (version > 1) writer.u16(width);
  writer.position = SECTIONS_OFFSET;
  writer.symbols('symbols', metadata.symbols, width);
  writer.symbols('partial', metadata.partial, width);
  writer.symbols('notFound', metadata.notFound, width);
  writer.u32(metadata.mappings.length);
  for (const { rawSymbol, intervals } of metadata.mappings) {
    writer.text('rawSymbol', rawSymbol, width);
    writer.u32(intervals.length);
    for (const { startDate, endDate, symbol } of intervals) {
      writer.u32(startDate);
      writer.u32(endDate);
      writer.text('symbol', symbol, width);
    }
  }
  return writer.bytes;
}

function headerSize({ version, symbolCstrLen: width, symbols, partial, notFound, mappings }: Metadata): number {
  let size = SECTIONS_OFFSET + 4 * 4 + width * (symbols.length + partial.length + notFound.length);
  for (const { intervals } of mappings) size += width + 4 + intervals.length * (8 + width);
  return version < 3 ? size : Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

/** Writes fields one behind the other into a buffer of the right size, which begins zeroed. */
class HeaderWriter {
  position = 0;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number): void {
    this.#view.setUint8(this.#step(1), value);
  }

  u16(value: number): void {
    this.#view.setUint16(this.#step(2), value, true);
  }

  u32(value: number): void {
    this.#view.setUint32(this.#step(4), value, true);
  }

  u64(value: bigint): void {
    this.#view.setBigUint64(this.#step(8), value, true);
  }

  text(field: string, value: string, width: number): void {
    if (value.length >= width || !ASCII_WITHOUT_NUL.test(value)) {
      throw misfit(field, value, `ASCII text of at most ${width - 1} bytes`);
    }
    const start = this.#step(width);
    for (let index = 0; index < value.length; index++) this.bytes[start + index] = value.charCodeAt(index);
  }

  symbols(field: string, symbols: readonly string[], width: number): void {
    this.u32(symbols.length);
    for (const symbol of symbols) this.text(field, symbol, width);
  }

  #step(size: number): number {
    const start = this.position;
    this.position += size;
    return start;
  }
}

function numberOf(field: string, name: string | null, number: number | undefined): number {
  if (number === undefined) throw misfit(field, name ?? 'null', 'a name that DBN has a number for');
  return number;
}

function misfit(field: string, found: string, expected: string): TickloomError {
  return new TickloomError(
    'ENCODE_FAILED',
    `the metadata cannot be encoded: "${field}" is "${found}", expected ${expected}`,
    { hint: 'Correct the value.', context: { field } },
  );
}
