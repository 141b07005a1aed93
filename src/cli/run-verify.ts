import type { Tickloom, VerifyReport } from '../index.js';
import type { Settings } from '../config/settings.js';
import { EXIT_CODES } from './exit-codes.js';
import { startProgress } from './progress.js';
import { mode, streams } from './session.js';

type VerifyArguments = Parameters<Tickloom['verify']>;

/**
 * Verifies, with what is being read on stderr.
 * @returns the report; the exit code that it means is set.
 */
export async function runVerify(
  settings: Settings,
  call: (request: VerifyArguments[0], options: VerifyArguments[1]) => Promise<VerifyReport>,
): Promise<VerifyReport> {
  const { dataset, schema, run: runId, chunk: chunkId, deep } = settings;
  const progress = await startProgress(settings);
  const request = { dataset, schema, runId, chunkId, deep };
  const report = await call(request, { reporter: progress.reporter }).finally(() => progress.close());
  if (report.status === 'differs') {
    process.exitCode = EXIT_CODES.differs;
    const hint = deep === true ? 'Load what differs again with --force' : 'Find the first difference with --deep';
    if (!mode.json) streams.writeNotice(`hint: ${hint}.`);
  }
  return report;
}
