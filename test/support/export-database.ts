import { createTickloom } from '../../src/index.js';
import { createDatabase, type TestDatabase, type TestPostgresVersion } from './postgres-server.js';

async function prepare(url: string): Promise<void> {
  const tickloom = createTickloom({ database: url });
  await tickloom.database.migrate();
  await tickloom.close();
}

/** A new database with all tables of the bundled schemas in it. */
export function createExportDatabase(version: TestPostgresVersion = 18): Promise<TestDatabase> {
  return createDatabase({ version, template: { name: 'migrated', prepare } });
}

/** The URL of one that goes with the test process. */
export async function exportDatabase(version?: TestPostgresVersion): Promise<string> {
  return (await createExportDatabase(version)).url;
}
