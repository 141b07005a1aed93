import type { DatabaseLease } from '../adapters/embedded/database-lease.js';
import { EmbeddedServer } from '../adapters/embedded/embedded-server.js';
import {
  connectionUrl,
  type ConnectionSettings,
  displayUrl,
  resolveConnectionSettings,
} from '../adapters/postgres/connection/connection-settings.js';
import { Database } from '../adapters/postgres/connection/database.js';
import type { Migrator } from '../adapters/postgres/migrations/migrator.js';
import type { PluginTables } from '../adapters/postgres/migrations/migration-step.js';
import type { ChangedInterval } from '../adapters/postgres/timescale/change-intervals.js';
import type { MovedTable } from '../adapters/postgres/timescale/move-tables.js';
import type { StorageOptions, StorageState } from '../adapters/postgres/timescale/table-storage.js';
import { TickloomError } from '../core/errors/index.js';
import type { PluginRegistry } from '../core/registry/plugin-registry.js';
import type { BarLength } from '../core/storage/bar-length.js';
import { DB_SCHEMA_FORM, isDbSchemaName } from '../core/storage/db-schema-name.js';
import { barLengths, compressAfterOf, storageOptions } from './storage-options.js';
import type { TickloomOptions } from './tickloom.js';

/** Says `embedded` where a URL could stand: the embedded server, whatever the environment says. */
const EMBEDDED = 'embedded';
const DEFAULT_HOME = '.tickloom';
const DEFAULT_DB_SCHEMA = 'tickloom';

/** The database of one instance: which one it is, and the way to it. Nothing is opened before the first need. */
export class DatabaseAccess {
  readonly dbSchema: string;
  /** Folder of the embedded server and other state. */
  readonly home: string;
  readonly embedded: EmbeddedServer;
  /** `null`: nothing is compressed. */
  readonly compressAfterSeconds: number | null;
  /** Of the bars that are to be there; others may be there as well. */
  readonly barLengths: readonly BarLength[];
  /** Takes a sentence about what takes its time; a run in progress shows it. */
  onNote: (text: string) => void = () => undefined;
  readonly #storage: StorageOptions;
  readonly #external: ConnectionSettings | undefined;
  #lease: DatabaseLease | undefined;
  #opening: Promise<Database> | undefined;
  #migrating: Promise<unknown> | undefined;

  /** @throws DATABASE_URL_INVALID and CONFIG_INVALID, at once, before anything is started. */
  constructor(
    private readonly options: TickloomOptions,
    private readonly registry: () => Promise<PluginRegistry>,
  ) {
    const { database, env = {}, home = DEFAULT_HOME, dbSchema = DEFAULT_DB_SCHEMA } = options;
    if (!isDbSchemaName(dbSchema)) {
      throw new TickloomError('CONFIG_INVALID', `dbSchema is "${dbSchema}", expected ${DB_SCHEMA_FORM}`, {
        hint: 'PostgreSQL would cut the name off.',
        context: { db_schema: dbSchema },
      });
    }
    this.dbSchema = dbSchema;
    this.home = home;
    this.#storage = storageOptions(options);
    this.compressAfterSeconds = compressAfterOf(options);
    this.barLengths = barLengths(options);
    this.#external = database === EMBEDDED ? undefined : resolveConnectionSettings(database, env);
    this.embedded = new EmbeddedServer({ home, onNote: (text) => this.onNote(text) });
  }

  get kind(): 'embedded' | 'external' {
    return this.#external === undefined ? 'embedded' : 'external';
  }

  /** For people: without password. `null` for an embedded server that was never started. */
  async display(): Promise<string | null> {
    return this.#external === undefined ? (await this.embedded.status()).url : displayUrl(this.#external);
  }

  /** For psql: with the password. Starts the embedded server, which stops with this instance. */
  async url(signal?: AbortSignal): Promise<string> {
    return this.#external === undefined ? (await this.#acquire(signal)).url : connectionUrl(this.#external);
  }

  /** The database as it is, its tables perhaps not there yet. */
  async connect(signal?: AbortSignal): Promise<Database> {
    this.#opening ??= this.#open(signal).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** The database where it was needed already, else `null`. */
  async opened(): Promise<Database | null> {
    return (await this.#opening) ?? null;
  }

  /** The database with all tables in place. */
  async ready(signal?: AbortSignal): Promise<Database> {
    const database = await this.connect(signal);
    this.#migrating ??= this.migrate(signal).catch((error: unknown) => {
      this.#migrating = undefined;
      throw error;
    });
    await this.#migrating;
    return database;
  }

  /**
   * The database where its tables are in place already, `null` where they are not: makes and migrates nothing. An
   * embedded server that was stopped is started.
   */
  async existing(signal?: AbortSignal): Promise<Database | null> {
    if (this.#external === undefined && (await this.embedded.status()).dataDirectory === null) return null;
    const database = await this.connect(signal);
    const { there } = await database.withSession((session) =>
      session.row<{ there: boolean }>('select to_regclass($1) is not null as there', [database.table('quarantine')]),
    );
    return there ? database : null;
  }

  /** Applies what is missing. */
  async migrate(signal?: AbortSignal): Promise<{ readonly applied: readonly string[] }> {
    return (await this.migrator(await this.connect(signal))).migrate(signal);
  }

  /**
   * Applies what is missing; where hypertables are demanded, moves the tables that are none; where intervals are named,
   * sets them for the partitions to come.
   */
  async migrateAll(signal?: AbortSignal): Promise<{
    readonly applied: readonly string[];
    readonly moved: readonly MovedTable[];
    readonly intervals: readonly ChangedInterval[];
  }> {
    const database = await this.connect(signal);
    const migrator = await this.migrator(database);
    const { applied } = await migrator.migrate(signal);
    // what comes after finds the tables in place, and need not look once more
    this.#migrating ??= Promise.resolve();
    const { storage } = migrator;
    const tables = (await this.registry()).list().map(({ table }) => table);
    const moving = storage.options.kind === 'timescale';
    const { TableMove } = await import('../adapters/postgres/timescale/move-tables.js');
    const { changeIntervals } = await import('../adapters/postgres/timescale/change-intervals.js');
    const moved = moving ? await new TableMove(database, storage, this.onNote).run(tables, signal) : [];
    return { applied, moved, intervals: await changeIntervals(database, storage, tables, signal) };
  }

  /** What new tables of the database would be, as it is now. */
  async storageState(database: Database): Promise<StorageState> {
    const { readTimescale } = await import('../adapters/postgres/timescale/extension.js');
    return { asked: this.#storage.kind, state: await database.withSession(readTimescale) };
  }

  async migrator(database: Database): Promise<Migrator> {
    const { Migrator } = await import('../adapters/postgres/migrations/migrator.js');
    const plugins = pluginTables(await this.registry());
    const { index = 'brin' } = this.options;
    return new Migrator(database, { index, storage: this.#storage, plugins });
  }

  async close(): Promise<void> {
    const database = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    this.#migrating = undefined;
    await database?.close();
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release();
  }

  async #open(signal?: AbortSignal): Promise<Database> {
    const settings = this.#external ?? resolveConnectionSettings((await this.#acquire(signal)).url, {});
    return new Database(settings as ConnectionSettings, { dbSchema: this.dbSchema });
  }

  async #acquire(signal?: AbortSignal): Promise<DatabaseLease> {
    this.#lease ??= await this.embedded.acquire(signal);
    return this.#lease;
  }
}

function pluginTables(registry: PluginRegistry): PluginTables[] {
  return registry.plugins().map(({ plugin }): PluginTables => ({
    plugin: plugin.name,
    version: plugin.version,
    tables: registry
      .list()
      .filter((schema) => schema.plugin === plugin)
      .map(({ table }) => table),
    migrations: plugin.migrations,
  }));
}
