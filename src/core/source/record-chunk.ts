import { createHash } from 'node:crypto';
import { RTYPE, UNDEF_TIMESTAMP } from '../dbn/constants.js';
import { newMetadata } from '../dbn/encode/dbn-encoder.js';
import { encodeMetadata } from '../dbn/encode/encode-metadata.js';
import { layoutNamed } from '../dbn/layout/layouts.js';
import type { RecordLayout } from '../dbn/layout/record-layout.js';
import { encodeRecord } from '../dbn/record/write-record.js';
import { schemaNumber } from '../dbn/schemas.js';
import { stypeNumber } from '../dbn/stypes.js';
import { isTickloomError, TickloomError } from '../errors/index.js';
import { modelRecordWriter, type ModelRecordWriter, type ModelValues } from '../model/encode-model-record.js';
import { dateOfDay, dayOfNanos, NS_PER_DAY } from '../symbology/utc-day.js';
import type { Chunk } from './source.js';
import type { SourceSchema } from './source-definition.js';

/**
 * One record as a plain object with the properties of its schema's model; `null` means "not set". With `symbol` its row
 * gets that symbol, and `instrument_id` may be left out: then it is {@link instrumentIdOf} the symbol.
 */
export type SourceRecord = ModelValues & { readonly symbol?: string };

/** What a chunk is complete for: all records of these symbols with an index timestamp in the range, ns, end exclusive. */
export interface SourceCoverage {
  readonly start: bigint;
  readonly end: bigint;
  readonly stypeIn: 'raw_symbol' | 'instrument_id';
  readonly symbols: readonly { readonly symbol: string; readonly instrumentId: number }[];
}

export interface RecordChunkOptions {
  /** What it is, for people and the ledger: a path, `acme 2024-01-09`. */
  readonly source: string;
  readonly dataset: string;
  readonly schema: SourceSchema;
  /** The records in order, one by one or in lists. Called for each reading; pulled, so that a slow database slows it down. */
  readonly records: (signal: AbortSignal) => AsyncIterable<SourceRecord | readonly SourceRecord[]>;
  /** False for what can be read once. Default true: every reading gives the same records. */
  readonly repeatable?: boolean;
  /** Default: nothing. The chunk is then known again by its content. Needs a schema of Databento's. */
  readonly covers?: SourceCoverage | null;
}

/** Bytes that are handed on at a time. */
const PIECE_BYTES = 256 * 1024;
const VERSION = 3;
const MAPPING = layoutNamed('symbol-mapping', VERSION) as RecordLayout;
const RAW_SYMBOL = stypeNumber('raw_symbol') as number;
/** Ids that are made of symbols have this bit, which keeps them away from most that vendors give out. */
const MADE_UP = 0x8000_0000;

/**
 * A chunk of records that have no DBN bytes of their own. They are encoded in the schema's layout, so that checks, fast
 * path, ordinals, quarantine and replay are the same as for any other chunk. A symbol travels as a symbol-mapping record,
 * counted as `control`.
 * @throws ENCODE_FAILED, while it is read, for a record that is none in the schema's layout
 */
export function recordChunk(options: RecordChunkOptions): Chunk {
  const { source, dataset, schema, covers = null, repeatable = true } = options;
  const declared = { dataset, schema: schema.name, version: VERSION, tsOut: false } as const;
  return {
    source,
    sizeBytes: null,
    repeatable,
    fragment: covers === null ? declared : null,
    open: (signal) => streamOf(options, signal),
  };
}

/** The instrument id of a symbol in data that has none: from its SHA-256, the same in every file, 2³¹ or more. */
export function instrumentIdOf(symbol: string): number {
  return (MADE_UP | createHash('sha256').update(symbol).digest().readUInt32BE(0)) >>> 0;
}

async function* streamOf(
  { dataset, schema, records, covers = null }: RecordChunkOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = modelRecordWriter(schema.model, { rtype: schema.rtype, version: VERSION }, ['symbol']);
  const symbols = new SymbolsInForce(covers);
  const pieces = new Pieces();
  if (covers !== null) pieces.add(encodeMetadata(headerOf(dataset, schema.name, covers)));
  let ordinal = 0;
  for await (const given of records(signal)) {
    for (const record of Array.isArray(given) ? (given as readonly SourceRecord[]) : [given as SourceRecord]) {
      try {
        const { symbol } = record;
        const isNamed = symbol === undefined || 'instrument_id' in record;
        const known = isNamed ? record : { ...record, instrument_id: symbols.idOf(symbol) };
        const mapping = symbol === undefined ? null : symbols.mappingOf(symbol, Number(known.instrument_id));
        if (mapping !== null) pieces.add(mapping);
        pieces.write(writer, known);
      } catch (error) {
        throw atRecord(error, ordinal);
      }
      ordinal += 1;
      if (pieces.isFull) yield pieces.take();
    }
  }
  if (ordinal === 0 && covers === null) pieces.add(emptyHeader(dataset, schema.name));
  if (pieces.size > 0) yield pieces.take();
}

/** A stream needs bytes, and no records are an answer too. */
function emptyHeader(dataset: string, schema: string): Uint8Array {
  return encodeMetadata(newMetadata({ dataset, schema: schemaNumber(schema) === undefined ? null : schema }));
}

function headerOf(dataset: string, schema: string, { start, end, stypeIn, symbols }: SourceCoverage) {
  const startDate = Number(dateOfDay(dayOfNanos(start)).replaceAll('-', ''));
  const endDate = Number(dateOfDay(dayOfNanos(end + NS_PER_DAY - 1n)).replaceAll('-', ''));
  const mappings = symbols.map(({ symbol, instrumentId }) => ({
    rawSymbol: symbol,
    intervals: [{ startDate, endDate, symbol: String(instrumentId) }],
  }));
  const names = symbols.map(({ symbol }) => symbol);
  return newMetadata({ version: VERSION, dataset, schema, start, end, stypeIn, symbols: names, mappings });
}

/** Which symbol each instrument has at this place of the stream. */
class SymbolsInForce {
  readonly #symbols = new Map<number, string>();
  readonly #ids = new Map<string, number>();

  /** @param covers the header maps what it names */
  constructor(covers: SourceCoverage | null) {
    if (covers?.stypeIn !== 'raw_symbol') return;
    for (const { symbol, instrumentId } of covers.symbols) this.#symbols.set(instrumentId, symbol);
  }

  /** @throws ENCODE_FAILED when two symbols come to the same id */
  idOf(symbol: string): number {
    let id = this.#ids.get(symbol);
    if (id !== undefined) return id;
    id = instrumentIdOf(symbol);
    const other = this.#symbols.get(id);
    if (other !== undefined && other !== symbol) {
      throw new TickloomError(
        'ENCODE_FAILED',
        `symbols "${other}" and "${symbol}" come to the same instrument id ${id}`,
        {
          hint: 'Give both of them an instrument id.',
        },
      );
    }
    this.#ids.set(symbol, id);
    return id;
  }

  /** A record that puts the symbol in force; `null` where it is already. */
  mappingOf(symbol: string, instrumentId: number): Uint8Array | null {
    if (this.#symbols.get(instrumentId) === symbol) return null;
    this.#symbols.set(instrumentId, symbol);
    return encodeRecord(MAPPING, {
      rtype: RTYPE.SYMBOL_MAPPING,
      instrument_id: instrumentId,
      stype_in: RAW_SYMBOL,
      stype_in_symbol: symbol,
      stype_out: RAW_SYMBOL,
      stype_out_symbol: symbol,
      start_ts: UNDEF_TIMESTAMP,
      end_ts: UNDEF_TIMESTAMP,
    });
  }
}

/** More than a record takes, or a mapping. */
const LARGEST_RECORD = 1024;

/** Collects records until there is enough to hand on. */
class Pieces {
  #bytes = new Uint8Array(PIECE_BYTES + 2 * LARGEST_RECORD);
  #view = new DataView(this.#bytes.buffer);
  size = 0;

  get isFull(): boolean {
    return this.size >= PIECE_BYTES;
  }

  add(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  write(writer: ModelRecordWriter, values: ModelValues): void {
    this.#reserve(writer.size);
    writer.write(values, this.#bytes, this.#view, this.size);
    this.size += writer.size;
  }

  take(): Uint8Array {
    const all = this.#bytes.subarray(0, this.size);
    // whoever gets them keeps them
    this.#bytes = new Uint8Array(PIECE_BYTES + 2 * LARGEST_RECORD);
    this.#view = new DataView(this.#bytes.buffer);
    this.size = 0;
    return all;
  }

  /** A header can have any size. */
  #reserve(bytes: number): void {
    if (this.size + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(this.size + bytes + PIECE_BYTES);
    grown.set(this.#bytes.subarray(0, this.size));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function atRecord(error: unknown, ordinal: number): unknown {
  if (!isTickloomError(error) || error.code !== 'ENCODE_FAILED') return error;
  return new TickloomError('ENCODE_FAILED', `record ${ordinal}: ${error.message}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    context: { ...error.context, record: ordinal },
    cause: error,
  });
}
