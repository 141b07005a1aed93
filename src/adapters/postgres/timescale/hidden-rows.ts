import { TickloomError } from '../../../core/errors/index.js';
import type { Session } from '../connection/session.js';

/**
 * Refuses hypertables whose rows this server would not show. Without the extension's library compressed rows are simply
 * not there: a query, an export answers with fewer rows and no error. Does nothing where there is no TimescaleDB.
 * @throws STORAGE_UNAVAILABLE
 */
export async function refuseHiddenRows(session: Session, dbSchema: string): Promise<void> {
  const { version, licence } = await session.row<{ version: string | null; licence: string | null }>(
    `select (select extversion from pg_extension where extname = 'timescaledb') as version,
            current_setting('timescaledb.license', true) as licence`,
  );
  if (version === null) return;
  if (licence === null && (await any(session, HYPERTABLES, dbSchema))) {
    throw new TickloomError(
      'STORAGE_UNAVAILABLE',
      `tables of "${dbSchema}" are hypertables, and the server has not loaded TimescaleDB ${version}: it would not show what is compressed`,
      { hint: 'Add timescaledb to shared_preload_libraries, then restart the server.' },
    );
  }
  if (licence === 'apache' && (await any(session, COMPRESSED, dbSchema))) {
    throw new TickloomError(
      'STORAGE_UNAVAILABLE',
      `partitions of "${dbSchema}" are compressed, and the server has TimescaleDB ${version} under the Apache licence, which does not read them`,
      { hint: "Install the Community edition and set timescaledb.license = 'timescale' on the server." },
    );
  }
}

/** From the catalogue itself: the views call functions of the library. */
const HYPERTABLES = 'select from _timescaledb_catalog.hypertable where schema_name = $1';
const COMPRESSED = 'select from timescaledb_information.chunks where hypertable_schema = $1 and is_compressed';

async function any(session: Session, found: string, dbSchema: string): Promise<boolean> {
  const { there } = await session.row<{ there: boolean }>(`select exists (${found}) as there`, [dbSchema]);
  return there;
}
