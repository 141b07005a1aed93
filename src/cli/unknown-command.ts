import { TickloomError } from '../config/errors.js';
import { nearest } from '../config/nearest.js';
import { redact } from '../config/redact.js';

/** The error for words that are no command, with the nearest that is one. */
export function unknownCommand(args: readonly string[], known: readonly string[]): Error {
  const [first = ''] = args;
  if (first.startsWith('-')) {
    return forHook(`"${redact(first.split('=')[0] ?? first)}" stands where a command is expected`, {
      hint: 'Name the command first, then its flags: run "tickloom help" for the list.',
    });
  }
  const end = args.findIndex((argument) => argument.startsWith('-'));
  // more than two words are arguments of something that was mistyped
  const words = args.slice(0, end === -1 ? undefined : end).slice(0, 2);
  const command = redact(words.join(' '));
  const meant = nearest(command, known) ?? nearest(redact(first), known);
  const topic = known.some((name) => name.startsWith(`${first} `)) ? ` ${first}` : '';
  const list = `Run "tickloom help${topic}" for the list.`;
  return forHook(`unknown command "${command}"`, {
    hint: meant === undefined ? list : `Did you mean "tickloom ${meant}"? ${list}`,
    context: { command },
  });
}

/** oclif passes an error of a hook on only when it has an exit code. */
function forHook(message: string, options: ConstructorParameters<typeof TickloomError>[2]): Error {
  return Object.assign(new TickloomError('USAGE', message, options), { oclif: { exit: 2 } });
}
