import { TickloomError } from '../config/errors.js';
import { nearest } from '../config/nearest.js';
import { redact } from '../config/redact.js';
import { alternatives } from '../config/words.js';

/** What the parser tells; its errors also hold all arguments, which is why only these are looked at. */
interface ParserError {
  readonly message?: unknown;
  readonly flags?: unknown;
  readonly args?: unknown;
  readonly constructor: { readonly name: string };
  readonly oclif?: { readonly exit?: unknown };
}

export interface UsageContext {
  /** As typed, e.g. `runs list`. */
  readonly command: string;
  /** Flags of the command. */
  readonly flags: readonly string[];
}

/** Words an error of the argument parser our way; `undefined` when it is none. */
export function usageErrorOf(thrown: unknown, { command, flags }: UsageContext): TickloomError | undefined {
  const error = thrown as ParserError;
  const text = typeof error.message === 'string' ? error.message : '';
  const see = `Run "tickloom ${command} --help" for its flags.`;
  switch (error.constructor.name) {
    case 'NonExistentFlagsError':
      return unknownFlag(firstOf(error.flags), command, flags, see);
    case 'UnexpectedArgsError': {
      const argument = redact(firstOf(error.args));
      return usage(`unexpected argument "${argument}" after "tickloom ${command}"`, `Remove it. ${see}`, { argument });
    }
    case 'RequiredArgsError': {
      const [first] = error.args as { name?: string }[];
      const argument = (first?.name ?? 'argument').toUpperCase();
      return usage(`"tickloom ${command}" needs ${argument}`, `Add it: tickloom ${command} ${argument}`, { argument });
    }
    case 'FlagInvalidOptionError': {
      const [, flag = '', found = '', words = ''] = /^Expected --([\w-]+)=(.*) to be one of: (.*)$/m.exec(text) ?? [];
      const expected = alternatives(words.split(', '));
      return usage(`--${flag} is "${redact(found)}", expected ${expected}`, `Give --${flag} ${expected}.`, {
        setting: flag,
        expected,
        found: redact(found),
      });
    }
    case 'CLIError':
      return aboutValue(text, see);
    default:
      return undefined;
  }
}

function unknownFlag(token: string, command: string, flags: readonly string[], see: string): TickloomError {
  // what stands behind "=" may be a password
  const flag = redact(token.split('=')[0] ?? token);
  const meant = nearest(flag.replace(/^-+/, ''), flags);
  const hint = meant === undefined ? see : `Write --${meant}. ${see}`;
  return usage(`unknown flag "${flag}" for "tickloom ${command}"`, hint, { flag });
}

/** The parser's messages about a flag without a value, or given twice, name the flag and nothing else. */
function aboutValue(text: string, see: string): TickloomError | undefined {
  const [, flag, rest] = /^Flag --([\w-]+) (expects|can only be specified once)/.exec(text) ?? [];
  if (flag === undefined) return undefined;
  return rest === 'expects'
    ? usage(`--${flag} has no value`, `Write the value after it. ${see}`, { flag })
    : usage(`--${flag} is given twice`, `Give it once; a list is one value with commas.`, { flag });
}

function usage(message: string, hint: string, context: Record<string, string>): TickloomError {
  return new TickloomError('USAGE', message, { hint, context });
}

function firstOf(list: unknown): string {
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return typeof first === 'string' ? first : '';
}
