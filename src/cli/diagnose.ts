import type { DoctorCheck, Tickloom } from '../index.js';
import { ERROR_ACTIONS, type ErrorCode } from '../config/errors.js';
import { EXIT_CODES } from './exit-codes.js';

/** What Tickloom finds of itself, and what the command line knows about how it is set up. */
export async function diagnose(
  tickloom: Tickloom,
  files: readonly string[],
  signal: AbortSignal,
): Promise<DoctorCheck[]> {
  const detail = files.length === 0 ? 'none' : files.join(', ');
  return [...(await tickloom.doctor({ signal })), { name: 'config files', status: 'ok', detail, hint: null }];
}

/** The code of what has failed; of several, that of the first, because the others may follow from it. */
export function exitCodeOfChecks(checks: readonly DoctorCheck[]): number {
  const failed = checks.find(({ status }) => status === 'failed');
  if (failed === undefined) return 0;
  return EXIT_CODES[ERROR_ACTIONS[failed.code as ErrorCode] ?? 'fix'];
}
