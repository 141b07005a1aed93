import { describeChecks } from '../core/model/checks/describe-checks.js';
import type { RegisteredSchema } from '../core/registry/plugin-registry.js';
import type { SchemaDetails, SchemaSummary } from './tickloom.js';

export function schemaSummary({ name, plugin, table, description, origin }: RegisteredSchema): SchemaSummary {
  return { name, plugin: plugin.name, plugin_version: plugin.version, table: table.name, description, origin };
}

/** Fields, checks and columns of a schema, as its declaration says. */
export function schemaDetails(schema: RegisteredSchema): SchemaDetails {
  const { model, plugin, table } = schema;
  const entries = plugin.validation.entriesOf(model.cls);
  return {
    ...schemaSummary(schema),
    index_timestamp: model.indexTimestamp,
    fields: model.fields.map(({ name, type, description }) => ({
      name,
      type,
      description,
      checks: describeChecks(entries, name),
    })),
    columns: table.columns,
  };
}
