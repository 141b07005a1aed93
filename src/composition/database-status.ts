import { describeStorage } from '../adapters/postgres/timescale/table-storage.js';
import { readServerStatus } from '../adapters/postgres/status/server-status.js';
import { isTickloomError } from '../core/errors/index.js';
import type { DatabaseAccess } from './database-access.js';
import type { DatabaseStatus } from './database-report.js';

/** Looks at the database without changing anything: no server is started, nothing is migrated. */
export async function databaseStatus(access: DatabaseAccess): Promise<DatabaseStatus> {
  const embedded = access.kind === 'embedded' ? await access.embedded.status() : null;
  const nothing: DatabaseStatus = {
    kind: access.kind,
    running: false,
    url: (await access.display()) ?? '',
    server_version: null,
    db_schema: access.dbSchema,
    storage: null,
    migrations: null,
    data_directory: embedded?.dataDirectory ?? null,
    pid: embedded?.pid ?? null,
    keeps_running: embedded?.keepsRunning ?? null,
    tables: [],
    bars: [],
  };
  if (embedded !== null && !embedded.running) return nothing;
  try {
    const database = await access.connect();
    const { applied, pending } = await (await access.migrator(database)).status();
    const { serverVersion, tables, bars } = await readServerStatus(database);
    return {
      ...nothing,
      running: true,
      server_version: serverVersion,
      storage: describeStorage(await access.storageState(database)),
      migrations: { applied: applied.length, pending: pending.length },
      tables,
      bars,
    };
  } catch (error) {
    // A server that went down since is a status, not a failure.
    if (embedded !== null && isTickloomError(error) && error.action === 'retry') return nothing;
    throw error;
  }
}
