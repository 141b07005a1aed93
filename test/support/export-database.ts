import { createTickloom } from '../../src/index.js';
import { createDatabase, type TestPostgresVersion } from './postgres-server.js';

async function prepare(url: string): Promise<void> {
  const tickloom = createTickloom({ database: url });
  await tickloom.database.migrate();
  await tickloom.close();
}

/** The URL of a new database with all tables of the bundled schemas in it. */
export async function exportDatabase(version: TestPostgresVersion = 18): Promise<string> {
  return (await createDatabase({ version, template: { name: 'migrated', prepare } })).url;
}
