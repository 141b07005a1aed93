import type { DbnVersion } from './layout/record-layout.js';

/** A stretch of days on which a symbol of the request maps to `symbol`. Dates are YYYYMMDD, the end is exclusive. */
export interface MappingInterval {
  readonly startDate: number;
  readonly endDate: number;
  /** Text of the output symbology, usually an instrument id. Empty in some old files: no mapping. */
  readonly symbol: string;
}

export interface SymbolMapping {
  /** In the input symbology; for `parent` requests the children. */
  readonly rawSymbol: string;
  readonly intervals: readonly MappingInterval[];
}

/** The header of a DBN stream. */
export interface Metadata {
  readonly version: DbnVersion;
  readonly dataset: string;
  /** Name of the schema (`trades`, `ohlcv-1s` …), `null` when none or mixed, `unknown-<n>` for a number not known here. */
  readonly schema: string | null;
  /** ns since the epoch, inclusive. */
  readonly start: bigint;
  /** ns since the epoch, exclusive; `null` when undefined. */
  readonly end: bigint | null;
  /** Most records that were asked for; `null` for no limit. */
  readonly limit: bigint | null;
  /** Name of the input symbology, `null` when none or mixed (live data). */
  readonly stypeIn: string | null;
  readonly stypeOut: string;
  /** Every record is followed, inside its length, by the gateway's send time. */
  readonly tsOut: boolean;
  readonly symbolCstrLen: number;
  readonly symbols: readonly string[];
  readonly partial: readonly string[];
  readonly notFound: readonly string[];
  readonly mappings: readonly SymbolMapping[];
}
