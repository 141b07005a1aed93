import type { CompiledRecordWriter } from '../compile/compile-record-writer.js';
import { LENGTH_UNIT, TS_OUT_SIZE } from '../dbn/constants.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { CopyTuples } from './copy-tuples.js';

/** Records on their way out, and the symbol of each. The bytes are the batch's own. */
export interface ExportedBatch {
  readonly batch: RecordBatch;
  /** Bytes that the records take, from the beginning of the batch. */
  readonly size: number;
  /** As the rows have them; `null` for a record that is no row. Empty when nobody wants them. */
  readonly symbols: readonly (string | null)[];
}

export interface RecordBatchesOptions {
  readonly writer: CompiledRecordWriter;
  readonly version: DbnVersion;
  readonly wantsSymbols: boolean;
  /** The quarantined records carry a `ts_out` trailer, which goes. */
  readonly tsOut: boolean;
  /** Whole records of their layout only: what is shorter cannot be printed. */
  readonly wholeOnly: boolean;
}

const BATCH_BYTES = 256 * 1024;
/** The most that the length byte of a record can say. */
const LARGEST_RECORD = 255 * LENGTH_UNIT;

const utf8 = new TextDecoder();

/**
 * Makes records of tuples whose cells are: bytes of a quarantined record or NULL, symbol, then the fields of the
 * model. A quarantined record is put back as it came.
 */
export class RecordBatches {
  /** Records that were put back from quarantine. */
  quarantined = 0;
  /** Quarantined records left out because they are shorter than their layout. */
  tooShort = 0;
  records = 0;

  constructor(private readonly options: RecordBatchesOptions) {}

  async *batches(source: AsyncIterable<CopyTuples>): AsyncGenerator<ExportedBatch, void, undefined> {
    let building = this.#begin();
    for await (const tuples of source) {
      for (const start of tuples.starts) {
        if (building.size + LARGEST_RECORD > BATCH_BYTES) {
          yield this.#finish(building);
          building = this.#begin();
        }
        this.#add(building, tuples, start);
      }
    }
    if (building.offsets.length > 0) yield this.#finish(building);
  }

  #add(building: Building, { bytes, view }: CopyTuples, start: number): void {
    const { writer, wantsSymbols } = this.options;
    const rawLength = view.getInt32(start);
    const symbolAt = start + 4 + Math.max(rawLength, 0);
    const symbolLength = view.getInt32(symbolAt);
    if (rawLength >= 0) {
      const record = this.#putBack(bytes.subarray(start + 4, start + 4 + rawLength));
      if (record === undefined) return;
      building.bytes.set(record, building.size);
      building.offsets.push(building.size);
      building.size += record.length;
    } else {
      const fieldsAt = symbolAt + 4 + Math.max(symbolLength, 0);
      writer.write(bytes, view, fieldsAt, building.bytes, building.view, building.size);
      building.offsets.push(building.size);
      building.size += writer.layout.size;
    }
    if (!wantsSymbols) return;
    const symbol = symbolLength < 0 ? null : bytes.subarray(symbolAt + 4, symbolAt + 4 + symbolLength);
    building.symbols.push(symbol === null ? null : utf8.decode(symbol));
  }

  #putBack(record: Uint8Array): Uint8Array | undefined {
    const { tsOut, wholeOnly, writer } = this.options;
    const size = record.length - (tsOut ? TS_OUT_SIZE : 0);
    if (wholeOnly && size < writer.layout.size) {
      this.tooShort++;
      return undefined;
    }
    this.quarantined++;
    if (!tsOut) return record;
    const without = record.slice(0, size);
    without[0] = size / LENGTH_UNIT;
    return without;
  }

  #begin(): Building {
    const bytes = new Uint8Array(BATCH_BYTES);
    return { bytes, view: new DataView(bytes.buffer), size: 0, offsets: [], symbols: [] };
  }

  #finish({ bytes, view, size, offsets, symbols }: Building): ExportedBatch {
    const { writer, version } = this.options;
    const count = offsets.length;
    const batch: RecordBatch = {
      bytes,
      view,
      count,
      offsets: Uint32Array.from(offsets),
      firstOrdinal: this.records,
      ordinals: Uint32Array.from({ length: count }, (_, index) => index),
      rtype: bytes[1] as number,
      layout: writer.layout,
      version,
      tsOut: false,
    };
    this.records += count;
    return { batch, size, symbols };
  }
}

interface Building {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  size: number;
  readonly offsets: number[];
  readonly symbols: (string | null)[];
}
