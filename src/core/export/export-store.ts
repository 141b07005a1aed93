import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { SymbolMapping } from '../dbn/metadata.js';
import type { TableSpec } from '../model/model-spec.js';

/** Rows of one table by what they are. */
export interface RangeSelection {
  readonly kind: 'range';
  readonly table: TableSpec;
  /** `null`: whichever there is. */
  readonly dataset: string | null;
  /** As the rows have them; `null`: all. */
  readonly symbols: readonly string[] | null;
  /** Rows of continuous symbols, or rows of all others: never both. */
  readonly alias: boolean;
  /** Index timestamps in ns, half open; `null`: no bound. */
  readonly start: bigint | null;
  readonly end: bigint | null;
}

/** What one chunk brought to one table, with what it left in quarantine. */
export interface ChunkSelection {
  readonly kind: 'chunk';
  readonly table: TableSpec;
  readonly chunkId: number;
}

export type ExportSelection = RangeSelection | ChunkSelection;

/** What the ledger says of a chunk. */
export interface ExportableChunk {
  readonly chunkId: number;
  readonly source: string;
  readonly status: string;
  readonly dataset: string;
  /** `null` for mixed schemas. */
  readonly schema: string | null;
  readonly version: DbnVersion;
  readonly tsOut: boolean;
  /** As it came; `null` for a fragment. */
  readonly header: Uint8Array | null;
  readonly loaded: number;
  readonly quarantined: number;
  readonly control: number;
  readonly unsupported: number;
  readonly alreadyLoaded: number;
  readonly superseded: number;
  /** Quarantined records that were given up. */
  readonly dropped: number;
}

/** The rows that a range selects. */
export interface RangeSurvey {
  readonly datasets: readonly string[];
  readonly versions: readonly DbnVersion[];
  readonly chunks: number;
  readonly rows: number;
  /** Earliest and latest index timestamp in ns, cut to microseconds; `null` without rows. */
  readonly first: bigint | null;
  readonly last: bigint | null;
  /** Rows of continuous symbols that would have been selected too. */
  readonly aliasRows: number;
  /** Of the rows those that came with a trailer, `ts_out`. */
  readonly tsOutRows: number;
  /** Records of the same kind and time in quarantine. */
  readonly quarantined: number;
}

/** A look at the database that stays the same while records are taken out of it. */
export interface ExportSession {
  chunk(chunkId: number): Promise<ExportableChunk | undefined>;
  survey(selection: RangeSelection): Promise<RangeSurvey>;
  /**
   * What the symbols of a selection meant on the days from `start` to before `end` (ns): the symbols asked for, or
   * those of its rows.
   */
  mappings(selection: RangeSelection, start: bigint, end: bigint): Promise<SymbolMapping[]>;
  /** True when the ledger knows that all that was asked for is there. */
  isComplete(selection: RangeSelection): Promise<boolean>;
  /**
   * A binary COPY, in pieces. Cells of a tuple: bytes of a quarantined record or NULL, symbol, then the fields of the
   * model. In the order of the chunk; several chunks merged by index timestamp, each in its own order.
   */
  rows(selection: ExportSelection, chunks: number): AsyncIterable<Uint8Array>;
  /** Ends it, also in the middle of rows. */
  close(): Promise<void>;
}

/** Where rows are taken out of. */
export interface ExportStore {
  /** @throws what connecting throws; CANCELLED */
  begin(signal?: AbortSignal): Promise<ExportSession>;
}
