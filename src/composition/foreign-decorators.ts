import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { TickloomError } from '../core/errors/index.js';
import { modelOf } from '../core/model/market-model.js';
import type { SchemaPlugin } from '../core/plugin/schema-plugin.js';
import { isDecorated, type DecoratorStorage } from '../core/plugin/validation-copy.js';

const STORAGE = /[/\\]class-transformer[/\\]cjs[/\\]storage\.js$/;

/**
 * class-transformer keeps what its decorators said in the module: those that a model takes from another copy than the
 * tickloom of its plugin resolves would change no row, silently.
 * @throws PLUGIN_INVALID with the paths of the copies
 */
export function refuseForeignDecorators(plugin: SchemaPlugin, origin: string): void {
  const properties = modelOf(plugin.model).fields.map(({ name }) => name);
  // undefined in what was built with an older release, which cannot say
  if (plugin.validation.transforms?.(plugin.model, properties) !== false) return;
  const copies = loadedStorages();
  const other = copies.find(({ storage }) => isDecorated(storage, plugin.model, properties));
  if (other === undefined) return;
  const rest = copies.filter((copy) => copy !== other).map(({ folder }) => `"${folder}"`);
  throw new TickloomError(
    'PLUGIN_INVALID',
    `plugin "${plugin.name}" (${origin}) has decorators of class-transformer from "${other.folder}"; its tickloom looks for those from ${rest.join(' or ')}`,
    {
      hint: 'Import Expose, Exclude, Transform and Type from "tickloom/plugin".',
      context: { plugin: plugin.name, origin },
    },
  );
}

/** All copies that this process has loaded. */
function loadedStorages(): { readonly folder: string; readonly storage: DecoratorStorage }[] {
  return Object.entries(createRequire(import.meta.url).cache).flatMap(([path, module]) => {
    const { defaultMetadataStorage: storage } = (module?.exports ?? {}) as {
      defaultMetadataStorage?: DecoratorStorage;
    };
    return STORAGE.test(path) && storage !== undefined ? [{ folder: dirname(dirname(path)), storage }] : [];
  });
}
