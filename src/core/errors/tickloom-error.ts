import type { ErrorCode } from './error-codes.js';
import { ERROR_ACTIONS, type ErrorAction } from './error-codes.js';

const BRAND = Symbol.for('tickloom.error');
/** V8's words, some of them by `fetch` of Node.js, which has its parser compiled to WebAssembly. */
const NO_WASM_MEMORY = /^WebAssembly\.\w+\(\): (out of memory|could not allocate memory)/i;

/** What an error is about, in values a program can read. Never a secret: see {@link TickloomError}. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | null>>;

export interface TickloomErrorOptions {
  /** One imperative sentence: what to do next. */
  readonly hint?: string;
  /** Where it happened: path, byte offset, ordinal, table … Values only, never credentials. */
  readonly context?: ErrorContext;
  readonly cause?: unknown;
}

/**
 * The one error class. The `code` says what happened, and through {@link ERROR_ACTIONS} what a run does about it.
 *
 * The message reads "what failed, doing what, why", without a full stop, without secrets. Errors are told apart by
 * `code` (see {@link isTickloomError}), never by `instanceof`, because a plugin may bring a copy of this package.
 */
export class TickloomError extends Error {
  readonly code: ErrorCode;
  readonly action: ErrorAction;
  readonly hint: string | undefined;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, message: string, options: TickloomErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TickloomError';
    this.code = code;
    this.action = ERROR_ACTIONS[code];
    this.hint = options.hint;
    this.context = options.context ?? {};
    Object.defineProperty(this, BRAND, { value: true, enumerable: false });
  }
}

/** True for a {@link TickloomError} of this or any other copy of the package. */
export function isTickloomError(value: unknown): value is TickloomError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/**
 * The value itself when it is ours, else an `INTERNAL` error that keeps it as its cause. Wherever it is noticed, it is no bug
 * that there is no working directory any more, `PATH_NOT_FOUND`, nor that WebAssembly is given no memory, of whoever it
 * is: `MEMORY_UNAVAILABLE`.
 */
export function asTickloomError(value: unknown): TickloomError {
  if (isTickloomError(value)) return value;
  if ((value as { syscall?: unknown } | null)?.syscall === 'uv_cwd') {
    return new TickloomError('PATH_NOT_FOUND', 'cannot start from the working directory: it has been removed', {
      hint: 'Change into a folder that is there, and run the same command again.',
      cause: value,
    });
  }
  if (value instanceof RangeError && NO_WASM_MEMORY.test(value.message))
    return memoryUnavailable('WebAssembly runs in', value);
  const message = value instanceof Error ? value.message : String(value);
  return new TickloomError('INTERNAL', `unexpected error: ${message}`, {
    cause: value,
    hint: 'Run the command again with --verbose and report what it prints.',
  });
}

/** For memory of WebAssembly that the system does not give. @param what `rows are made in` */
export function memoryUnavailable(what: string, cause: unknown): TickloomError {
  return new TickloomError('MEMORY_UNAVAILABLE', `this process is not given the memory that ${what}`, {
    hint: 'Raise its limit of addresses (ulimit -v unlimited), or set NODE_OPTIONS=--disable-wasm-trap-handler.',
    cause,
  });
}
