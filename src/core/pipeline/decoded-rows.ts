import { Digest } from '../digest/digest.js';
import { rowHasher } from '../digest/hashers.js';
import type { RowHasher } from '../digest/row-hasher.js';
import { IndexTimestampWatch } from '../coverage/index-timestamp-watch.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { Metadata } from '../dbn/metadata.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import type { TableSpec } from '../model/model-spec.js';
import type { PluginRegistry } from '../registry/plugin-registry.js';
import { ChunkReader, type ReadableChunk } from './chunk-reader.js';
import {
  readAsOf,
  type ChunkRows,
  type OpenRows,
  type OpenRowsOptions,
  type RowBlock,
  type RowsOwner,
  type RowsTail,
  type StreamHead,
  type Survey,
  type TimestampsSeen,
} from './chunk-rows.js';
import { ChunkTransforms, type PassedOver } from './chunk-transforms.js';
import type { Decompress } from './decompress.js';

export interface DecodedRowsParts {
  readonly registry: PluginRegistry;
  readonly decompress: Decompress;
}

/** What rows are made of. */
export interface RowsInput {
  readonly chunk: ReadableChunk;
  /** Symbols that the header does not map. */
  readonly instruments: readonly InstrumentSymbol[];
}

export interface DecodedRowsOptions extends OpenRowsOptions {
  /** Makes the digest of each block's rows, which else the sink does. */
  readonly digests?: boolean;
}

const NO_TUPLES = new Uint8Array(0);

/** Makes the rows of a chunk where it is called. */
export class DecodedRows implements ChunkRows {
  readonly #reader: ChunkReader;
  readonly #timestamps = new IndexTimestampWatch();
  readonly #hashers = new Map<TableSpec, RowHasher>();
  #metadata: Metadata | null = null;
  #transforms: ChunkTransforms | undefined;

  constructor(
    private readonly parts: DecodedRowsParts,
    private readonly input: RowsInput,
    private readonly options: DecodedRowsOptions,
  ) {
    this.#reader = new ChunkReader(input.chunk, parts.decompress, options.signal, options.onBytes);
  }

  async head(): Promise<StreamHead> {
    const { metadata = null, headerBytes = null } = await this.#reader.header();
    this.#metadata = metadata;
    return { metadata, headerBytes };
  }

  async prepare(): Promise<void> {
    const { dataset, schema, version } = readAsOf(this.input.chunk, this.#metadata);
    const { instruments } = this.input;
    this.#transforms = new ChunkTransforms(this.parts.registry, {
      metadata: this.#metadata,
      dataset,
      schema,
      instruments,
    });
    this.#transforms.compileFor(version);
  }

  async survey(): Promise<Survey> {
    const transforms = this.#prepared;
    let decoded = 0;
    const passedOver: PassedOver = { control: 0, unsupported: 0, plugins: new Set() };
    const watch = new IndexTimestampWatch();
    const reader = new ChunkReader(this.input.chunk, this.parts.decompress, this.options.signal);
    try {
      for await (const batch of reader.batches()) {
        decoded += batch.count;
        watch.watch(batch);
        transforms.passOver(batch, passedOver);
      }
    } finally {
      await reader.close();
    }
    const { control, unsupported, plugins } = passedOver;
    return { ...reader.summary(), decoded, control, unsupported, plugins: [...plugins], timestamps: seenBy(watch) };
  }

  async *blocks({ chunkId, watch }: RowsOwner): AsyncGenerator<RowBlock, void, undefined> {
    this.#prepared.chunkId = chunkId;
    for await (const batch of this.#reader.batches()) {
      if (watch) this.#timestamps.watch(batch);
      yield this.#blockOf(batch);
    }
  }

  async tail(): Promise<RowsTail> {
    const { decoded, control, unsupported, symbols, plugins } = this.#prepared;
    return {
      ...this.#reader.summary(),
      decoded,
      control,
      unsupported,
      symbols: symbols.counts,
      ambiguous: symbols.ambiguous,
      symbology: symbols.intervals(),
      plugins,
      unnamedDays: symbols.unnamedDays(),
      unnamedSymbols: symbols.unnamedSymbols(),
      timestamps: seenBy(this.#timestamps),
    };
  }

  async close(): Promise<void> {
    this.#transforms?.close();
    await this.#reader.close();
  }

  get #prepared(): ChunkTransforms {
    return this.#transforms as ChunkTransforms;
  }

  #blockOf(batch: RecordBatch): RowBlock {
    const transforms = this.#prepared;
    const outcome = transforms.take(batch);
    const { checked } = transforms;
    if (outcome === undefined) {
      return { decoded: batch.count, checked, schema: null, tuples: NO_TUPLES, rows: 0, rejections: [] };
    }
    const { table, transformed } = outcome;
    const block = { decoded: batch.count, checked, schema: table.schema, ...transformed };
    if (this.options.digests !== true || transformed.digest !== undefined) return block;
    return { ...block, digest: this.#digestOf(table, transformed) };
  }

  #digestOf(table: TableSpec, { tuples, rows }: { readonly tuples: Uint8Array; readonly rows: number }): Digest {
    let hasher = this.#hashers.get(table);
    if (hasher === undefined) this.#hashers.set(table, (hasher = rowHasher(table)));
    const digest = new Digest();
    hasher.addTuples(digest, tuples, rows);
    return digest;
  }
}

/** As data. */
function seenBy({ seen, lastIndexTimestamp, ranBackwards }: IndexTimestampWatch): TimestampsSeen {
  return { seen, lastIndexTimestamp, ranBackwards };
}

/** Makes rows where the run is. */
export function openDecodedRows(parts: DecodedRowsParts): OpenRows {
  return (chunk, options) => new DecodedRows(parts, { chunk, instruments: chunk.origin?.instruments ?? [] }, options);
}
