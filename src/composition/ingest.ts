import type { DependencyContainer } from 'tsyringe';
import { sharedSignal } from '../core/abort/shared-signal.js';
import { TickloomError } from '../core/errors/index.js';
import { ERROR_ACTIONS, type ErrorCode } from '../core/errors/error-codes.js';
import { IngestRun } from '../core/pipeline/ingest-run.js';
import { RowsAhead } from '../core/pipeline/rows-ahead.js';
import type { RunCost } from '../core/pipeline/run-account.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import { rejectionLimitOf } from '../core/quarantine/rejection-limit.js';
import type { ChunkReport, RunReport } from '../core/report/run-report.js';
import type { Chunk } from '../core/source/source.js';
import { chunksToRead } from './chunks-to-read.js';
import { compressTables } from './compress-tables.js';
import { keepBars } from './keep-bars.js';
import { makeIndexes } from './make-indexes.js';
import { packageVersion } from './package-version.js';
import { planChunks, reportOfPlan } from './plan-chunks.js';
import { DATABENTO } from './api-access.js';
import { RunRows } from './threads/run-rows.js';
import { openStores } from './stores.js';
import type { IngestRequest, Tickloom } from './tickloom.js';
import { PARTS } from './tokens.js';

const RETRIES = 3;

/** Plans, so that wrong paths and requests start nothing; then opens the database, and runs. */
export async function ingest(
  parts: DependencyContainer,
  request: IngestRequest,
  { reporter = parts.resolve(PARTS.reporter), ...call }: NonNullable<Parameters<Tickloom['ingest']>[1]>,
): Promise<RunReport> {
  const signal = sharedSignal(call.signal);
  const emit = parts.resolve(PARTS.events).emitter({ method: 'ingest', request }, reporter);
  const database = parts.resolve(PARTS.database);
  database.onNote = (text) => emit({ type: 'note', level: 'info', text });
  const work = await prepare(parts, request, { emit, signal });
  try {
    const watched = (event: ProgressEvent): void => {
      const chunk = event.type === 'chunk_finished' ? work.chunks[event.chunk] : undefined;
      if (chunk !== undefined) work.chunkDone?.(chunk);
      emit(event);
    };
    return await run(parts, request, work, { emit: watched, signal });
  } finally {
    await work.close?.();
  }
}

/** What a run is to do. */
interface Work {
  readonly chunks: readonly Chunk[];
  readonly settled?: readonly ChunkReport[];
  readonly cost?: RunCost;
  /** Bytes that came over the network before the run began. */
  readonly downloaded?: number;
  chunkDone?(chunk: Chunk): void;
  close?(): Promise<void>;
}

interface RunContext {
  readonly emit: (event: ProgressEvent) => void;
  readonly signal: AbortSignal;
}

async function prepare(parts: DependencyContainer, request: IngestRequest, context: RunContext): Promise<Work> {
  const { request: query } = request;
  if (request.batch !== undefined) {
    const { prepareJob } = await import('./batch/ingest-job.js');
    return prepareJob(parts, request.batch, request, context);
  }
  if (query?.api === DATABENTO) {
    const { prepareRequest } = await import('./ingest-request.js');
    return prepareRequest(parts, query, request, context);
  }
  return { chunks: await chunksToRead(parts, request, context.signal) };
}

async function run(
  parts: DependencyContainer,
  request: IngestRequest,
  { chunks, settled = [], cost, downloaded = 0 }: Work,
  { emit, signal }: RunContext,
): Promise<RunReport> {
  const maxRejected = request.maxRejected === undefined ? null : rejectionLimitOf(request.maxRejected);
  const clock = parts.resolve(PARTS.clock);
  if (request.dryRun === true) {
    const report =
      request.request?.api !== DATABENTO
        ? reportOfPlan(parts, chunks, await planChunks(parts, chunks, emit, signal))
        : (await import('./ingest-request.js')).reportOfRequest(parts, { chunks, settled }, cost);
    throwIfNothingStarted(report);
    return report;
  }
  const options = {
    command: request.command ?? `ingest ${request.paths.join(' ')}`,
    tickloomVersion: packageVersion(),
    force: (request.force ?? false) || (request.refetch ?? false),
    confirmEmpty: request.confirmEmpty ?? false,
    maxRejected,
    concurrency: request.concurrency ?? 1,
    onError: request.onError ?? 'continue',
    retries: RETRIES,
    settled,
    downloaded,
    ...(cost === undefined ? {} : { cost }),
  };
  const registry = await parts.resolve(PARTS.registry);
  const lanes = Math.min(options.concurrency, chunks.length);
  const load = { chunks: lanes, connections: options.concurrency };
  const rows = new RunRows(parts, registry, { workers: request.workers ?? 'auto', load, emit });
  const ahead = new RowsAhead(rows.open);
  try {
    ahead.begin(chunks.slice(0, lanes));
    const { sink, ledger } = await openStores(parts, ['sink', 'ledger'], {
      signal,
      sink: request.lockTimeout === undefined ? {} : { lockTimeoutMs: request.lockTimeout * 1000 },
    });
    const pipeline = { registry, sink, ledger, rows: ahead.open, clock };
    const report = await new IngestRun(pipeline, chunks, options, emit, signal).execute();
    throwIfNothingStarted(report);
    await makeIndexes(parts, (level, text) => emit({ type: 'note', level, text }), signal);
    // Before what they are made of is compressed, and unpacked again.
    await keepBars(parts, (text) => emit({ type: 'note', level: 'warning', text }), signal);
    await compressTables(parts, (level, text) => emit({ type: 'note', level, text }), signal);
    return report;
  } finally {
    await ahead.close();
    await rows.close();
  }
}

/** When every chunk failed for want of something that only the user can set right, the run is a usage error. */
function throwIfNothingStarted({ chunks, details }: RunReport): void {
  const errors = details.map(({ error }) => error);
  const [first] = errors;
  if (first === null || first === undefined || chunks.failed !== chunks.planned) return;
  if (!errors.every((error) => error !== null && ERROR_ACTIONS[error.code as ErrorCode] === 'fix')) return;
  const source = details[0]?.source ?? '';
  const message = first.message.includes(`"${source}"`) ? first.message : `"${source}": ${first.message}`;
  throw new TickloomError(first.code as ErrorCode, message, {
    ...(first.hint === null ? {} : { hint: first.hint }),
    context: { source, ...first.context },
  });
}
