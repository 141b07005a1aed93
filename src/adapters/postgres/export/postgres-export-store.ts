import type { ExportSession, ExportStore } from '../../../core/export/export-store.js';
import type { Database } from '../connection/database.js';
import { PostgresExportSession } from './postgres-export-session.js';

/** Exports out of one snapshot of the database each. */
export class PostgresExportStore implements ExportStore {
  constructor(private readonly database: Database) {}

  async begin(signal?: AbortSignal): Promise<ExportSession> {
    const session = await this.database.session({ signal, doing: 'exporting records' });
    try {
      await session.query('begin transaction isolation level repeatable read read only');
    } catch (error) {
      session.release({ discard: true });
      throw error;
    }
    return new PostgresExportSession(this.database, session, signal);
  }
}
