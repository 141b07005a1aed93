import type { Hook } from '@oclif/core';
import { mode } from '../../cli/session.js';
import { unknownCommand } from '../../cli/unknown-command.js';

/**
 * Refuses an unknown command before oclif's did-you-mean would ask: only a person at a terminal can answer. Nobody is
 * asked about an argument that looks like a URL, which may hold a password that the question would repeat.
 */
const hook: Hook.Init = async ({ id, config }) => {
  if (id === undefined || id === '--version' || id === '--help') return;
  if (config.findCommand(id) !== undefined || config.findTopic(id) !== undefined) return;
  const atTerminal = process.stdin.isTTY && process.stdout.isTTY && process.stderr.isTTY;
  if (atTerminal && !mode.json && !mode.help && !id.startsWith('-') && !id.includes('//')) return;
  throw unknownCommand(
    process.argv.slice(2),
    config.commandIDs.map((known) => known.replaceAll(':', ' ')),
  );
};

export default hook;
