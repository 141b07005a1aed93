import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { reportFailure } from './report-failure.js';
import { interrupts, mode, streams } from './session.js';

const PACKAGE_ROOT = new URL('../../../', import.meta.url);
let failing = false;

// the arguments may hold a password, and process listings show them until the title takes their place
process.title = 'tickloom';
streams.guard();
interrupts.listen();
process.on('uncaughtException', (error) => void fail(error));
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => {
  // Node's own remarks about its features are of no use to the person at the terminal
  if (mode.verbose || name === 'Warning') streams.writeNotice(`warning: ${message}`);
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
  const { run, settings } = await import('@oclif/core');
  // NODE_ENV=development would make oclif look for a TypeScript loader
  settings.enableAutoTranspile = false;
  // oclif asks who the user is for the name of their shell, and fails where the account has no name, as in a container
  process.env['SHELL'] ??= '/bin/sh';
  const onlyJson = args.every((argument) => argument === '--json');
  await run(onlyJson ? [] : [...args], { root: fileURLToPath(PACKAGE_ROOT) });
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
  process.exit(interrupts.exitCode ?? code);
}

/** Ends the process itself: a timer that a plugin has left behind must not keep a finished command alive. */
async function end(code: number): Promise<void> {
  await streams.flush();
  if (!failing) process.exit(interrupts.exitCode ?? code);
}
