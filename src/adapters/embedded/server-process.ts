import { spawn } from 'node:child_process';
import type { PostgresBinaries } from './binaries.js';
import { PROGRAM_ENV } from './run-program.js';
import type { ServerUser } from './server-user.js';

export interface ServerSpec {
  readonly dataDirectory: string;
  readonly user: ServerUser | null;
  /** Where its unix socket goes; at most 107 bytes with the socket's name. */
  readonly socketDirectory: string;
  /** Settings given on the command line, which overrule its files. */
  readonly settings: Readonly<Record<string, string>>;
  /** Descriptor of the file that takes its stdout and stderr. */
  readonly log: number;
}

/** A server process that was just started; not yet one that answers. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when it has ended, also when it never began. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
}

/** The number in the socket's name; no TCP port. Given everywhere, so that a PGPORT of the user's changes nothing. */
export const SOCKET_PORT = 5432;

/**
 * Starts a server in a session of its own, where no terminal's Ctrl-C and no closing terminal reaches it, and which
 * neither the end of this process ends nor it keeps from ending.
 *
 * @returns `null` with the reason when it could not be started at all
 */
export async function startServerProcess(
  binaries: PostgresBinaries,
  spec: ServerSpec,
): Promise<ServerProcess | NodeJS.ErrnoException> {
  const settings = {
    port: String(SOCKET_PORT),
    listen_addresses: '',
    unix_socket_directories: spec.socketDirectory,
    unix_socket_permissions: '0700',
    ...spec.settings,
  };
  const child = spawn(
    binaries.postgres,
    ['-D', spec.dataDirectory, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...(spec.user ?? {}), cwd: '/', env: PROGRAM_ENV, detached: true, stdio: ['ignore', spec.log, spec.log] },
  );
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  child.unref();
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve({ pid: child.pid, exited, hasExited: () => ended });
    });
  });
}
