import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { PluginMigration } from '../../../core/plugin/schema-plugin.js';
import type { Session } from '../connection/session.js';
import { quoteIdentifier } from '../identifiers.js';
import { readHypertables } from '../timescale/hypertables.js';
import type { TableStorage } from '../timescale/table-storage.js';
import { packageRoot } from './package-root.js';
import { addColumnStatements, createTableStatements, type IndexKind } from './table-ddl.js';
import { driftOfTable, readTables, tableNotOurs } from './table-drift.js';

/** What a plugin needs in the database. */
export interface PluginTables {
  readonly plugin: string;
  readonly version: string;
  readonly tables: readonly TableSpec[];
  /** Changes of its own, applied once, in order, after its tables are there. */
  readonly migrations?: readonly PluginMigration[];
}

/** Something that is applied once and recorded by its name. */
export interface MigrationStep {
  readonly name: string;
  /** `null` for the core's own. */
  readonly plugin: string | null;
  readonly pluginVersion: string | null;
  /** True when its statements are the plugin's own. */
  readonly own?: boolean;
  /** Looks, inside the step's transaction, and says what to run. */
  statements(session: Session): Promise<readonly string[]>;
}

const PLACEHOLDER = /:tickloom_schema\b/g;

/** The numbered files of `migrations/`, in order. */
export async function coreSteps(dbSchema: string): Promise<MigrationStep[]> {
  const folder = join(packageRoot(import.meta.url), 'migrations');
  const names = (await readdir(folder)).filter((name) => /^\d{6}_.*\.sql$/.test(name)).sort();
  return names.map((name) => ({
    name,
    plugin: null,
    pluginVersion: null,
    statements: async () => {
      const sql = await readFile(join(folder, name), 'utf8');
      return [sql.replace(PLACEHOLDER, () => quoteIdentifier(dbSchema))];
    },
  }));
}

/** One step per table and per migration of each plugin. */
export function pluginSteps(
  dbSchema: string,
  plugins: readonly PluginTables[],
  index: IndexKind,
  storage: TableStorage,
): MigrationStep[] {
  const searchPath = `set local search_path = ${quoteIdentifier(dbSchema)}`;
  return plugins.flatMap(({ plugin, version, tables, migrations = [] }) => [
    ...tables.map((table) => ({
      name: `${plugin}/${table.name}@${columnDigest(table)}`,
      plugin,
      pluginVersion: version,
      statements: (session: Session) => tableStatements(session, dbSchema, plugin, table, { index, storage }),
    })),
    ...migrations.map(({ name, statements }) => ({
      name: `${plugin}/${name}`,
      plugin,
      pluginVersion: version,
      own: true,
      statements: () => Promise.resolve([searchPath, ...statements]),
    })),
  ]);
}

/** Changes when a column is added or its type changes, and not when a description is reworded. */
function columnDigest({ columns }: TableSpec): string {
  const text = columns.map(({ name, type }) => `${name} ${type}`).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function tableStatements(
  session: Session,
  dbSchema: string,
  plugin: string,
  table: TableSpec,
  { index, storage }: { readonly index: IndexKind; readonly storage: TableStorage },
): Promise<string[]> {
  const found = (await readTables(session, dbSchema, [table.name])).get(table.name);
  if (found === undefined) {
    return [...createTableStatements(dbSchema, table, index), ...(await storage.statements(session, table))];
  }
  const history = `select 1 from ${quoteIdentifier(dbSchema)}.migrations where starts_with(name, $1)`;
  const ours = await session.rows(history, [`${plugin}/${table.name}@`]);
  if (ours.length === 0) throw tableNotOurs(dbSchema, table);
  const missing = table.columns.filter(({ name }) => !found.has(name));
  const kept = { ...table, columns: table.columns.filter(({ name }) => found.has(name)) };
  const drift = driftOfTable(dbSchema, kept, found);
  if (drift !== undefined) throw drift;
  const { holds } = await session.row<{ holds: boolean }>(
    `select exists (select from ${quoteIdentifier(dbSchema)}.${quoteIdentifier(table.name)}) as holds`,
  );
  // A table that may be compressed takes no column without a value, whether it holds rows or not.
  const hypertables = missing.length === 0 ? [] : await readHypertables(session, dbSchema);
  const compresses = hypertables.some(({ name, compresses }) => name === table.name && compresses);
  return addColumnStatements(dbSchema, table, missing, holds || compresses);
}
