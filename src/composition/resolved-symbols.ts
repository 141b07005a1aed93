import type { StypeIn } from '../core/historical/range-request.js';

export interface ResolveSymbolsRequest {
  readonly api?: string;
  readonly dataset: string;
  readonly symbols: readonly string[];
  /** Default: as the symbols look. */
  readonly stypeIn?: StypeIn;
  /** Default `instrument_id`. */
  readonly stypeOut?: 'instrument_id' | 'raw_symbol';
  /** A day, or a time whose day counts. */
  readonly start: string;
  readonly end?: string;
}

/** What symbols mean on which days. Dates are YYYY-MM-DD, the end exclusive. */
export interface ResolvedSymbols {
  readonly dataset: string;
  readonly stype_in: StypeIn;
  readonly stype_out: 'instrument_id' | 'raw_symbol';
  readonly symbols: readonly {
    readonly symbol: string;
    readonly intervals: readonly { readonly start_date: string; readonly end_date: string; readonly symbol: string }[];
  }[];
  /** Resolved on some days only. */
  readonly partial: readonly string[];
  /** Resolved on no day. */
  readonly not_found: readonly string[];
}
