import { TickloomError } from '../config/errors.js';
import { nearest } from '../config/nearest.js';
import { redact } from '../config/redact.js';

/**
 * The error for a command with a word too many. Where a command in two words takes no arguments, oclif takes a third one
 * for a part of its name. `undefined` when the words do not begin with a command.
 */
export function wordTooMany(args: readonly string[], known: readonly string[]): Error | undefined {
  const words = wordsOf(args);
  const argument = words[2];
  const command = words.slice(0, 2).join(' ');
  if (argument === undefined || !known.includes(command)) return undefined;
  const shown = redact(argument);
  return forHook(`unexpected argument "${shown}" after "tickloom ${command}"`, {
    hint: `Remove it. Run "tickloom ${command} --help" for its flags.`,
    context: { argument: shown },
  });
}

/** The error for words that are no command, with the nearest that is one. */
export function unknownCommand(args: readonly string[], known: readonly string[]): Error {
  const [first = ''] = args;
  if (first.startsWith('-')) {
    return forHook(`"${redact(first.split('=')[0] ?? first)}" stands where a command is expected`, {
      hint: 'Name the command first, then its flags: run "tickloom help" for the list.',
    });
  }
  // more than two words are arguments of something that was mistyped
  const command = redact(wordsOf(args).slice(0, 2).join(' '));
  const meant = nearest(command, known) ?? nearest(redact(first), known);
  const topic = known.some((name) => name.startsWith(`${first} `)) ? ` ${first}` : '';
  const list = `Run "tickloom help${topic}" for the list.`;
  return forHook(`unknown command "${command}"`, {
    hint: meant === undefined ? list : `Did you mean "tickloom ${meant}"? ${list}`,
    context: { command },
  });
}

/** What stands before the first flag. */
function wordsOf(args: readonly string[]): readonly string[] {
  const end = args.findIndex((argument) => argument.startsWith('-'));
  return args.slice(0, end === -1 ? undefined : end);
}

/** oclif passes an error of a hook on only when it has an exit code. */
function forHook(message: string, options: ConstructorParameters<typeof TickloomError>[2]): Error {
  return Object.assign(new TickloomError('USAGE', message, options), { oclif: { exit: 2 } });
}
