import type { DependencyContainer } from 'tsyringe';
import { TickloomError } from '../core/errors/index.js';
import { ERROR_ACTIONS, type ErrorCode } from '../core/errors/error-codes.js';
import { IngestRun } from '../core/pipeline/ingest-run.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import type { RunReport } from '../core/report/run-report.js';
import { fragmentOf } from './fragment-of.js';
import { guardedReporter } from './guarded-reporter.js';
import { packageVersion } from './package-version.js';
import { planChunks, reportOfPlan } from './plan-chunks.js';
import { openStores } from './stores.js';
import type { IngestRequest, Tickloom } from './tickloom.js';
import { PARTS } from './tokens.js';

const RETRIES = 3;

/** Plans, so that wrong paths start nothing; then opens the database, and runs. */
export async function ingest(
  parts: DependencyContainer,
  request: IngestRequest,
  { signal = new AbortController().signal, reporter }: NonNullable<Parameters<Tickloom['ingest']>[1]>,
): Promise<RunReport> {
  const registry = await parts.resolve(PARTS.registry);
  const fragment = fragmentOf(request);
  if (fragment !== null) registry.get(fragment.schema);
  const source = parts.resolve(PARTS.fileSource)({
    paths: request.paths,
    fragment,
    decompress: parts.resolve(PARTS.decompress),
    ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
  });
  const chunks = await source.plan(signal);
  const clock = parts.resolve(PARTS.clock);
  const database = parts.resolve(PARTS.database);
  const emit: (event: ProgressEvent) => void = guardedReporter(reporter);
  if (request.dryRun === true) {
    const report = reportOfPlan(parts, chunks, await planChunks(parts, chunks, emit, signal));
    throwIfNothingStarted(report);
    return report;
  }
  database.onNote = (text) => emit({ type: 'note', level: 'info', text });
  const { sink, ledger } = openStores(await database.ready(signal), {
    ...(request.lockTimeout === undefined ? {} : { lockTimeoutMs: request.lockTimeout * 1000 }),
  });
  const decompress = parts.resolve(PARTS.decompress);
  const options = {
    command: request.command ?? `ingest ${request.paths.join(' ')}`,
    tickloomVersion: packageVersion(),
    force: request.force ?? false,
    confirmEmpty: request.confirmEmpty ?? false,
    concurrency: request.concurrency ?? 1,
    onError: request.onError ?? 'continue',
    retries: RETRIES,
  };
  const run = new IngestRun({ registry, sink, ledger, decompress, clock }, chunks, options, emit, signal);
  const report = await run.execute();
  throwIfNothingStarted(report);
  return report;
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
