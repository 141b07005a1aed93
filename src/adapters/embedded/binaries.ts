import { join } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import { copyBinaries } from './binary-copy.js';
import { makeLibraryLinks } from './library-links.js';
import type { PlatformPackage } from './platform-package.js';
import { runProgram } from './run-program.js';
import type { ServerUser } from './server-user.js';

/** PostgreSQL programs that an account can really run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** PostgreSQL's major version. */
  readonly major: number;
}

export interface PrepareOptions {
  /** Who runs them; `null` is this process's own account. */
  readonly user: ServerUser | null;
  /** Folders for a copy, should one be needed; the first that works is taken. */
  readonly cacheDirectories: readonly string[];
}

/**
 * Makes the programs of a package ready to run: in place where the account can run them there, with the links of
 * their libraries made; else (folder closed to the account, or links missing and not writable) from a copy.
 *
 * @throws EMBEDDED_UNAVAILABLE when neither can be run; the message says why
 */
export async function prepareBinaries(source: PlatformPackage, options: PrepareOptions): Promise<PostgresBinaries> {
  let problem = 'its libraries need links that can neither be found nor made';
  if (await makeLibraryLinks(source.nativeDirectory)) {
    const inPlace = binariesIn(source.nativeDirectory, source.major);
    const failure = await whyNotRunnable(inPlace, options.user);
    if (failure === null) return inPlace;
    problem = failure;
  }
  for (const cacheDirectory of options.cacheDirectories) {
    const copy = await copyBinaries(source, cacheDirectory);
    if (copy === null) continue;
    const copied = binariesIn(copy, source.major);
    const failure = await whyNotRunnable(copied, options.user);
    if (failure === null) return copied;
    problem = failure;
  }
  const account = options.user === null ? 'this account' : `uid ${options.user.uid}`;
  throw new TickloomError(
    'EMBEDDED_UNAVAILABLE',
    `the embedded database cannot be started: ${account} cannot run the programs in "${source.nativeDirectory}" or a copy of them (${problem})`,
    {
      hint: 'Install Tickloom again with its optional dependencies, or set --database to the URL of a PostgreSQL server.',
      context: { package: source.name, version: source.version },
    },
  );
}

function binariesIn(nativeDirectory: string, major: number): PostgresBinaries {
  const bin = (program: string): string => join(nativeDirectory, 'bin', program);
  return { initdb: bin('initdb'), postgres: bin('postgres'), major };
}

/** Runs both programs: only that shows modes, folders above, mount options and libraries to be right at once. */
async function whyNotRunnable(binaries: PostgresBinaries, user: ServerUser | null): Promise<string | null> {
  for (const program of [binaries.postgres, binaries.initdb]) {
    const { code, output, startError } = await runProgram(program, ['--version'], { user });
    if (startError !== null) return startError.message;
    if (code !== 0) return output.trim().split('\n').at(-1) ?? `"${program}" ended with status ${String(code)}`;
  }
  return null;
}
