import { TickloomError, isTickloomError, type ErrorCode } from '../../core/errors/index.js';

interface Reading {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string;
}

const CHECK_PATH = 'Check the path.';
const RUN_AGAIN = 'Run the same command again when the file system answers.';

/** What the operating system's error codes mean for a file that is to be read. */
const READINGS: Readonly<Record<string, Reading>> = {
  EACCES: {
    code: 'PATH_UNREADABLE',
    why: 'permission denied',
    hint: 'Give the user who runs tickloom permission to read it.',
  },
  EPERM: {
    code: 'PATH_UNREADABLE',
    why: 'operation not permitted',
    hint: 'Give the user who runs tickloom permission to read it.',
  },
  EISDIR: { code: 'PATH_UNREADABLE', why: 'it is a folder', hint: 'Name the files or the folder itself as a path.' },
  ELOOP: { code: 'PATH_UNREADABLE', why: 'its symbolic links form a loop', hint: 'Name the file itself.' },
  ENXIO: { code: 'PATH_UNREADABLE', why: 'it is a socket or a device', hint: 'Name a file, a folder or a pipe.' },
  ENOENT: { code: 'PATH_NOT_FOUND', why: 'it does not exist', hint: CHECK_PATH },
  ENOTDIR: { code: 'PATH_NOT_FOUND', why: 'a part of the path is not a folder', hint: CHECK_PATH },
  ENAMETOOLONG: { code: 'PATH_NOT_FOUND', why: 'the name is too long for the file system', hint: CHECK_PATH },
  ERR_INVALID_ARG_VALUE: { code: 'PATH_NOT_FOUND', why: 'the name holds a NUL byte', hint: CHECK_PATH },
  EIO: { code: 'SOURCE_UNAVAILABLE', why: 'the device reports an input/output error', hint: RUN_AGAIN },
  EMFILE: { code: 'SOURCE_UNAVAILABLE', why: 'too many files are open', hint: 'Raise the limit with ulimit -n.' },
  ENFILE: { code: 'SOURCE_UNAVAILABLE', why: 'too many files are open on this machine', hint: RUN_AGAIN },
};

/** The system's code of an error thrown by Node, e.g. `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * An error of the file system in our words.
 *
 * @param doing what was under way, e.g. `cannot open`
 * @param source the path as it was given
 */
export function fileError(error: unknown, doing: string, source: string): TickloomError {
  if (isTickloomError(error)) return error;
  const system = systemCode(error);
  const reading = (system === undefined ? undefined : READINGS[system]) ?? {
    code: 'SOURCE_UNAVAILABLE',
    why: error instanceof Error ? error.message : String(error),
    hint: RUN_AGAIN,
  };
  return new TickloomError(reading.code, `${doing} "${source}": ${reading.why}`, {
    hint: reading.hint,
    context: { path: source, system_code: system ?? null },
    cause: error,
  });
}

/** What a call that was aborted ends with. */
export function cancelled(doing: string, source: string): TickloomError {
  return new TickloomError('CANCELLED', `${doing} "${source}" was cancelled`, {
    hint: 'Run the same command again to go on.',
    context: { path: source },
  });
}
