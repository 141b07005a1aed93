import type { Tickloom, VerifyReport } from '../index.js';
import type { Settings } from '../config/settings.js';
import { EXIT_CODES } from './exit-codes.js';
import { startProgress } from './progress.js';
import { mode, streams } from './session.js';

/**
 * Verifies, with what is being read on stderr.
 * @returns the report; the exit code that it means is set.
 */
export async function runVerify(tickloom: Tickloom, settings: Settings, signal: AbortSignal): Promise<VerifyReport> {
  const { dataset, schema, run: runId, chunkId, deep } = settings;
  const progress = await startProgress(tickloom, settings);
  const request = { dataset, schema, runId, chunkId, deep };
  const options = { reporter: progress.reporter, signal };
  const report = await tickloom.verify(request, options).finally(() => progress.close());
  if (report.status === 'differs') {
    process.exitCode = EXIT_CODES.differs;
    const hint = deep === true ? 'Load what differs again with --force' : 'Find the first difference with --deep';
    if (!mode.json) streams.writeNotice(`hint: ${hint}.`);
  }
  return report;
}
