import type { ReporterRegistry } from '../adapters/reporters/index.js';
import { isTickloomError, TickloomError } from '../core/errors/index.js';
import { isReporter } from '../core/progress/reporter-definition.js';
import { PluginRegistry } from '../core/registry/plugin-registry.js';
import type { SourceRegistry } from '../core/registry/source-registry.js';
import { isSource } from '../core/source/source-definition.js';
import { builtinPlugins } from '../../plugins/index.js';
import { builtinSources } from '../../plugins/sources.js';
import { BUILTINS_MODULE } from './builtins-module.js';
import { refuseForeignDecorators } from './foreign-decorators.js';
import { pluginExports, pluginModules } from './plugin-modules.js';
import type { TickloomOptions } from './tickloom.js';

const BUILT_IN = 'built in';
const GIVEN = 'given by the host';

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
    try {
      for (const { value, origin, module } of await valuesOf(plugin)) {
        if (isReporter(value)) reporters.add(value, origin);
        else if (isSource(value)) sources.add(value, origin);
        else refuseForeignDecorators(registry.register(value, origin, module), origin);
      }
    } catch (error) {
      throw typeof plugin === 'string' ? withOrigin(error, plugin) : error;
    }
  }
  return registry;
}

/** Whose error it is, for a program: the messages name what is wrong in the plugin, which may be a decorator. */
function withOrigin(error: unknown, origin: string): unknown {
  if (!isTickloomError(error)) return error;
  const { code, message, hint, context, cause } = error;
  return new TickloomError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    context: { ...context, origin },
    cause: cause ?? error,
  });
}

interface Found {
  readonly value: unknown;
  readonly origin: string;
  /** The file that it can be imported from again; `null` for a value that the host gave. */
  readonly module: string | null;
}

async function valuesOf(plugin: unknown): Promise<Found[]> {
  if (typeof plugin !== 'string') return [{ value: plugin, origin: GIVEN, module: null }];
  const found: Found[] = [];
  for (const module of pluginModules(plugin)) {
    for (const value of await pluginExports(plugin, module)) found.push({ value, origin: plugin, module });
  }
  return found;
}
