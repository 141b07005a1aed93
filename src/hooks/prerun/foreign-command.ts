import type { Hook } from '@oclif/core';
import { isTickloomError, TickloomError } from '../../config/errors.js';
import { streams } from '../../cli/session.js';
import { usageErrorOf } from '../../cli/usage-error.js';

/**
 * Lets a command that is not ours (help, plugins, one of a plugin) write to stdout, and makes its errors end up where
 * ours do: oclif's own way prints them with all arguments.
 */
const hook: Hook.Prerun = async ({ Command, config }) => {
  if (Command.plugin?.name === config.name) return;
  streams.openToOthers();
  Object.defineProperty(Command.prototype, 'catch', {
    value: async (error: unknown): Promise<never> => {
      const command = Command.id.replaceAll(':', ' ');
      const usage = usageErrorOf(error, { command, flags: Object.keys(Command.flags ?? {}) });
      throw usage ?? (Command.plugin?.name.startsWith('@oclif/') === true ? saidPlainly(error, command) : error);
    },
  });
};

/** oclif's own commands throw plain errors for what their user can mend: a plugin that is not there, a folder that cannot be read. */
function saidPlainly(error: unknown, command: string): unknown {
  if (!(error instanceof Error) || isTickloomError(error) || 'oclif' in error) return error;
  const [first = ''] = error.message.split('\n');
  return new TickloomError('USAGE', `"tickloom ${command}" failed: ${first}`, {
    hint: `Run "tickloom ${command} --help" for what it takes.`,
    cause: error,
  });
}

export default hook;
