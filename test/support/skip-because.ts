import { spawnSync } from 'node:child_process';

/** Skips a test aloud. */
export function skipBecause(context: Mocha.Context, reason: string): never {
  process.stderr.write(`      skipped: ${reason}\n`);
  return context.skip();
}

/** Skips, aloud, what needs a pseudo-terminal where nothing can make one. */
export function skipWithoutTerminal(context: Mocha.Context): void {
  const { status } = spawnSync('script', ['--version'], { stdio: 'ignore' });
  if (status !== 0) skipBecause(context, 'no "script" program to make a terminal with');
}
