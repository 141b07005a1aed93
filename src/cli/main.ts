import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { agreeOnColor } from './agree-on-color.js';
import { takeEarlySignals } from './early-signals.js';
import { reportFailure } from './report-failure.js';
import { endProcess, interrupts, mode, streams, watchOverEnd } from './session.js';

const PACKAGE_ROOT = new URL('../../../', import.meta.url);
let failing = false;

// the arguments may hold a password, and process listings show them until the title takes their place
process.title = 'tickloom';
streams.guard();
interrupts.listen(takeEarlySignals());
process.on('uncaughtException', (error) => void fail(error));
watchOverEnd();
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => {
  // Node's own remarks about its features, and about colours, are of no use to the person at the terminal
  const useful = name === 'Warning' && !/NO_COLOR.*FORCE_COLOR/.test(message);
  if (mode.verbose || useful) process.stderr.write(`warning: ${message}\n`);
});

try {
  await runCommandLine(process.argv.slice(2));
  await end(Number(process.exitCode ?? 0));
} catch (error) {
  await fail(error);
}

async function runCommandLine(args: readonly string[]): Promise<void> {
  if (args[0] === '--version') {
    await streams.writeData(`${versionLine()}\n`);
    return;
  }
  agreeOnColor(process.env);
  if (!hasHome()) process.env['HOME'] = '/';
  const { run, settings } = await import('@oclif/core');
  // NODE_ENV=development would make oclif look for a TypeScript loader
  settings.enableAutoTranspile = false;
  // oclif asks who the user is for the name of their shell, and fails where the account has no name, as in a container
  process.env['SHELL'] ??= '/bin/sh';
  // help is text with --json as well, as it is behind a command
  const isJson = (argument: string): boolean => argument === '--json';
  const words = args[0] === 'help' || args.every(isJson) ? args.filter((argument) => !isJson(argument)) : [...args];
  await run(words, { root: fileURLToPath(PACKAGE_ROOT) });
}

/** An account without a name, and without HOME, has no folder of its own; then oclif would fail. `/` is nobody's to plant settings in. */
function hasHome(): boolean {
  try {
    return homedir() !== '';
  } catch {
    return false;
  }
}

function versionLine(): string {
  const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };
  return `tickloom/${version} ${process.platform}-${process.arch} node-${process.version}`;
}

/**
 * An error that nobody caught may come while another one is being reported: the first one counts. It may also come
 * while a command that knows nothing of it goes on to its end: the command has failed all the same.
 */
async function fail(error: unknown): Promise<void> {
  if (failing) return;
  failing = true;
  const code = await reportFailure(error).catch(() => 1);
  await streams.flush();
  endProcess(interrupts.exitCode ?? code);
}

/** Ends the process itself: a timer that a plugin has left behind must not keep a finished command alive. */
async function end(code: number): Promise<void> {
  await streams.flush();
  // what a plugin has left for later, a promise that was refused perhaps, comes before the end
  await setImmediate();
  if (!failing) endProcess(interrupts.exitCode ?? code);
}
