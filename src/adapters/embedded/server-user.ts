import { spawn } from 'node:child_process';

/** The account that a server runs under, as numbers: none of this needs an entry in `/etc/passwd`. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account of a server that root starts, because PostgreSQL refuses to run as root.
 *
 * A number of its own instead of `nobody` (65534), so that other daemons running as `nobody` can read neither data nor
 * socket. 65520 to 65533 is given out neither by Debian's policy nor by systemd (its dynamic users end at 65519), lies
 * inside the 65,536 ids that rootless containers map, and 65532 is taken by the "nonroot" of container images.
 */
export const DEDICATED_USER: ServerUser = { uid: 65531, gid: 65531 };

/** True where this process is root in the eyes of PostgreSQL; false on systems without user ids. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/**
 * Whether an account may enter a folder (`-x`) or run a file, tried under that account instead of computed from modes:
 * access lists, mount options and every folder above count too.
 *
 * @param user `null` is this process's own account
 */
export async function canAccess(
  user: ServerUser | null,
  path: string,
  test: '-x' | '-r' | '-w' = '-x',
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', `test ${test} "$1"`, 'sh', path], {
      ...(user ?? {}),
      cwd: '/',
      env: {},
      stdio: 'ignore',
    });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
