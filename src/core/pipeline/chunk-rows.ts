import type { Digest } from '../digest/digest.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { Metadata } from '../dbn/metadata.js';
import type { Rejection } from '../quarantine/rejection.js';
import type { SymbolCounts } from '../report/counts.js';
import type { PluginVersion } from '../sink/sink.js';
import type { Chunk, FragmentDeclaration } from '../source/source.js';
import type { SymbologyInterval } from '../symbology/symbology-interval.js';
import type { ReadSummary } from './chunk-reader.js';

/** The beginning of a stream. */
export interface StreamHead {
  /** `null` for a stream without a header. */
  readonly metadata: Metadata | null;
  /** As they came; `null` for a stream without a header. */
  readonly headerBytes: Uint8Array | null;
}

/** How the records of a stream are read. */
export interface ReadAs {
  readonly dataset: string;
  /** `null` for mixed schemas. */
  readonly schema: string | null;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
}

/** By its header; without one by what was declared. */
export function readAsOf({ fragment }: Pick<Chunk, 'fragment'>, metadata: Metadata | null): ReadAs {
  const said: Metadata | FragmentDeclaration | null = metadata ?? fragment;
  if (said === null) return { dataset: '', schema: null, version: 3, tsOut: false };
  const { dataset, schema, version, tsOut } = said;
  return { dataset, schema, version, tsOut };
}

/** Of the index timestamps of a stream. */
export interface TimestampsSeen {
  /** Earliest and latest in ns, both inclusive. */
  readonly seen: { readonly first: bigint; readonly last: bigint } | null;
  readonly lastIndexTimestamp: bigint | null;
  readonly ranBackwards: boolean;
}

/** What a look at a chunk found, without making rows. */
export interface Survey extends ReadSummary {
  readonly decoded: number;
  readonly control: number;
  readonly unsupported: number;
  /** Names of the plugins that would get the other records. */
  readonly plugins: readonly string[];
  readonly timestamps: TimestampsSeen;
}

/** What a stretch of the stream became. */
export interface RowBlock {
  /** Records of all kinds. */
  readonly decoded: number;
  /** Records of the chunk so far that a plugin was asked about. */
  readonly checked: number;
  /** The schema whose rows these are; `null` where there are neither rows nor rejections. */
  readonly schema: string | null;
  /** Binary COPY tuples, valid until the next block is asked for. */
  readonly tuples: Uint8Array;
  readonly rows: number;
  readonly rejections: readonly Rejection[];
  /** Of the rows, where it has been made already. */
  readonly digest?: Digest;
}

/** What the chunk turned out to be. */
export interface RowsTail extends ReadSummary {
  readonly decoded: number;
  readonly control: number;
  readonly unsupported: number;
  readonly symbols: SymbolCounts;
  /** Rows, of those mapped, for which another symbol was mapped as well. */
  readonly ambiguous: number;
  readonly symbology: readonly SymbologyInterval[];
  readonly plugins: readonly PluginVersion[];
  readonly unnamedDays: readonly { readonly instrumentId: number; readonly day: number }[];
  readonly unnamedSymbols: readonly { readonly symbol: string; readonly day: number }[];
  /** Where they were watched. */
  readonly timestamps: TimestampsSeen;
}

/** Whose rows they are, which the stream does not say. */
export interface RowsOwner {
  readonly chunkId: number;
  /** Whether its index timestamps are to be followed. */
  readonly watch: boolean;
}

/**
 * One chunk on its way from bytes to rows. What goes in and comes out is data, so that the work between can be done on
 * another thread.
 *
 * Order of calls: `head`, `prepare`, perhaps `survey`, then all `blocks`, then `tail`; `close` at any time, as the last.
 */
export interface ChunkRows {
  /** @throws the source's, the decompressor's and the decoder's errors, each with its position; CANCELLED */
  head(): Promise<StreamHead>;
  /** @throws SCHEMA_UNKNOWN where no plugin serves the schema, METADATA_INVALID */
  prepare(): Promise<void>;
  /** Reads the chunk once from its beginning, beside the reading that is under way. @throws as {@link head} */
  survey(): Promise<Survey>;
  /** @throws as {@link head}; DECODE_FAILED where the plugin does not know the DBN version */
  blocks(owner: RowsOwner): AsyncIterable<RowBlock>;
  tail(): Promise<RowsTail>;
  /** Closes what is open. */
  close(): Promise<void>;
}

export interface OpenRowsOptions {
  readonly signal: AbortSignal;
  /** Bytes as stored that were read since the last call. */
  readonly onBytes: (bytes: number) => void;
}

/** Begins to make rows of a chunk. */
export type OpenRows = (chunk: Chunk, options: OpenRowsOptions) => ChunkRows;
