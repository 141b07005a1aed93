import { cp, mkdir, readFile, rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CliSandbox } from './run-cli.js';
import { PACKAGE_ROOT } from './run-cli.js';

/** What `npm pack` says of the tarball. Sizes in bytes. */
export interface PackedPackage {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Packs a package as it is built, by default this checkout, into the sandbox. */
export async function pack(sandbox: CliSandbox, folder = PACKAGE_ROOT): Promise<PackedPackage> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', sandbox.root];
  const { code, stdout, stderr } = await sandbox.exec('npm', args, { cwd: folder });
  if (code !== 0) throw new Error(`npm pack ended with ${String(code)}: ${stderr}`);
  return (JSON.parse(stdout) as [PackedPackage])[0];
}

/**
 * Installs the tarball as `npm install --omit=optional` would: with its dependencies and nothing else.
 * @param own packages that are copies of their own, not links to those of the checkout
 */
export async function install(
  sandbox: CliSandbox,
  { filename }: PackedPackage,
  folder: string,
  own: readonly string[] = [],
): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(modules, { recursive: true });
  const { code, stderr } = await sandbox.exec('tar', ['xzf', join(sandbox.root, filename), '-C', modules]);
  if (code !== 0) throw new Error(`tar ended with ${String(code)}: ${stderr}`);
  await rename(join(modules, 'package'), join(modules, 'tickloom'));
  const manifest = JSON.parse(await readFile(join(modules, 'tickloom/package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    const from = join(PACKAGE_ROOT, 'node_modules', name);
    await mkdir(dirname(join(modules, name)), { recursive: true });
    if (own.includes(name)) await cp(from, join(modules, name), { recursive: true });
    else await symlink(from, join(modules, name));
  }
}
