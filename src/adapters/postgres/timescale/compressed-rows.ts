import type { Session } from '../connection/session.js';

/**
 * Lets this transaction change as many compressed rows as it has to: TimescaleDB unpacks their batches first, and by
 * default gives up after a hundred thousand rows. Does nothing where there is no TimescaleDB.
 */
export async function liftDecompressionLimit(session: Session): Promise<void> {
  await session.query(
    `select set_config(name, '0', true) from pg_settings
      where name = 'timescaledb.max_tuples_decompressed_per_dml_transaction'`,
  );
}
