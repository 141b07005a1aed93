import type { DependencyContainer } from 'tsyringe';
import { asTickloomError, isTickloomError } from '../core/errors/index.js';
import { chunkReportOf, reportedError } from '../core/pipeline/chunk-report.js';
import { planChunk, type PlannedChunk, type PlanParts } from '../core/pipeline/plan-chunk.js';
import { RunAccount } from '../core/pipeline/run-account.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import type { RunReport } from '../core/report/run-report.js';
import type { Chunk } from '../core/source/source.js';
import { openStores } from './stores.js';
import { PARTS } from './tokens.js';

/**
 * Looks what would be done with each chunk, and does none of it: no database is made, no table, no entry in a ledger. A
 * database out of reach leaves what is held unknown, which is noted.
 */
export async function planChunks(
  parts: DependencyContainer,
  chunks: readonly Chunk[],
  emit: (event: ProgressEvent) => void,
  signal: AbortSignal,
): Promise<PlannedChunk[]> {
  const registry = await parts.resolve(PARTS.registry);
  const ledger = await ledgerAsItIs(parts, emit, signal);
  const planParts: PlanParts = { registry, decompress: parts.resolve(PARTS.decompress), ledger };
  const planned: PlannedChunk[] = [];
  for (const chunk of chunks) planned.push(await planChunk(chunk, planParts, signal));
  return planned;
}

/** The report of a run that was only planned: nothing has come of any chunk. */
export function reportOfPlan(
  parts: DependencyContainer,
  chunks: readonly Chunk[],
  planned: readonly PlannedChunk[],
): RunReport {
  const account = new RunAccount(parts.resolve(PARTS.clock), chunks.length);
  planned.forEach(({ error, ...plan }, index) => {
    const report = { ...chunkReportOf(chunks[index] as Chunk, null), ...plan };
    if (error !== null) Object.assign(report, { status: 'failed', error: reportedError(error) });
    account.add(index, report);
  });
  const report = account.report(false);
  const { planned: all, failed } = report.chunks;
  return { ...report, status: failed === 0 ? 'complete' : failed === all ? 'failed' : 'incomplete' };
}

async function ledgerAsItIs(
  parts: DependencyContainer,
  emit: (event: ProgressEvent) => void,
  signal: AbortSignal,
): Promise<PlanParts['ledger']> {
  try {
    const isReplaced = parts.resolve(PARTS.replace).ledger !== undefined;
    if (!isReplaced && (await parts.resolve(PARTS.database).existing(signal)) === null) return 'empty';
    return (await openStores(parts, ['ledger'], { signal, asItIs: true })).ledger;
  } catch (error) {
    if (signal.aborted || !isTickloomError(error)) throw error;
    const { message } = asTickloomError(error);
    emit({ type: 'note', level: 'warning', text: `what is held already is not known: ${message}` });
    return null;
  }
}
