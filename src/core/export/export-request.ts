import { TickloomError } from '../errors/index.js';
import { parseNanos } from '../text/parse-nanos.js';
import { ALL_SYMBOLS } from '../coverage/claim-of.js';

export const EXPORT_FORMATS = ['dbn', 'csv', 'jsonl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Which records to export, and how. */
export interface ExportRecordsRequest {
  /** e.g. `trades`; needed but for a chunk of one schema. */
  readonly schema?: string;
  /** Needed when the selection has rows of several. */
  readonly dataset?: string;
  /** As the rows have them; continuous ones or others, not both. */
  readonly symbols?: readonly string[];
  /** Index timestamp, inclusive: `YYYY-MM-DD`, a date-time, or nanoseconds; UTC. */
  readonly start?: string;
  /** The same, exclusive. */
  readonly end?: string;
  /** A whole chunk, instead of everything above but `schema`. */
  readonly chunk?: number;
  readonly format: ExportFormat;
  readonly prettyPx?: boolean;
  readonly prettyTs?: boolean;
  readonly mapSymbols?: boolean;
}

/** What of a range was asked for, checked. */
export interface CheckedRange {
  readonly dataset: string | null;
  readonly symbols: readonly string[] | null;
  readonly alias: boolean;
  readonly start: bigint | null;
  readonly end: bigint | null;
}

const CONTINUOUS = /\.[cnv]\.\d+$/i;

/** @throws USAGE */
export function checkRange({ dataset, symbols, start, end }: ExportRecordsRequest): CheckedRange {
  const from = start === undefined ? null : parseNanos('start', start);
  const to = end === undefined ? null : parseNanos('end', end);
  if (from !== null && to !== null && from >= to) {
    throw usage(`the range from "${start ?? ''}" to "${end ?? ''}" is empty`, 'Give a start before the end.');
  }
  const wanted = symbols === undefined || symbols.includes(ALL_SYMBOLS) ? null : [...new Set(symbols)];
  const continuous = wanted?.filter((symbol) => CONTINUOUS.test(symbol)) ?? [];
  const alias = continuous.length > 0;
  if (alias && continuous.length !== wanted?.length) {
    const other = wanted?.find((symbol) => !CONTINUOUS.test(symbol)) ?? '';
    throw usage(
      `the continuous symbol "${continuous[0] ?? ''}" and the symbol "${other}" are rows of two kinds; both together would count trades twice`,
      'Export them one after the other.',
    );
  }
  return { dataset: dataset ?? null, symbols: wanted, alias, start: from, end: to };
}

/** A chunk is exported as it is. @throws USAGE */
export function checkWholeChunk(request: ExportRecordsRequest): void {
  const given = (['dataset', 'symbols', 'start', 'end'] as const).find((name) => request[name] !== undefined);
  if (given === undefined) return;
  throw usage(`a chunk is exported whole; "${given}" would take a part of it`, `Leave out ${given}, or the chunk.`);
}

export function usage(message: string, hint: string): TickloomError {
  return new TickloomError('USAGE', message, { hint });
}
