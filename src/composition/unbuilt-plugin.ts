import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { TickloomError } from '../core/errors/index.js';
import { declaredPlugins, packageFolderOf, readPluginPackage } from './plugin-package.js';

const TYPESCRIPT = /(?<!\.d)\.[cm]?ts$/;

/**
 * The error for a plugin whose TypeScript has not been compiled, with the step that does it; `undefined` for one that is
 * not there for another reason.
 * @param name as it was given, for the message
 * @param path absolute: a folder, or the file that its package says is the plugin
 */
export function unbuiltPlugin(name: string, path: string): TickloomError | undefined {
  const root = isFolder(path) ? path : packageOf(path);
  if (root === undefined) return undefined;
  const { main, scripts } = readPluginPackage(root);
  const entry = path === root ? resolve(root, typeof main === 'string' ? main : 'index.js') : path;
  if (existsSync(entry) || !holdsTypeScript(root)) return undefined;
  const build = typeof scripts?.build === 'string' ? 'npm run build' : 'npx tsc';
  const missing = relative(root, entry);
  return new TickloomError(
    'PLUGIN_INVALID',
    `plugin "${name}" is not built: it is TypeScript, and has no "${missing}"`,
    {
      hint: `Run "${build}" in ${root}.`,
      context: { plugin: name, path: root },
    },
  );
}

/** The package that says that this missing file is its plugin. */
function packageOf(path: string): string | undefined {
  const root = packageFolderOf(path);
  const { main } = readPluginPackage(root);
  const declared = [...(typeof main === 'string' ? [resolve(root, main)] : []), ...declaredPlugins(root)];
  return declared.includes(path) ? root : undefined;
}

function holdsTypeScript(root: string): boolean {
  const folders = [root, join(root, 'src')].filter(isFolder);
  return folders.some((folder) => readdirSync(folder).some((name) => TYPESCRIPT.test(name)));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
