import { schemaOfRtype } from '../dbn/schemas.js';
import { TickloomError } from '../errors/index.js';
import { nearest } from '../text/nearest.js';
import { tableOf } from '../model/columns.js';
import { modelOf } from '../model/market-model.js';
import type { MarketModel, TableSpec } from '../model/model-spec.js';
import { checkSchemaPlugin } from '../plugin/define-schema-plugin.js';
import { isSchemaPlugin, PLUGIN_API_VERSION, type SchemaPlugin } from '../plugin/schema-plugin.js';

/** A schema with the plugin that serves it, ready to be compiled. */
export interface RegisteredSchema {
  readonly name: string;
  readonly rtype: number;
  readonly description: string;
  readonly table: TableSpec;
  readonly model: MarketModel;
  readonly plugin: SchemaPlugin;
  /** `built in`, or the path or package that the plugin came from. */
  readonly origin: string;
  /** The file that another thread can import the plugin from; `null` for a value that the host gave. */
  readonly module: string | null;
}

/** Tables that are the core's own. */
export const CORE_TABLES: readonly string[] = [
  'symbology',
  'runs',
  'chunks',
  'coverage',
  'quarantine',
  'claims',
  'deferred_indexes',
  'unfinished_chunks',
  'purchases',
  'migrations',
];

/** Holds the schema plugins of one instance. */
export class PluginRegistry {
  readonly #plugins = new Map<string, { plugin: SchemaPlugin; origin: string; module: string | null }>();
  readonly #schemas = new Map<string, RegisteredSchema>();

  /**
   * Takes a plugin in; the very same value twice is taken once.
   * @param origin `built in`, or the path or package it came from, for messages
   * @param module the file that it can be imported from again, where there is one
   * @throws PLUGIN_INVALID for anything but a plugin of this API version, MODEL_INVALID, SCHEMA_CLASH when a name, a
   *   schema, a table or an rtype is taken
   */
  register(value: unknown, origin: string, module: string | null = null): SchemaPlugin {
    const plugin = asPlugin(value, origin);
    const known = this.#plugins.get(plugin.name);
    if (known?.plugin === plugin) return plugin;
    if (known !== undefined) throw clash(`the name "${plugin.name}"`, known, { plugin, origin });
    checkSchemaPlugin(plugin);
    const model = modelOf(plugin.model);
    const schemas = plugin.schemas.map((schema): RegisteredSchema => {
      const description = schema.description ?? plugin.description;
      const table = tableOf(model, { name: schema.table, schema: schema.name, description });
      return { name: schema.name, rtype: schema.rtype, description, table, model, plugin, origin, module };
    });
    const added: RegisteredSchema[] = [];
    for (const schema of schemas) {
      this.#refuseClash(schema, added);
      added.push(schema);
    }
    this.#plugins.set(plugin.name, { plugin, origin, module });
    for (const schema of added) this.#schemas.set(schema.name, schema);
    return plugin;
  }

  /** The schema of that name, `undefined` when no plugin serves it. */
  find(name: string): RegisteredSchema | undefined {
    return this.#schemas.get(name);
  }

  /**
   * The schema of that name.
   * @throws SCHEMA_UNKNOWN naming those that are known
   */
  get(name: string): RegisteredSchema {
    const schema = this.#schemas.get(name);
    if (schema !== undefined) return schema;
    const known = this.list().map((each) => each.name);
    const near = nearest(name, known);
    throw new TickloomError('SCHEMA_UNKNOWN', `unknown schema "${name}"; known: ${known.join(', ') || 'none'}`, {
      hint:
        near === undefined
          ? 'Name one of the known schemas, or add the plugin that serves it.'
          : `Did you mean ${near}? If not, add the plugin that serves it.`,
      context: { schema: name },
    });
  }

  /** All schemas, by name. */
  list(): RegisteredSchema[] {
    return [...this.#schemas.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** All plugins, in the order they came. */
  plugins(): readonly Pick<RegisteredSchema, 'plugin' | 'origin' | 'module'>[] {
    return [...this.#plugins.values()];
  }

  /**
   * The schema that a record belongs to: that of the metadata when it has the record's rtype, else the one the rtype
   * stands for; 1 stands for mbp-1, never for tbbo. `undefined` when no plugin serves it.
   */
  schemaFor(metadataSchema: string | null, rtype: number): RegisteredSchema | undefined {
    const named = metadataSchema === null ? undefined : this.#schemas.get(metadataSchema);
    if (named?.rtype === rtype) return named;
    const vendors = schemaOfRtype(rtype);
    if (vendors !== undefined) return this.#schemas.get(vendors);
    return this.list().find((schema) => schema.model.ownLayout && schema.rtype === rtype);
  }

  #refuseClash(schema: RegisteredSchema, added: readonly RegisteredSchema[]): void {
    const { name } = schema.table;
    if (CORE_TABLES.includes(name)) {
      throw new TickloomError(
        'SCHEMA_CLASH',
        `plugin "${schema.plugin.name}" (${schema.origin}) wants the table "${name}", which is the core's own`,
        {
          hint: 'Give the schema another table name.',
          context: { plugin: schema.plugin.name, table: name },
        },
      );
    }
    for (const other of [...this.#schemas.values(), ...added]) {
      if (other.name === schema.name) throw clash(`the schema "${schema.name}"`, other, schema);
      if (other.table.name === name) throw clash(`the table "${name}"`, other, schema);
      if (other.rtype === schema.rtype && other.model.ownLayout && schema.model.ownLayout) {
        throw clash(`the rtype ${schema.rtype}`, other, schema);
      }
    }
  }
}

function asPlugin(value: unknown, origin: string): SchemaPlugin {
  if (!isSchemaPlugin(value)) {
    throw new TickloomError('PLUGIN_INVALID', `${origin} exports no schema plugin, found ${describe(value)}`, {
      hint: 'Export the value that defineSchemaPlugin({ … }) returns.',
      context: { origin },
    });
  }
  if (value.apiVersion !== PLUGIN_API_VERSION) {
    throw new TickloomError(
      'PLUGIN_INVALID',
      `plugin "${value.name}" (${origin}) speaks plugin API version ${String(value.apiVersion)}; this Tickloom speaks ${PLUGIN_API_VERSION}`,
      {
        hint:
          Number(value.apiVersion) > PLUGIN_API_VERSION
            ? 'Update tickloom, or install an older version of the plugin.'
            : 'Install a newer version of the plugin.',
        context: { plugin: value.name, origin, found: String(value.apiVersion), expected: PLUGIN_API_VERSION },
      },
    );
  }
  return value;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? 'an object without its brand' : `a ${typeof value}`;
}

interface Claim {
  readonly plugin: SchemaPlugin;
  readonly origin: string;
}

function clash(what: string, first: Claim, second: Claim): TickloomError {
  const name = (claim: Claim): string => `"${claim.plugin.name}" (${claim.origin})`;
  return new TickloomError('SCHEMA_CLASH', `plugins ${name(first)} and ${name(second)} both claim ${what}`, {
    hint: 'Leave one of the two plugins out, or rename what they share.',
    context: { first: first.plugin.name, second: second.plugin.name },
  });
}
