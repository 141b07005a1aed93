import type { Session } from '../connection/session.js';

/**
 * Runs statements whose joins are to be hashed. Of rows that came in this very transaction the server knows nothing, least
 * of all in a compressed partition: it would take them for one row, and compare each with each.
 */
export async function withHashedJoins<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('set local enable_nestloop = off');
  const result = await work();
  // After an error the transaction is of no use any more, and takes the setting with it.
  await session.query('set local enable_nestloop = on');
  return result;
}
