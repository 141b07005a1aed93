import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';

/** A lock of that name in this db schema, held until the transaction ends. */
export async function takeTransactionLock(session: Session, database: Database, name: string): Promise<void> {
  const key = `tickloom ${database.dbSchema} ${name}`;
  await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
}
