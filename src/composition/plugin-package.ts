import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What of a package.json matters for plugins. */
export interface PluginPackage {
  readonly main?: unknown;
  readonly scripts?: { readonly build?: unknown };
  readonly tickloom?: { readonly plugins?: unknown };
}

/** The package.json of this folder; nothing where there is none that can be read. */
export function readPluginPackage(folder: string): PluginPackage {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PluginPackage | null) ?? {};
  } catch {
    return {};
  }
}

/** The files, absolute, that the package in this folder says hold its plugins: `"tickloom": { "plugins": … }`. */
export function declaredPlugins(folder: string): string[] {
  const { tickloom } = readPluginPackage(folder);
  return [tickloom?.plugins].flat().flatMap((entry) => (typeof entry === 'string' ? [resolve(folder, entry)] : []));
}

/** The folder of the package that this file or folder is in; its own folder where it is in none. */
export function packageFolderOf(path: string): string {
  const own = dirname(path);
  let folder = own;
  while (!existsSync(join(folder, 'package.json'))) {
    // a file by itself
    if (folder === dirname(folder)) return own;
    folder = dirname(folder);
  }
  return folder;
}
