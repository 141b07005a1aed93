import { noSymbols } from '../../../core/report/counts.js';
import type { ChunkReport } from '../../../core/report/run-report.js';
import { formatNanos } from '../../../core/text/format-nanos.js';

/** A row of the table `chunks` as `pg` reads it: int8 and numeric come as text. */
export interface ChunkRow extends Record<string, unknown> {
  readonly chunk_id: string;
  readonly source: string;
  readonly dataset: string | null;
  readonly schema: string | null;
  readonly start_ns: string | null;
  readonly end_ns: string | null;
  readonly status: ChunkReport['status'];
  readonly decoded: string;
  readonly loaded: string;
  readonly already_loaded: string;
  readonly quarantined: string;
  readonly control: string;
  readonly unsupported: string;
  readonly replaced: string;
  readonly symbols: ChunkReport['symbols'] | null;
  readonly error: ChunkReport['error'];
}

export const CHUNK_COLUMNS = `chunk_id, source, dataset, schema, start_ns, end_ns, status, decoded, loaded,
  already_loaded, quarantined, control, unsupported, replaced, symbols, error`;

/** Names of the plugins that made a chunk's rows, as an array. */
export const PLUGIN_NAMES = `array(select plugin ->> 'name' from jsonb_array_elements(plugins) plugin)`;

/** As a run reports it. */
export function chunkReport(row: ChunkRow): ChunkReport {
  return {
    chunk_id: Number(row.chunk_id),
    source: row.source,
    dataset: row.dataset,
    schema: row.schema,
    start: time(row.start_ns),
    end: time(row.end_ns),
    status: row.status,
    records: {
      decoded: Number(row.decoded),
      loaded: Number(row.loaded),
      already_loaded: Number(row.already_loaded),
      quarantined: Number(row.quarantined),
      control: Number(row.control),
      unsupported: Number(row.unsupported),
      replaced: Number(row.replaced),
    },
    symbols: row.symbols ?? noSymbols(),
    error: row.error,
  };
}

function time(ns: string | null): string | null {
  return ns === null ? null : formatNanos(BigInt(ns));
}
