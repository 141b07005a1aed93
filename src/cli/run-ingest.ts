import type { IngestRequest, RunReport, Tickloom } from '../index.js';
import type { Settings } from '../config/settings.js';
import { exitCodeOf, reportOfFailure } from './ingest-exit.js';
import { startProgress } from './progress.js';
import { interrupts, mode, streams } from './session.js';
import { planTable } from './tables/plan-table.js';
import { textLayout } from './text-layout.js';

/**
 * Runs an ingest with progress on stderr and the account of it below.
 * @returns the report; the exit code that it means is set.
 */
export async function runIngest(tickloom: Tickloom, request: IngestRequest, settings: Settings): Promise<RunReport> {
  const progress = await startProgress(tickloom, settings);
  const report = await tickloom
    .ingest(request, { signal: interrupts.signal, reporter: progress.reporter })
    .catch((error: unknown) => {
      if (mode.json) return reportOfFailure(error, request);
      throw error;
    })
    .finally(() => progress.close());
  process.exitCode = exitCodeOf(report);
  if (request.dryRun === true) {
    if (!mode.json) await writePlan(report);
  } else if (showsTable(settings)) {
    const { renderRunReport } = await import('../index.js');
    streams.writeNotice(renderRunReport(report, await textLayout(process.stderr)).trimEnd());
  }
  return report;
}

/** What would be done: the data of a dry run, and so on stdout. */
async function writePlan(report: RunReport): Promise<void> {
  const { renderTable } = await import('../index.js');
  const { columns, rows } = planTable(report);
  await streams.writeData(renderTable(columns, rows, await textLayout(process.stdout)));
  streams.writeNotice('a dry run: nothing was loaded');
}

/** Who wants JSON, nothing or errors only gets no table. */
function showsTable({ quiet, progress }: Settings): boolean {
  return !mode.json && quiet !== true && progress !== 'json' && progress !== 'none';
}
