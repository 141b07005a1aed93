/**
 * A process that uses the embedded server: says on stdout what it got, one JSON object a line, and leaves when its
 * stdin closes. See embedded-user.ts.
 */
import { EmbeddedServer } from '../../src/adapters/embedded/embedded-server.js';
import { readPlatformPackage } from '../../src/adapters/embedded/platform-package.js';
import { asTickloomError } from '../../src/core/errors/index.js';
import type { EmbeddedUserOptions } from './embedded-user.js';

const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const { packageDirectory, ...options } = JSON.parse(process.argv[2] ?? '') as EmbeddedUserOptions;
const server = new EmbeddedServer({
  ...options,
  ...(packageDirectory === undefined ? {} : { findPackage: () => readPlatformPackage(packageDirectory) }),
});
try {
  const lease = await server.acquire();
  say({ url: lease.url, pid: (await server.status()).pid });
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once('end', resolve));
  await lease.release();
  say({ left: true });
} catch (error) {
  const { code, message, hint } = asTickloomError(error);
  say({ error: { code, message, hint } });
}
