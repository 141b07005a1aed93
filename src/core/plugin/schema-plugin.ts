import type { ModelClass } from '../model/declaration.js';
import type { RowMapper } from './row-mapper.js';
import type { ValidationCopy } from './validation-copy.js';

/** The version of the plugin interface that this package speaks. */
export const PLUGIN_API_VERSION = 1;

/** One market-data schema that a plugin serves. */
export interface PluginSchema {
  /** Name as in the metadata and on the command line: `ohlcv-1s`. */
  readonly name: string;
  /** Record type of its records, 0–255. */
  readonly rtype: number;
  /** Table of its rows, without the Postgres schema: `ohlcv_1s`. */
  readonly table: string;
  /** One sentence; default: the plugin's. */
  readonly description?: string;
}

/** A change to a plugin's tables after they are there. */
export interface PluginMigration {
  /** Sorts and names it in the history, unique in the plugin: `0001-volume-index`. Never changed once published. */
  readonly name: string;
  /** Run once, in order, in one transaction, with the search_path on the Postgres schema of the tables. */
  readonly statements: readonly string[];
}

/**
 * What a schema package exports: one plain, branded value. Made by `defineSchemaPlugin`; nothing about it relies on
 * `instanceof` or on the state of a module, so it may come from another copy of this package.
 */
export interface SchemaPlugin {
  readonly name: string;
  readonly version: string;
  readonly apiVersion: number;
  readonly description: string;
  readonly schemas: readonly PluginSchema[];
  /** The record's declaration: wire fields, checks, columns. */
  readonly model: ModelClass;
  /** Hand-written mapping, slower than the declaration's own; `null`: the declaration says it all. */
  readonly mapper: RowMapper | null;
  readonly migrations: readonly PluginMigration[];
  /** The copy of class-validator and class-transformer that the plugin was defined with. */
  readonly validation: ValidationCopy;
}

const BRAND = Symbol.for('tickloom.schema-plugin');

export function brandSchemaPlugin(plugin: SchemaPlugin): SchemaPlugin {
  return Object.freeze(Object.defineProperty({ ...plugin }, BRAND, { value: PLUGIN_API_VERSION }));
}

/** True for what `defineSchemaPlugin` made, in this or any other copy of the package. */
export function isSchemaPlugin(value: unknown): value is SchemaPlugin {
  return typeof value === 'object' && value !== null && BRAND in value;
}
