import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliSandbox, PACKAGE_ROOT } from './run-cli.js';

/** What a plugin's author has installed, by its place in node_modules. */
const INSTALLED = ['typescript', '@types/node', 'undici-types'];

/**
 * A place where plugins are written as by a stranger: its node_modules, which folders below it see as well, lead to this
 * checkout and to the compiler.
 */
export async function pluginGround(): Promise<CliSandbox> {
  const sandbox = await CliSandbox.create({ covered: false });
  const modules = join(sandbox.cwd, 'node_modules');
  await mkdir(join(modules, '.bin'), { recursive: true });
  await symlink(PACKAGE_ROOT, join(modules, 'tickloom'));
  await symlink('../tickloom/bin/run.js', join(modules, '.bin/tickloom'));
  await symlink('../typescript/bin/tsc', join(modules, '.bin/tsc'));
  for (const name of INSTALLED) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(PACKAGE_ROOT, 'node_modules', name), join(modules, name));
  }
  return sandbox;
}
