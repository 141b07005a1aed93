import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

interface InstalledPackages {
  readonly packages?: Readonly<Record<string, { readonly resolved?: unknown }>>;
}

/**
 * How the package of a plugin in `folder` depends on the Tickloom in `root`: on a checkout by its path, on what was
 * installed by its version; on what npm installed from a file or a repository by the same way.
 * @param folder absolute
 * @param root absolute, the folder of Tickloom's package.json
 */
export function tickloomDependency(folder: string, root: string): string {
  const from = (path: string): string => `file:${relative(folder, path).split(sep).join('/') || '.'}`;
  const modules = dirname(root.endsWith(sep) ? root.slice(0, -1) : root);
  if (!modules.endsWith(`${sep}node_modules`)) return from(root);
  const resolved = installedFrom(modules);
  if (resolved?.startsWith('file:') === true) return from(resolve(dirname(modules), resolved.slice('file:'.length)));
  if (resolved?.startsWith('git') === true) return resolved;
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return `^${version}`;
}

/** What npm noted about where it took the package from; `undefined` where another tool installed it. */
function installedFrom(modules: string): string | undefined {
  try {
    const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as InstalledPackages;
    const resolved = packages?.['node_modules/tickloom']?.resolved;
    return typeof resolved === 'string' ? resolved : undefined;
  } catch {
    return undefined;
  }
}
