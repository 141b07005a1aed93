import { layoutOf } from '../dbn/layout/layouts.js';
import { TickloomError } from '../errors/index.js';
import type { ModelClass } from '../model/declaration.js';
import { modelOf } from '../model/market-model.js';
import type { RowMapper } from './row-mapper.js';
import {
  brandSchemaPlugin,
  PLUGIN_API_VERSION,
  type PluginMigration,
  type PluginSchema,
  type SchemaPlugin,
} from './schema-plugin.js';
import { VALIDATION_COPY } from './validation-copy.js';

export interface SchemaPluginDefinition {
  /** As in `schemas list` and in the quarantine: `trades`. */
  readonly name: string;
  readonly version: string;
  readonly apiVersion: 1;
  /** One sentence. */
  readonly description?: string;
  readonly schemas: readonly PluginSchema[];
  readonly model: ModelClass;
  readonly mapper?: RowMapper;
  readonly migrations?: readonly PluginMigration[];
}

const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const TABLE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const NEWEST_VERSION = 3;

/**
 * Makes the value that a schema package exports.
 * @throws PLUGIN_INVALID when the definition does not hold together, MODEL_INVALID when the model does not
 */
export function defineSchemaPlugin(definition: SchemaPluginDefinition): SchemaPlugin {
  // authors in JavaScript have no compiler that would tell them
  if (typeof definition !== 'object') throw invalid('', 'is not defined: an object is needed');
  if (!Number.isInteger(definition.apiVersion)) {
    throw invalid(definition.name, `has no apiVersion; this Tickloom speaks ${PLUGIN_API_VERSION}`);
  }
  const plugin: SchemaPlugin = {
    name: definition.name,
    version: definition.version,
    apiVersion: definition.apiVersion,
    description: definition.description ?? '',
    schemas: definition.schemas,
    model: definition.model,
    mapper: definition.mapper ?? null,
    migrations: definition.migrations ?? [],
    validation: VALIDATION_COPY,
  };
  checkSchemaPlugin(plugin);
  return brandSchemaPlugin(plugin);
}

/**
 * Checks what can be checked of a plugin on its own.
 * @throws PLUGIN_INVALID, MODEL_INVALID
 */
export function checkSchemaPlugin(plugin: SchemaPlugin): void {
  const { name, version, schemas, mapper, migrations } = plugin;
  if (!fits(name, NAME))
    throw invalid(name, `has no usable name: needed are up to 63 of a-z, 0-9 and -, found "${name}"`);
  if (typeof version !== 'string' || version === '') throw invalid(name, 'has no version');
  if (!Array.isArray(schemas) || schemas.length === 0) throw invalid(name, 'serves no schema');
  if (mapper !== null && typeof mapper.map !== 'function') throw invalid(name, 'has a mapper without a map function');
  if (typeof plugin.model !== 'function') throw invalid(name, 'has no model class');
  const model = modelOf(plugin.model);
  const newest = [...model.bindings.values()].at(-1);
  for (const schema of schemas as readonly PluginSchema[]) {
    if (!fits(schema.name, NAME)) throw invalid(name, `serves a schema with the unusable name "${schema.name}"`);
    if (!fits(schema.table, TABLE_NAME) || schema.table.startsWith('pg_')) {
      throw invalid(name, `puts schema "${schema.name}" into a table with the unusable name "${schema.table}"`);
    }
    if (!Number.isInteger(schema.rtype) || schema.rtype < 0 || schema.rtype > 255) {
      throw invalid(name, `gives schema "${schema.name}" the rtype ${schema.rtype}; needed is 0 to 255`);
    }
    if (!model.ownLayout && newest?.layout.rtypes.includes(schema.rtype) !== true) {
      throw invalid(
        name,
        `gives schema "${schema.name}" the rtype ${schema.rtype}; layout "${String(newest?.layout.name)}" has ${String(newest?.layout.rtypes.join(', '))}`,
      );
    }
    const taken = model.ownLayout ? layoutOf(schema.rtype, NEWEST_VERSION) : undefined;
    if (taken !== undefined) {
      throw invalid(
        name,
        `gives schema "${schema.name}" the rtype ${schema.rtype}, which belongs to DBN's "${taken.name}"`,
      );
    }
  }
  if (!Array.isArray(migrations) || !migrations.every(isMigration)) {
    throw invalid(name, "has a migration that is none: needed are { name, statements: ['…'] }");
  }
  const names = migrations.map((migration) => migration.name);
  const twice = names.find((migration, index) => names.indexOf(migration) !== index);
  if (twice !== undefined) throw invalid(name, `has two migrations named "${twice}"`);
}

const fits = (value: unknown, pattern: RegExp): boolean => typeof value === 'string' && pattern.test(value);

function isMigration(value: unknown): value is PluginMigration {
  const { name, statements } = Object(value) as { readonly name?: unknown; readonly statements?: unknown };
  const isText = (text: unknown): boolean => typeof text === 'string' && text !== '';
  return isText(name) && Array.isArray(statements) && statements.every(isText);
}

function invalid(name: string, what: string): TickloomError {
  return new TickloomError('PLUGIN_INVALID', `plugin "${name}" ${what}`, {
    hint: 'Correct what the plugin hands to defineSchemaPlugin.',
    context: { plugin: name },
  });
}
