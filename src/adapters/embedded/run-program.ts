import { spawn } from 'node:child_process';
import type { ServerUser } from './server-user.js';

export interface ProgramRun {
  /** Exit status; `null` when a signal ended it or it could not be started. */
  readonly code: number | null;
  /** What it printed, stdout and stderr in order, cut to the last 64 KiB characters. */
  readonly output: string;
  /** Why it could not be started, e.g. `ENOENT`. */
  readonly startError: NodeJS.ErrnoException | null;
}

export interface ProgramOptions {
  /** `null` is this process's own account. */
  readonly user: ServerUser | null;
  /** The uid that it takes for its own: it runs in a user namespace (Linux), and files are still its account's. */
  readonly appearsAs?: number | undefined;
  readonly input?: string;
  /** Aborting ends the program; the promise still resolves once it is gone. */
  readonly signal?: AbortSignal | undefined;
}

const MAX_OUTPUT_CHARS = 65_536;

/**
 * The environment of every PostgreSQL program: nothing of ours, so no key or password of the user's shell ends up in
 * the environment of a server that outlives the command, and no PG* variable bends what it does.
 */
export const PROGRAM_ENV: Readonly<Record<string, string>> = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Runs a program to its end in a session of its own, so that a terminal's Ctrl-C does not reach it. Never rejects. */
export async function runProgram(file: string, args: readonly string[], options: ProgramOptions): Promise<ProgramRun> {
  const [program, ...rest] =
    options.appearsAs === undefined
      ? ([file, ...args] as const)
      : (['unshare', '--user', `--map-user=${options.appearsAs}`, '--', file, ...args] as const);
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, rest, {
      ...(options.user ?? {}),
      cwd: '/',
      env: PROGRAM_ENV,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const collect = (text: string): void => {
      output = (output + text).slice(-MAX_OUTPUT_CHARS);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    // A program that ends before it has read all its input says so by its exit status, not by our EPIPE.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    const abort = (): void => void child.kill('SIGTERM');
    if (options.signal?.aborted === true) abort();
    options.signal?.addEventListener('abort', abort, { once: true });
    let startError: NodeJS.ErrnoException | null = null;
    child.on('error', (error) => {
      startError = error;
      if (child.pid === undefined) finish(null);
    });
    child.on('close', (code) => finish(code));
    const finish = (code: number | null): void => {
      options.signal?.removeEventListener('abort', abort);
      resolve({ code, output, startError });
    };
  });
}
