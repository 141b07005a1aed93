import { UNDEF_TIMESTAMP } from '../constants.js';
import type { Metadata } from '../metadata.js';

/** A header in the keys, order and types of the vendor's json; numbers of 64 bits are strings. */
export interface MetadataJson {
  readonly version: number;
  readonly dataset: string;
  readonly schema: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly limit: string | null;
  readonly stype_in: string | null;
  readonly stype_out: string;
  readonly ts_out: boolean;
  readonly symbol_cstr_len: number;
  readonly symbols: readonly string[];
  readonly partial: readonly string[];
  readonly not_found: readonly string[];
  readonly mappings: readonly {
    readonly raw_symbol: string;
    readonly intervals: readonly {
      readonly start_date: number | string;
      readonly end_date: number | string;
      readonly symbol: string;
    }[];
  }[];
}

export interface MetadataJsonOptions {
  /** Times as ISO 8601 and dates as YYYY-MM-DD instead of numbers. */
  readonly prettyTs?: boolean;
}

const BILLION = 1_000_000_000n;

/** The header as the vendor prints it; `JSON.stringify` gives its compact form. */
export function metadataToJson(metadata: Metadata, { prettyTs = false }: MetadataJsonOptions = {}): MetadataJson {
  const time = prettyTs ? isoTime : String;
  const date = prettyTs ? isoDate : (value: number) => value;
  return {
    version: metadata.version,
    dataset: metadata.dataset,
    schema: metadata.schema,
    start: time(metadata.start),
    end: metadata.end === null ? null : time(metadata.end),
    limit: metadata.limit === null ? null : String(metadata.limit),
    stype_in: metadata.stypeIn,
    stype_out: metadata.stypeOut,
    ts_out: metadata.tsOut,
    symbol_cstr_len: metadata.symbolCstrLen,
    symbols: metadata.symbols,
    partial: metadata.partial,
    not_found: metadata.notFound,
    mappings: metadata.mappings.map(({ rawSymbol, intervals }) => ({
      raw_symbol: rawSymbol,
      intervals: intervals.map(({ startDate, endDate, symbol }) => ({
        start_date: date(startDate),
        end_date: date(endDate),
        symbol,
      })),
    })),
  };
}

/** A time in ns as YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ; `null` for 0 and the undefined one, as the vendor prints them. */
export function isoTime(nanos: bigint): string | null {
  if (nanos === 0n || nanos === UNDEF_TIMESTAMP) return null;
  const seconds = new Date(Number(nanos / BILLION) * 1000).toISOString().slice(0, -5);
  return `${seconds}.${String(nanos % BILLION).padStart(9, '0')}Z`;
}

function isoDate(date: number): string {
  const digits = String(date).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
