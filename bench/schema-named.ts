import { builtinPlugins } from '../plugins/index.js';
import { PluginRegistry, type RegisteredSchema } from '../src/core/registry/plugin-registry.js';

/** As the program itself has it. */
export function schemaNamed(schema: string): RegisteredSchema {
  const registry = new PluginRegistry();
  for (const plugin of builtinPlugins) registry.register(plugin, 'built in');
  return registry.get(schema);
}
