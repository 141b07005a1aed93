import type { Metadata } from '../dbn/metadata.js';
import { asTickloomError } from '../errors/index.js';
import { noRecords, noSymbols } from '../report/counts.js';
import type { ChunkReport, ReportedError } from '../report/run-report.js';
import type { Chunk } from '../source/source.js';
import { formatNanos } from '../text/format-nanos.js';
import { redact } from '../text/redact.js';

const UNTOLD = { dataset: null, schema: null, start: null, end: null };

/** A report of a chunk to which nothing has happened yet. */
export function chunkReportOf(chunk: Chunk, metadata: Metadata | null): ChunkReport {
  const { dataset, schema, start, end } = metadata ?? chunk.subject ?? { ...UNTOLD, ...chunk.fragment };
  return {
    chunk_id: null,
    source: chunk.source,
    dataset,
    schema,
    start: start === null ? null : formatNanos(start),
    end: end === null ? null : formatNanos(end),
    status: 'planned',
    records: noRecords(),
    symbols: noSymbols(),
    error: null,
  };
}

/**
 * The part of an error that goes into reports and the ledger: code, message, hint, context; no stack, no cause. Its texts
 * may be a plugin's own, with the address that it asked and the password in it.
 */
export function reportedError(error: unknown): ReportedError {
  const { code, message, hint, context } = asTickloomError(error);
  const masked = Object.entries(context).map(([key, value]) => [
    key,
    typeof value === 'string' ? redact(value) : value,
  ]);
  return {
    code,
    message: redact(message),
    hint: hint === undefined ? null : redact(hint),
    context: Object.fromEntries(masked) as ReportedError['context'],
  };
}
