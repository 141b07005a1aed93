import { jsonText } from './json-text.js';
import {
  asTickloomError,
  ERROR_ACTIONS,
  isTickloomError,
  TickloomError,
  type ErrorCode,
  type ErrorContext,
} from '../config/errors.js';
import { EXIT_CODES } from './exit-codes.js';

/** How an error leaves the process: made from an allow-list, so that nothing of the arguments comes along. */
export interface Failure {
  readonly exitCode: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly context: ErrorContext;
  /** For `--verbose`. */
  readonly stack: string | null;
}

/** What `--json` prints for an error. */
export interface ErrorDocument {
  readonly error: Pick<Failure, 'code' | 'message' | 'hint' | 'context'>;
}

export function errorDocument({ code, message, hint, context }: Failure): ErrorDocument {
  return { error: { code, message, hint, context } };
}

/** What ends a document whose list an error has cut short. */
export function errorBehindList(failure: Failure): string {
  return `\n],${jsonText(errorDocument(failure)).slice(1)}\n`;
}

/** Reads whatever was thrown; `redact` goes over every text. */
export function failureOf(thrown: unknown, redact: (text: string) => string): Failure {
  const error = isTickloomError(thrown) ? thrown : (outputError(thrown) ?? foreignError(thrown));
  const context = Object.entries(error.context).map(([key, value]) => [
    key,
    typeof value === 'string' ? redact(value) : value,
  ]);
  return {
    // the code says it, not the error's own word: another version of the package may have thrown it
    exitCode: EXIT_CODES[ERROR_ACTIONS[error.code] ?? error.action] ?? 1,
    code: error.code,
    message: redact(error.message),
    hint: error.hint === undefined ? null : redact(error.hint),
    context: Object.fromEntries(context) as ErrorContext,
    stack: redact(stackOf(thrown)),
  };
}

/** stdout takes nothing more: a full disk, most of the time. */
function outputError(thrown: unknown): TickloomError | undefined {
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  if (syscall !== 'write' || code === undefined) return undefined;
  return new TickloomError('OUTPUT_UNWRITABLE', `output cannot be written: ${code}`, {
    hint: 'Free some space, or send the output elsewhere.',
    context: { system_code: code },
    cause: thrown,
  });
}

/** An error of oclif or of one of its plugins: those with an exit code are about how a command was called. */
function foreignError(thrown: unknown): TickloomError {
  const { oclif, message } = thrown as { oclif?: { exit?: unknown }; message?: unknown };
  if (typeof oclif?.exit !== 'number' || oclif.exit === 1 || typeof message !== 'string')
    return asTickloomError(thrown);
  const [first = ''] = message.split('\n');
  return new TickloomError('USAGE', first, {
    hint: 'Run "tickloom help" for the commands and their flags.',
    cause: thrown,
  });
}

function stackOf(thrown: unknown): string {
  const stacks: string[] = [];
  let error = thrown;
  while (error instanceof Error && stacks.length < 5) {
    stacks.push(error.stack ?? error.message);
    error = error.cause;
  }
  return stacks.join('\ncaused by: ');
}
