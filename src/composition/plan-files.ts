import type { DependencyContainer } from 'tsyringe';
import type { PlannedChunk } from '../core/pipeline/plan-chunk.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import type { Chunk } from '../core/source/source.js';
import type { PlannedState } from '../core/report/run-report.js';
import { chunksToRead } from './chunks-to-read.js';
import { planChunks } from './plan-chunks.js';
import { noChunks, type PlannedPart, type PlanReport, type PlanRequest } from './plan-report.js';

const REASONS: Readonly<Record<Exclude<PlannedState, 'unreadable'>, string>> = {
  new: 'the database has nothing of it',
  loaded: 'it was loaded before',
  covered: 'the database has all that it covers, which it would be compared with',
  overlaps: 'the database has some of what it covers',
  unknown: 'what is held of it cannot be told',
};

/** What an ingest of files, or of what a source lists, would do. Reads headers; changes nothing. @throws what finding the files throws */
export async function planFiles(
  parts: DependencyContainer,
  request: PlanRequest,
  signal: AbortSignal,
): Promise<PlanReport> {
  const notes: string[] = [];
  const emit = (event: ProgressEvent): void => {
    if (event.type === 'note') notes.push(event.text);
  };
  const chunks =
    request.batch === undefined
      ? await chunksToRead(parts, { paths: [], ...request }, signal)
      : await chunksOfJob(parts, request.batch, { emit, signal });
  const planned = await planChunks(parts, chunks, emit, signal);
  const counts = noChunks();
  for (const { state } of planned) counts[state] += 1;
  return {
    parts: planned.map(plannedPart),
    chunks: counts,
    records: 0,
    bytes: 0,
    cost_usd: { estimated: 0 },
    notes,
  };
}

function plannedPart({ source, dataset, schema, start, end, bytes, state, error }: PlannedChunk): PlannedPart {
  const reason = state === 'unreadable' ? (error?.message ?? 'it cannot be read') : REASONS[state];
  return {
    source,
    dataset,
    schema,
    stype_in: null,
    symbols: [],
    start,
    end,
    state,
    reason,
    records: null,
    bytes,
    cost_usd: null,
  };
}

async function chunksOfJob(
  parts: DependencyContainer,
  jobId: string,
  context: { readonly emit: (event: ProgressEvent) => void; readonly signal: AbortSignal },
): Promise<readonly Chunk[]> {
  const { prepareJob } = await import('./batch/ingest-job.js');
  return (await prepareJob(parts, jobId, { dryRun: true }, context)).chunks;
}
