import type { DoctorCheck, Tickloom } from '../index.js';
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

/** A database out of reach may be back in a minute; everything else has to be mended first. */
export function exitCodeOfChecks(checks: readonly DoctorCheck[]): number {
  const failed = checks.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return 0;
  return failed.every(({ name }) => name === 'database') ? EXIT_CODES.retry : EXIT_CODES.fix;
}
