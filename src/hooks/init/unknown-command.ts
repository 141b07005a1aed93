import type { Hook } from '@oclif/core';
import { mode } from '../../cli/session.js';
import { unknownCommand, wordTooMany } from '../../cli/unknown-command.js';

/**
 * Refuses a word too many behind a command, and an unknown command before oclif's did-you-mean would ask: only a person
 * at a terminal can answer. Nobody is asked about an argument that looks like a URL, which may hold a password that the
 * question would repeat.
 */
const hook: Hook.Init = async ({ id, config }) => {
  const command = id === undefined ? undefined : config.findCommand(id);
  mode.undecided = {
    command: id?.replaceAll(':', ' ') ?? '',
    userFolder: config.configDir,
    hasProgress: command === undefined || 'progress' in command.flags,
  };
  if (id === undefined || id === '--version' || id === '--help') return;
  if (command !== undefined || config.findTopic(id) !== undefined) return;
  const args = process.argv.slice(2);
  const known = config.commandIDs.map((name) => name.replaceAll(':', ' '));
  const tooMany = wordTooMany(args, known);
  if (tooMany !== undefined) throw tooMany;
  const atTerminal = process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY;
  if (atTerminal && !mode.json && !mode.help && !id.startsWith('-') && !id.includes('//')) return;
  throw unknownCommand(args, known);
};

export default hook;
