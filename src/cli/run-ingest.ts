import type { IngestRequest, PlanReport, ReportedError, RunReport, Tickloom } from '../index.js';
import type { Settings } from '../config/settings.js';
import { exitCodeOf, reportOfFailure } from './ingest-exit.js';
import { startProgress } from './progress.js';
import { jsonText } from './json-text.js';
import { interrupts, mode, notice, streams } from './session.js';
import { planTable } from './tables/plan-table.js';
import { textLayout } from './text-layout.js';
import { writePlan } from './write-plan.js';

const NOTHING_DONE = 'a dry run: nothing was loaded';

/**
 * Runs an ingest with progress on stderr and the account of it below.
 * @returns the report; the exit code that it means is set. Of a dry run of a request, for a person: its plan
 */
export async function runIngest(
  tickloom: Tickloom,
  request: IngestRequest,
  settings: Settings,
): Promise<RunReport | PlanReport> {
  if (request.dryRun === true && request.request !== undefined && !mode.json) return dryRunOf(tickloom, request);
  await tellChoice(request, settings);
  const accountFollows = request.dryRun !== true && showsTable(settings);
  const progress = await startProgress(tickloom, settings, { accountFollows });
  const report = await tickloom
    .ingest(request, { signal: interrupts.signal, reporter: progress.reporter })
    .catch((error: unknown) => {
      if (mode.json) return reportOfFailure(error, request);
      throw error;
    })
    .finally(() => progress.close());
  process.exitCode = exitCodeOf(report);
  if (request.dryRun === true) {
    if (!mode.json) await writeFilePlan(report);
  } else if (accountFollows) {
    const refusal = refusedAtOnce(report);
    if (refusal !== undefined) {
      if (refusal.hint !== null) streams.writeNotice(`hint: ${refusal.hint}`);
      return report;
    }
    const { renderRunReport } = await import('../index.js');
    streams.writeNotice(renderRunReport(report, await textLayout(process.stderr)).trimEnd());
  } else if (!mode.json && process.exitCode !== 0) {
    await tellShortfall(report, settings);
  }
  return report;
}

/** How symbols are read is no progress: it is said also where that is not to be shown. */
async function tellChoice({ request }: IngestRequest, { quiet, progress }: Settings): Promise<void> {
  if (request === undefined || progress !== 'none' || quiet === true) return;
  const { stypeChoice } = await import('../index.js');
  const choice = stypeChoice(request);
  if (choice !== null) notice(choice);
}

/** No exit code but 0 goes without a reason and a next step, however little is to be shown. */
async function tellShortfall(report: RunReport, { quiet, progress }: Settings): Promise<void> {
  // the last object of such a run is its report
  if (mode.jsonProgress && quiet !== true) return;
  const { renderShortfall } = await import('../index.js');
  const told = progress !== 'none';
  if (!mode.jsonProgress) {
    for (const line of renderShortfall(report, await textLayout(process.stderr), { told })) streams.writeNotice(line);
    return;
  }
  const time = new Date().toISOString();
  for (const text of renderShortfall(report, { color: false, unicode: true }, { told }))
    streams.writeNotice(jsonText({ message_type: 'note', time, level: 'error', text }));
}

/** A dry run of a request for a person: the parts of its plan, and no account of a run that was none. */
async function dryRunOf(tickloom: Tickloom, request: IngestRequest): Promise<PlanReport> {
  const plan = await tickloom.plan(request, { onNote: notice, signal: interrupts.signal });
  await writePlan(plan);
  streams.writeNotice(NOTHING_DONE);
  return plan;
}

/** What would be done: the data of a dry run, and so on stdout. */
async function writeFilePlan(report: RunReport): Promise<void> {
  const { renderTable } = await import('../index.js');
  const { columns, rows } = planTable(report);
  await streams.writeData(renderTable(columns, rows, await textLayout(process.stdout)));
  streams.writeNotice(NOTHING_DONE);
}

/** Who wants JSON, nothing or errors only gets no table. */
function showsTable({ quiet, progress }: Settings): boolean {
  return !mode.json && quiet !== true && progress !== 'json' && progress !== 'none';
}

/** Why nothing at all was sold, when that is so: the line that told of it says what an account of nothing would. */
function refusedAtOnce({ chunks, records, details }: RunReport): ReportedError | undefined {
  if (chunks.failed !== 1 || chunks.loaded + chunks.already_loaded + records.decoded > 0) return undefined;
  const { error } = details.find(({ status }) => status === 'failed') ?? {};
  return error?.code === 'ACCESS_DENIED' ? error : undefined;
}
