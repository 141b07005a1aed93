import type { IngestRequest, RunReport } from '../index.js';
import { noRecords, noSymbols } from '../config/counts.js';
import { asTickloomError, ERROR_ACTIONS, type ErrorAction, type ErrorCode } from '../config/errors.js';
import { EXIT_CODES } from './exit-codes.js';
import { failureOf } from './failure.js';
import { interrupts, streams } from './session.js';

/** What ends a whole run, the gravest first. Everything else is the failure of a chunk. */
const ENDING_ACTIONS: readonly ErrorAction[] = ['abort', 'access', 'budget', 'locked', 'retry', 'differs'];

/** Errors whose exit code comes with a report. */
const REPORTED_ACTIONS: readonly ErrorAction[] = ['fail-chunk', 'access', 'retry', 'differs', 'cancelled'];

/** The exit code of a run that has come to its report. */
export function exitCodeOf({ status, chunks, records, details }: RunReport): number {
  const actions = details.map(({ error }) => error && ERROR_ACTIONS[error.code as ErrorCode]);
  const ending = ENDING_ACTIONS.find((action) => actions.includes(action));
  if (ending !== undefined) return EXIT_CODES[ending];
  if (status === 'cancelled') return interrupts.exitCode ?? EXIT_CODES.cancelled;
  return chunks.failed > 0 || records.quarantined > 0 ? EXIT_CODES['fail-chunk'] : 0;
}

/**
 * The report of a run that an error ended before there was anything to report (the database out of reach), so that a
 * program finds the same document whatever happens to an ingest that has begun.
 * @throws the error itself when it is one of usage or a bug of ours.
 */
export function reportOfFailure(thrown: unknown, { paths, request, batch, source }: IngestRequest): RunReport {
  const { action } = asTickloomError(thrown);
  if (!REPORTED_ACTIONS.includes(action)) throw thrown;
  const { code, message, hint, context } = failureOf(thrown, (text) => streams.redact(text));
  // as far as is known: a folder, a glob or a request may stand for many
  const sources =
    batch !== undefined
      ? [`batch job ${batch}`]
      : request === undefined
        ? // a source of a plugin may need no paths
          paths.length > 0
          ? paths
          : [`source ${source?.name ?? ''}`]
        : request.schemas.map((schema) => `${request.api} ${request.dataset} ${schema}`);
  const cancelled = action === 'cancelled';
  return {
    run_id: '',
    status: cancelled ? 'cancelled' : 'failed',
    chunks: { planned: sources.length, loaded: 0, already_loaded: 0, failed: cancelled ? 0 : sources.length },
    records: noRecords(),
    symbols: noSymbols(),
    bytes: { read: 0, downloaded: 0 },
    cost_usd: { estimated: 0, spent: 0 },
    elapsed_ms: Math.round(performance.now()),
    records_per_second: 0,
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
    details: sources.map((source) => ({
      chunk_id: null,
      source,
      dataset: null,
      schema: null,
      start: null,
      end: null,
      status: cancelled ? ('cancelled' as const) : ('failed' as const),
      records: noRecords(),
      symbols: noSymbols(),
      error: { code, message, hint, context },
    })),
  };
}
