import { isTickloomError, TickloomError, type ErrorCode, type ErrorContext } from '../../core/errors/index.js';

/** An error as data: a structured clone would lose the class, and with it what a run does about the error. */
export type ErrorData =
  | {
      readonly kind: 'tickloom';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | null;
      readonly context: ErrorContext;
      readonly stack: string | null;
      readonly cause: ErrorData | null;
    }
  | { readonly kind: 'other'; readonly name: string; readonly message: string; readonly stack: string | null };

export function errorToData(error: unknown): ErrorData {
  if (isTickloomError(error)) {
    const { code, message, hint = null, context, stack = null, cause } = error;
    return {
      kind: 'tickloom',
      code,
      message,
      hint,
      context: { ...context },
      stack,
      cause: cause === undefined ? null : errorToData(cause),
    };
  }
  if (!(error instanceof Error)) return { kind: 'other', name: 'Error', message: String(error), stack: null };
  const { name, message, stack = null } = error;
  return { kind: 'other', name, message, stack };
}

export function errorFromData(data: ErrorData): Error {
  if (data.kind === 'other') {
    const { name, message, stack } = data;
    return Object.assign(new Error(message), { name, ...(stack === null ? {} : { stack }) });
  }
  const { code, message, hint, context, stack, cause } = data;
  const error = new TickloomError(code, message, {
    ...(hint === null ? {} : { hint }),
    context,
    ...(cause === null ? {} : { cause: errorFromData(cause) }),
  });
  if (stack !== null) error.stack = stack;
  return error;
}
