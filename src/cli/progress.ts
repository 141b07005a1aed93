import type { ProgressReporter, Tickloom } from '../index.js';
import type { Settings } from '../config/settings.js';
import { streams } from './session.js';

export interface Progress {
  readonly reporter: ProgressReporter;
  /** Leaves the screen clean, and lets other lines go to stderr directly again. */
  close(): Promise<void>;
}

/**
 * Makes the reporter that the settings ask for, on stderr. Until it is closed, every other line for stderr goes
 * through it, so that nothing is printed into its drawing.
 * @throws REPORTER_UNKNOWN, and what the plugins throw that may bring it
 */
export async function startProgress(
  { reporters }: Tickloom,
  { progress, quiet, verbose }: Settings,
  { accountFollows = false } = {},
): Promise<Progress> {
  const { detectTerminal } = await import('../index.js');
  const { interactive, ...terminal } = detectTerminal(process.stderr, process.env, process.platform);
  const reporter = await reporters.create(
    { name: progress, quiet, interactive },
    { ...terminal, stream: streams.screen, verbose: verbose === true, accountFollows },
  );
  // a reporter that shows nothing would swallow the lines of others
  if (progress !== 'none') streams.divert((text) => reporter.report({ type: 'note', level: 'info', text }));
  return {
    reporter,
    close: async () => {
      streams.divert(undefined);
      await reporter.close();
    },
  };
}
