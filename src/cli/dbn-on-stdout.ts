import { TickloomError } from '../config/errors.js';
import type { ByteSink } from '../index.js';
import { streams } from './session.js';

/** The name of stdout as an output. */
export const STDOUT = '-';

/** Takes data of the command to stdout, no faster than they are read there. */
export const stdout: ByteSink = { write: (bytes) => streams.writeData(bytes) };

/** @throws USAGE where stdout is a terminal, which cannot take DBN; with `--json` as well: the exit code is the same */
export function refuseDbnOnStdout(): void {
  if (process.stdout.isTTY) {
    throw new TickloomError('USAGE', 'stdout is a terminal, which cannot show DBN', {
      hint: 'Name a file with --output, or pipe it into another program.',
    });
  }
}
