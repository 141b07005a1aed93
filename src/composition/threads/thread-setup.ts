import type { PluginRegistry } from '../../core/registry/plugin-registry.js';
import { BUILTINS_MODULE } from '../builtins-module.js';

/** What a thread makes its parts from. */
export interface ThreadSetup {
  /** Files to import plugins from, in order. */
  readonly plugins: readonly string[];
  readonly builtins: boolean;
  /** `null` for the default. */
  readonly maxExpansion: number | null;
}

/** The plugins of a registry that can be imported again. */
export function setupOf(registry: PluginRegistry, maxExpansion: number | undefined): ThreadSetup {
  const modules = new Set(registry.plugins().flatMap(({ module }) => module ?? []));
  return {
    plugins: [...modules].filter((module) => module !== BUILTINS_MODULE),
    builtins: modules.has(BUILTINS_MODULE),
    maxExpansion: maxExpansion ?? null,
  };
}

/**
 * The schemas whose plugins can be imported again, as text to compare: a file that was changed since is another plugin.
 */
export function offersOf(registry: PluginRegistry): string {
  const schemas = registry.list().filter(({ module }) => module !== null);
  return JSON.stringify(
    schemas.map(({ name, rtype, table, plugin }) => ({
      name,
      rtype,
      table,
      plugin: plugin.name,
      version: plugin.version,
    })),
  );
}
