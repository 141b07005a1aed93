import { SYMBOL_CSTR_LEN, SYMBOL_CSTR_LEN_V1 } from '../constants.js';
import { layoutNamed } from '../layout/layouts.js';
import type { Metadata } from '../metadata.js';
import { encodeRecord, type RecordInput } from '../record/write-record.js';
import { TickloomError } from '../../errors/index.js';
import { encodeMetadata } from './encode-metadata.js';

/** A record to be encoded: the name of its layout (`trade`, `mbp-1` …), its values, and its send time in ns. */
export interface RecordToEncode {
  readonly layout: string;
  readonly values: RecordInput;
  /** Used when the metadata says `ts_out`; left out it is undefined. */
  readonly tsOut?: bigint;
}

/** Encodes a DBN stream piece by piece: the header, then records. Without I/O. */
export class DbnEncoder {
  readonly metadata: Metadata;

  constructor(metadata: Metadata) {
    this.metadata = metadata;
  }

  /** @throws ENCODE_FAILED */
  header(): Uint8Array {
    return encodeMetadata(this.metadata);
  }

  /** @throws ENCODE_FAILED */
  record({ layout: name, values, tsOut }: RecordToEncode): Uint8Array {
    const { version } = this.metadata;
    const layout = layoutNamed(name, version);
    if (layout === undefined) {
      throw new TickloomError('ENCODE_FAILED', `version ${version} of DBN has no layout "${name}"`, {
        hint: 'Use the name of a record struct, such as "trade" or "mbp-1".',
        context: { layout: name, version },
      });
    }
    return encodeRecord(layout, values, { tsOut: this.metadata.tsOut ? (tsOut ?? true) : false });
  }
}

/** A header with these values, everything else as a request for nothing in particular has it. */
export function newMetadata(values: Partial<Metadata> & Pick<Metadata, 'dataset' | 'schema'>): Metadata {
  const version = values.version ?? 3;
  return {
    version,
    start: 0n,
    end: null,
    limit: null,
    stypeIn: 'raw_symbol',
    stypeOut: 'instrument_id',
    tsOut: false,
    symbolCstrLen: version === 1 ? SYMBOL_CSTR_LEN_V1 : SYMBOL_CSTR_LEN,
    symbols: [],
    partial: [],
    notFound: [],
    mappings: [],
    ...values,
  };
}

/** A whole stream in one piece: header and records. For tests and small files. @throws ENCODE_FAILED */
export function encodeDbn(metadata: Metadata, records: Iterable<RecordToEncode>): Uint8Array {
  const encoder = new DbnEncoder(metadata);
  const pieces = [encoder.header(), ...Array.from(records, (record) => encoder.record(record))];
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
