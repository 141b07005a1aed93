import type { ExportSession, ExportStore } from '../../../core/export/export-store.js';
import type { Database } from '../connection/database.js';
import { ReadSnapshot } from '../connection/read-snapshot.js';
import { PostgresExportSession } from './postgres-export-session.js';

/** Exports out of one snapshot of the database each. */
export class PostgresExportStore implements ExportStore {
  constructor(private readonly database: Database) {}

  async begin(signal?: AbortSignal): Promise<ExportSession> {
    return new PostgresExportSession(
      this.database,
      await ReadSnapshot.begin(this.database, 'exporting records', signal),
    );
  }
}
