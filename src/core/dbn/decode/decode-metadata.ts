import { TickloomError } from '../../errors/index.js';
import { NEWEST_VERSION, SYMBOL_CSTR_LEN_V1, UNDEF_TIMESTAMP } from '../constants.js';
import type { DbnVersion } from '../layout/record-layout.js';
import type { MappingInterval, Metadata, SymbolMapping } from '../metadata.js';
import { schemaName } from '../schemas.js';
import { NO_STYPE, stypeName } from '../stypes.js';

/** Bytes before the metadata: magic, version, and the length of what follows. */
export const PRELUDE_SIZE = 8;
export const DATASET_CSTR_LEN = 16;
/** Where the variable sections begin, from the start of the stream, in every version. */
export const SECTIONS_OFFSET = 112;
/** Bytes behind the prelude that even a header without symbols has. */
export const SMALLEST_LENGTH = 120;
/**
 * The longest metadata that is believed, in bytes. A request for all options on an index over a year stays below it;
 * a corrupt length mostly does not.
 */
export const LARGEST_LENGTH = 256 * 1024 * 1024;

/** How an output symbology of 255 reads: the format has no null for it, so it must not become one. */
export const NO_STYPE_OUT = `unknown-${NO_STYPE}`;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The two fields of the prelude behind the magic. */
export interface Prelude {
  readonly version: DbnVersion;
  /** Bytes of metadata behind the prelude. */
  readonly length: number;
}

/**
 * Reads and judges the first 8 bytes of a stream that begins with the magic.
 * @throws DBN_VERSION, METADATA_INVALID
 */
export function decodePrelude(bytes: Uint8Array): Prelude {
  const version = bytes[3] ?? 0;
  if (version < 1 || version > NEWEST_VERSION) {
    throw new TickloomError(
      'DBN_VERSION',
      `DBN version ${version} cannot be read; versions 1 to ${NEWEST_VERSION} can`,
      { hint: 'Update tickloom, or ask for the data in an older encoding.', context: { byte: 3, version } },
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (length < SMALLEST_LENGTH || length > LARGEST_LENGTH) {
    const bound =
      length < SMALLEST_LENGTH ? `the smallest is ${SMALLEST_LENGTH}` : `the largest accepted is ${LARGEST_LENGTH}`;
    throw invalid(`its length at byte 4 is ${length} bytes, ${bound}`, 4);
  }
  return { version: version as DbnVersion, length };
}

/**
 * Decodes a whole header, prelude included. Every count is checked against the bytes left before anything is read.
 * @throws DBN_VERSION, METADATA_INVALID
 */
export function decodeMetadata(header: Uint8Array): Metadata {
  const { version, length } = decodePrelude(header);
  if (header.length < PRELUDE_SIZE + length) {
    throw invalid(`${PRELUDE_SIZE + length} bytes are declared, ${header.length} are there`, header.length);
  }
  const reader = new HeaderReader(header.subarray(0, PRELUDE_SIZE + length));
  reader.position = PRELUDE_SIZE;
  const dataset = reader.text(DATASET_CSTR_LEN);
  const schema = schemaName(reader.u16());
  const start = reader.u64();
  const end = reader.u64();
  const limit = reader.u64();
  if (version === 1) reader.skip(8); // a count of records that writers no longer fill in
  const stypeIn = stypeName(reader.u8());
  const stypeOut = stypeName(reader.u8()) ?? NO_STYPE_OUT;
  const tsOut = reader.u8() !== 0;
  const symbolCstrLen = version === 1 ? SYMBOL_CSTR_LEN_V1 : reader.u16();
  if (symbolCstrLen === 0) throw invalid('its symbol width at byte 53 is 0', 53);
  reader.position = SECTIONS_OFFSET - 4;
  const definitionLength = reader.u32();
  if (definitionLength !== 0) {
    throw invalid(
      `it has a schema definition of ${definitionLength} bytes, which no version defines`,
      SECTIONS_OFFSET - 4,
    );
  }
  return {
    version,
    dataset,
    schema,
    start,
    end: end === UNDEF_TIMESTAMP ? null : end,
    limit: limit === 0n ? null : limit,
    stypeIn,
    stypeOut,
    tsOut,
    symbolCstrLen,
    symbols: reader.symbols('symbols', symbolCstrLen),
    partial: reader.symbols('partial', symbolCstrLen),
    notFound: reader.symbols('not_found', symbolCstrLen),
    mappings: reader.mappings(symbolCstrLen),
  };
}

/** A cursor over the bytes of a header that refuses to step over their end. */
class HeaderReader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.skip(8), true);
  }

  text(size: number): string {
    const start = this.skip(size);
    let end = start + size;
    while (end > start && this.#bytes[end - 1] === 0) end--;
    // no symbol and no dataset has one, and a database takes none
    const inside = this.#bytes.subarray(start, end).indexOf(0);
    if (inside !== -1) throw invalid(`the text at byte ${start} goes on after a NUL`, start + inside);
    try {
      return utf8.decode(this.#bytes.subarray(start, end));
    } catch (cause) {
      throw invalid(`the text at byte ${start} is not UTF-8`, start, cause);
    }
  }

  symbols(section: string, width: number): string[] {
    return this.#list(section, width, () => this.text(width));
  }

  mappings(width: number): SymbolMapping[] {
    return this.#list('mappings', width + 4, () => ({
      rawSymbol: this.text(width),
      intervals: this.#list('intervals of a mapping', 8 + width, (): MappingInterval => {
        return { startDate: this.u32(), endDate: this.u32(), symbol: this.text(width) };
      }),
    }));
  }

  /** Steps over `size` bytes and gives the position they begin at. */
  skip(size: number): number {
    const start = this.position;
    if (start + size > this.#bytes.length) {
      throw invalid(`it ends at byte ${this.#bytes.length}, inside a field at byte ${start}`, start);
    }
    this.position = start + size;
    return start;
  }

  /** Reads a count and so many items; `smallest` is the least an item takes, in bytes. */
  #list<T>(section: string, smallest: number, item: () => T): T[] {
    const at = this.position;
    const count = this.u32();
    const left = this.#bytes.length - this.position;
    if (count * smallest > left) {
      throw invalid(
        `the section "${section}" at byte ${at} announces ${count} entries, the ${left} bytes left hold fewer`,
        at,
      );
    }
    return Array.from({ length: count }, item);
  }
}

function invalid(why: string, byte: number, cause?: unknown): TickloomError {
  return new TickloomError('METADATA_INVALID', `the DBN metadata cannot be decoded: ${why}`, {
    hint: 'Fetch the file again: its header is damaged.',
    context: { byte },
    cause,
  });
}
