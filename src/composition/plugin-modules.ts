import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isTickloomError, TickloomError } from '../core/errors/index.js';
import { LEGACY_DECORATORS_HINT } from '../core/model/declaration.js';
import { declaredPlugins, packageFolderOf } from './plugin-package.js';
import { unbuiltPlugin } from './unbuilt-plugin.js';

/**
 * The files of a plugin, by its path or the name of its package: those that its package.json names under `tickloom`, else
 * what Node would import from the working directory.
 * @throws PLUGIN_NOT_FOUND, and PLUGIN_INVALID for TypeScript that is not compiled
 */
export function pluginModules(name: string): string[] {
  const isPath = name.startsWith('.') || isAbsolute(name);
  // like a require from the working directory: a folder stands for its package.json's main
  const require = createRequire(join(process.cwd(), 'noop.js'));
  const folder = isPath ? resolve(name) : installedFolder(name, require);
  const declared = folder === undefined ? [] : declaredPlugins(folder);
  const wanted = declared.length > 0 ? declared : [isPath ? resolve(name) : name];
  return wanted.map((path) => {
    try {
      return require.resolve(path);
    } catch (cause) {
      throw notFound(name, { isPath, folder, declared: declared.length > 0 ? path : undefined }, cause);
    }
  });
}

/** The folder in which a package is installed, as seen from the working directory. */
function installedFolder(name: string, require: NodeJS.Require): string | undefined {
  const folders = (require.resolve.paths(name) ?? []).map((modules) => join(modules, name));
  return folders.find((folder) => existsSync(join(folder, 'package.json')));
}

interface Sought {
  readonly isPath: boolean;
  /** Of the plugin, or where it would be; `undefined` for a package that is not installed. */
  readonly folder: string | undefined;
  /** The file that its package names. */
  readonly declared: string | undefined;
}

function notFound(name: string, { isPath, folder, declared }: Sought, cause: unknown): TickloomError {
  const unbuilt = folder === undefined ? undefined : unbuiltPlugin(name, declared ?? folder);
  if (unbuilt !== undefined) return unbuilt;
  const refuse = (why: string, hint: string): TickloomError =>
    new TickloomError('PLUGIN_NOT_FOUND', `cannot find the plugin "${name}"${why}`, {
      hint,
      context: { plugin: name },
      cause,
    });
  if (declared !== undefined) {
    return refuse(`: its package.json names "${declared}", which is not there`, `Build or install it again.`);
  }
  if (isPath) return refuse('', 'Check the path.');
  if (folder === undefined) return refuse('', `Install it: npm install ${name}`);
  return refuse(
    `: it is installed in ${folder}, and exports nothing that can be loaded from here`,
    'Let its package.json say which file it is: "tickloom": { "plugins": "./dist/index.js" }.',
  );
}

/**
 * What a plugin's file exports: one plugin as its default, or a list of them.
 * @param name as it was given, for messages
 * @throws PLUGIN_INVALID when it cannot be imported
 */
export async function pluginExports(name: string, path: string): Promise<unknown[]> {
  const module = await importModule(name, path);
  const exported = module.default ?? module.plugins ?? Object.values(module);
  return Array.isArray(exported) ? (exported as unknown[]) : [exported];
}

async function importModule(name: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    if (isTickloomError(cause)) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TickloomError('PLUGIN_INVALID', `cannot import the plugin "${name}": ${message}`, {
      hint: importHint(path, cause),
      context: { plugin: name, path },
      cause,
    });
  }
}

function importHint(path: string, cause: unknown): string {
  if (/\.[cm]?ts$/.test(path)) return 'Build it to JavaScript, say with "npx tsc", and name what comes of it.';
  const look = `Run "node ${path}" to see the error in full.`;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND') {
    return `Install what it imports: run "npm install" in ${packageFolderOf(path)}.`;
  }
  // decorators that the compiler left as they were, or that class-validator was called with the standard way
  if (cause instanceof SyntaxError) return `${look} If decorators are left in it: ${LEGACY_DECORATORS_HINT}`;
  if (cause instanceof TypeError && cause.message.includes("undefined (reading 'constructor')")) {
    return `Perhaps its decorators were compiled as standard ones. ${LEGACY_DECORATORS_HINT}`;
  }
  return look;
}
