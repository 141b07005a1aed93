import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const STDOUT = 1;
const STDERR = 2;
const WRITERS = [
  ...(['write', 'writeSync', 'writev', 'writevSync'] as const),
  ...(['writeFile', 'writeFileSync', 'appendFile', 'appendFileSync'] as const),
];

type Writer = (target: unknown, ...rest: unknown[]) => unknown;

/**
 * Sends what is written to descriptor 1 by number, past `process.stdout`, to stderr: loggers that plugins use do so, for
 * speed. For the process of the command line and for threads of ours; never for a host's.
 */
export function keepOffStdout(): void {
  const writers = fs as unknown as Record<string, Writer>;
  for (const name of WRITERS) {
    const original = writers[name] as Writer;
    const redirected: Writer = (target, ...rest) => original(target === STDOUT ? STDERR : target, ...rest);
    // their promisified forms are properties of them
    writers[name] = Object.defineProperties(redirected, Object.getOwnPropertyDescriptors(original));
  }
  syncBuiltinESMExports();
}
