import pRetry from 'p-retry';
import { isTickloomError, TickloomError } from '../../../core/errors/index.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteIdentifier } from '../identifiers.js';
import { TableStorage, type StorageOptions } from '../timescale/table-storage.js';
import { coreSteps, type MigrationStep, pluginSteps, type PluginTables } from './migration-step.js';
import type { IndexKind } from './table-ddl.js';
import { driftOfTable, readTables } from './table-drift.js';

export interface MigratorOptions {
  /** Index of data tables that are created from now on. */
  readonly index: IndexKind;
  /** Storage of data tables that are created from now on; default: plain. */
  readonly storage?: StorageOptions;
  readonly plugins: readonly PluginTables[];
}

export interface MigrationStatus {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/** Attempts after a lost connection: the first wait in ms, doubled each time. */
const ANEW = { retries: 3, minTimeout: 250, factor: 2 };

/**
 * Brings the database to what this version and its plugins need. Forward only, each step in a transaction of its own,
 * under a lock: any number of starters may call it at once.
 */
export class Migrator {
  readonly storage: TableStorage;

  constructor(
    private readonly database: Database,
    private readonly options: MigratorOptions,
  ) {
    this.storage = new TableStorage(database.dbSchema, options.storage ?? { kind: 'plain' });
  }

  /** What was applied of what this version knows, and what is missing. Changes nothing. */
  async status(): Promise<MigrationStatus> {
    return this.database.withSession(async (session) => {
      const applied = await this.#applied(session);
      const names = (await this.#steps()).map(({ name }) => name);
      return {
        applied: names.filter((name) => applied.has(name)),
        pending: names.filter((name) => !applied.has(name)),
      };
    });
  }

  /**
   * Applies what is missing, then checks that the data tables are as declared. After a lost connection it begins anew:
   * what was committed, its answer heard or not, is in the history.
   *
   * @returns the names of the steps that this call applied.
   * @throws SCHEMA_DRIFT, DATABASE_PERMISSION, STORAGE_UNAVAILABLE, DATABASE_UNSUPPORTED when a newer Tickloom was here
   */
  async migrate(signal?: AbortSignal): Promise<{ readonly applied: readonly string[] }> {
    const begun = new Set<string>();
    try {
      await pRetry(() => this.#migrateOnce(begun, signal), {
        ...ANEW,
        ...(signal === undefined ? {} : { signal }),
        shouldRetry: ({ error }) => isTickloomError(error) && error.code === 'DATABASE_LOST',
      });
    } catch (error) {
      if (signal?.aborted !== true || isTickloomError(error)) throw error;
      throw new TickloomError('CANCELLED', `cancelled, migrating the schema "${this.database.dbSchema}"`);
    }
    return { applied: [...begun] };
  }

  async #migrateOnce(begun: Set<string>, signal?: AbortSignal): Promise<void> {
    const situation = { signal, doing: `migrating the schema "${this.database.dbSchema}"` };
    await this.database.withSession(async (session) => {
      // What cannot be had is refused also where all tables are there.
      await this.storage.check(session);
      const steps = await this.#steps();
      const before = await this.#applied(session);
      refuseNewer(before, steps);
      // A role that may only load finds everything there, and needs no right to create.
      if (!steps.every(({ name }) => before.has(name))) await this.#applyUnderLock(session, steps, begun);
      await this.checkTables(session);
    }, situation);
  }

  /** @throws SCHEMA_DRIFT naming the first difference between a declared table and the one in the database. */
  async checkTables(session: Session): Promise<void> {
    const tables = this.options.plugins.flatMap((plugin) => plugin.tables);
    const names = tables.map(({ name }) => name);
    const found = await readTables(session, this.database.dbSchema, names);
    for (const table of tables) {
      const drift = driftOfTable(this.database.dbSchema, table, found.get(table.name));
      if (drift !== undefined) throw drift;
    }
  }

  /** The lock is the session's: whoever lost a connection waits here until the server is done with what it was doing. */
  async #applyUnderLock(session: Session, steps: readonly MigrationStep[], begun: Set<string>): Promise<void> {
    const lock = `hashtextextended('tickloom migrations ' || $1, 0)`;
    const { dbSchema } = this.database;
    await session.query(`select pg_advisory_lock(${lock})`, [dbSchema]);
    try {
      const { there } = await session.row<{ there: boolean }>(
        'select exists (select from pg_namespace where nspname = $1) as there',
        [dbSchema],
      );
      if (!there) await session.query(`create schema ${quoteIdentifier(dbSchema)}`);
      await this.#runUmzug(session, steps, begun);
    } finally {
      if (!session.isGone) await session.query(`select pg_advisory_unlock(${lock})`, [dbSchema]);
    }
  }

  async #runUmzug(session: Session, steps: readonly MigrationStep[], begun: Set<string>): Promise<void> {
    // a fifth of what every command would load, and nearly always there is nothing to apply
    const { MigrationError, Umzug } = await import('umzug');
    const umzug = new Umzug({
      migrations: steps.map((step) => ({
        name: step.name,
        up: () => {
          begun.add(step.name);
          return this.#apply(session, step);
        },
      })),
      storage: {
        executed: async () => [...(await this.#applied(session)).keys()],
        // The step records itself, in its own transaction.
        logMigration: () => Promise.resolve(),
        unlogMigration: () => Promise.reject(new TickloomError('INVARIANT', 'migrations go forward only')),
      },
      logger: undefined,
    });
    try {
      await umzug.up();
    } catch (error) {
      throw error instanceof MigrationError ? session.mapped(error.cause) : error;
    }
  }

  async #apply(session: Session, step: MigrationStep): Promise<void> {
    await session.query('begin');
    try {
      // At once: a table with its comments is some dozens of them. A statement may end in a comment of its own.
      const statements = await step.statements(session);
      if (statements.length > 0) {
        await session.query(statements.join('\n;\n')).catch((error: unknown) => {
          throw step.own === true ? ownRefused(step, error) : error;
        });
      }
      await session.query(
        `insert into ${this.database.table('migrations')} (name, plugin, plugin_version) values ($1, $2, $3)`,
        [step.name, step.plugin, step.pluginVersion],
      );
      await session.query('commit');
    } catch (error) {
      if (!session.isGone) await session.query('rollback');
      throw error;
    }
  }

  /** The names in the history, with the plugin of each; empty before the first migration. */
  async #applied(session: Session): Promise<Map<string, string | null>> {
    const table = this.database.table('migrations');
    const { there } = await session.row<{ there: boolean }>('select to_regclass($1) is not null as there', [table]);
    if (!there) return new Map();
    const rows = await session.rows<{ name: string; plugin: string | null }>(`select name, plugin from ${table}`);
    return new Map(rows.map(({ name, plugin }) => [name, plugin]));
  }

  async #steps(): Promise<MigrationStep[]> {
    const { dbSchema } = this.database;
    const { plugins, index } = this.options;
    return [...(await coreSteps(dbSchema)), ...pluginSteps(dbSchema, plugins, index, this.storage)];
  }
}

/** What PostgreSQL has against a statement that a plugin brings is the plugin's, unless it says of the server or the role. */
function ownRefused({ name, plugin }: MigrationStep, error: unknown): unknown {
  if (!isTickloomError(error) || error.code !== 'INTERNAL') return error;
  const { message: why } = (error.cause ?? error) as Error;
  return new TickloomError(
    'PLUGIN_INVALID',
    `PostgreSQL refuses migration "${name}" of plugin "${plugin ?? ''}": ${why}`,
    {
      hint: 'Mend the statement in the plugin, and run the same command again; nothing of the migration was applied.',
      context: { ...error.context, plugin, migration: name },
      cause: error,
    },
  );
}

/** Tables of a newer version may mean something else than this version writes into them. */
function refuseNewer(applied: ReadonlyMap<string, string | null>, steps: readonly MigrationStep[]): void {
  const known = new Set(steps.map(({ name }) => name));
  for (const [name, plugin] of applied) {
    if (plugin !== null || known.has(name)) continue;
    throw new TickloomError(
      'DATABASE_UNSUPPORTED',
      `the database has migration "${name}", which this version of Tickloom does not know`,
      { hint: 'Use the version of Tickloom that migrated this database, or a newer one.', context: { name } },
    );
  }
}
