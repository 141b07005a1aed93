import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { TableSpec } from '../model/model-spec.js';
import type { SymbolCounts } from '../report/counts.js';
import type { PluginVersion } from '../sink/sink.js';
import type { InstrumentMapping } from '../symbology/instrument-mapping.js';
import type { RejectionReason } from './rejection.js';

/** Which open entries; everything that is left out does not narrow them. */
export interface EntrySelection {
  readonly ids?: readonly number[];
  readonly dataset?: string;
  readonly schema?: string;
  readonly chunkId?: number;
  /** Name of the plugin that rejected them. */
  readonly plugin?: string;
}

/** The chunk of entries that are replayed, as it was loaded. */
export interface ReplayChunk {
  readonly chunkId: number;
  readonly source: string;
  readonly dataset: string;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
  readonly header: Uint8Array | null;
  /** Its rows are those of continuous symbols. */
  readonly alias: boolean;
  /** Control records that it had: among them may be mappings, which are not kept one by one. */
  readonly control: number;
}

export interface ReplayEntry {
  readonly id: number;
  readonly ordinal: number;
  readonly schema: string;
  readonly instrumentId: number;
  readonly record: Uint8Array;
}

/** An interval of the symbology table. */
export interface StoredMapping extends InstrumentMapping {
  readonly stypeIn: string;
}

/** What became of the entries that are rows now. */
export interface ReplaySettlement {
  readonly loaded: number;
  /** A later chunk had brought them as rows of its own. */
  readonly alreadyLoaded: number;
}

/**
 * One transaction over entries of one chunk. Neither another replay of them nor a load that may overlap them is under
 * way meanwhile. Each promise is awaited before the next call; `rollback` at any time before the end of `commit`.
 */
export interface ReplayTransaction {
  readonly chunk: ReplayChunk;
  /** The next open entries behind an ordinal, in order. */
  entries(behind: number, limit: number): Promise<ReplayEntry[]>;
  /** What the symbology table says of these instruments. */
  mappings(instrumentIds: readonly number[]): Promise<StoredMapping[]>;
  /** Takes binary COPY tuples of entries that are rows now. */
  accept(table: TableSpec, tuples: Uint8Array, entries: readonly ReplayEntry[], plugin: PluginVersion): Promise<void>;
  /** Notes why an entry still is none. */
  reject(
    rejections: readonly { readonly entry: ReplayEntry; readonly reasons: readonly RejectionReason[] }[],
    plugin: PluginVersion,
  ): Promise<void>;
  /** Moves the rows to their places and amends the ledger. */
  settle(symbols: SymbolCounts): Promise<ReplaySettlement>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Where entries are replayed. */
export interface ReplayStore {
  /** Ids of the chunks that have such entries. @throws NOT_FOUND naming an id that there is not */
  chunks(selection: EntrySelection): Promise<number[]>;
  /** `undefined` when the chunk is loaded no more. @throws CANCELLED while it waits for a load that is under way */
  begin(chunkId: number, selection: EntrySelection, signal: AbortSignal): Promise<ReplayTransaction | undefined>;
  /** Gives entries up. @returns how many. @throws NOT_FOUND naming an id that there is not */
  drop(selection: EntrySelection, reason: string): Promise<number>;
}
