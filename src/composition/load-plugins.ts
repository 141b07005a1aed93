import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ReporterRegistry } from '../adapters/reporters/index.js';
import { isTickloomError, TickloomError } from '../core/errors/index.js';
import { isReporter } from '../core/progress/reporter-definition.js';
import { PluginRegistry } from '../core/registry/plugin-registry.js';
import type { SourceRegistry } from '../core/registry/source-registry.js';
import { isSource } from '../core/source/source-definition.js';
import { builtinPlugins } from '../../plugins/index.js';
import { builtinSources } from '../../plugins/sources.js';
import type { TickloomOptions } from './tickloom.js';
import { unbuiltPlugin } from './unbuilt-plugin.js';

const BUILT_IN = 'built in';
const GIVEN = 'given by the host';
/** The module of the bundled plugins. */
export const BUILTINS_MODULE = fileURLToPath(new URL('../../plugins/index.js', import.meta.url));

/**
 * The registry of an instance: the bundled plugins, then those of the options in their order. Progress reporters among
 * them go to `reporters`, sources to `sources`.
 * @throws PLUGIN_NOT_FOUND, and what {@link PluginRegistry.register} and {@link ReporterRegistry.add} throw
 */
export async function loadPlugins(
  { plugins = [], builtins = true }: Pick<TickloomOptions, 'plugins' | 'builtins'>,
  reporters: Pick<ReporterRegistry, 'add'>,
  sources: Pick<SourceRegistry, 'add'>,
): Promise<PluginRegistry> {
  const registry = new PluginRegistry();
  if (builtins) for (const plugin of builtinPlugins) registry.register(plugin, BUILT_IN, BUILTINS_MODULE);
  for (const source of builtinSources) sources.add(source, BUILT_IN);
  for (const plugin of plugins) {
    const module = typeof plugin === 'string' ? resolveModule(plugin) : null;
    const values = module === null ? [plugin] : await exportsOf(plugin as string, module);
    const origin = typeof plugin === 'string' ? plugin : GIVEN;
    for (const value of values) {
      if (isReporter(value)) reporters.add(value, origin);
      else if (isSource(value)) sources.add(value, origin);
      else registry.register(value, origin, module);
    }
  }
  return registry;
}

/** A module exports one plugin as its default, or a list of them. */
async function exportsOf(name: string, path: string): Promise<unknown[]> {
  const module = await importModule(name, path);
  const exported = module.default ?? module.plugins ?? Object.values(module);
  return Array.isArray(exported) ? (exported as unknown[]) : [exported];
}

function resolveModule(name: string): string {
  const isPath = name.startsWith('.') || isAbsolute(name);
  try {
    // Like a require from the working directory: a folder stands for its package.json's main.
    const require = createRequire(join(process.cwd(), 'noop.js'));
    return require.resolve(isPath ? resolve(name) : name);
  } catch (cause) {
    const unbuilt = isPath ? unbuiltPlugin(name, resolve(name)) : undefined;
    if (unbuilt !== undefined) throw unbuilt;
    throw new TickloomError('PLUGIN_NOT_FOUND', `cannot find the plugin "${name}"`, {
      hint: isPath ? 'Check the path.' : `Install it: npm install ${name}`,
      context: { plugin: name },
      cause,
    });
  }
}

async function importModule(name: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (cause) {
    if (isTickloomError(cause)) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TickloomError('PLUGIN_INVALID', `cannot import the plugin "${name}": ${message}`, {
      hint: /\.[cm]?ts$/.test(path)
        ? 'Build it to JavaScript, say with "npx tsc", and name what comes of it.'
        : 'Run the plugin file with node on its own to see the error in full.',
      context: { plugin: name, path },
      cause,
    });
  }
}
