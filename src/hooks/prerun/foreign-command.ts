import type { Hook } from '@oclif/core';
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
      throw usageErrorOf(error, { command, flags: Object.keys(Command.flags) }) ?? error;
    },
  });
};

export default hook;
