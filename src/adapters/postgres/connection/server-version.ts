import { TickloomError } from '../../../core/errors/index.js';
import type { Session } from './session.js';

/** PostgreSQL 14 brought multiranges, which coverage is made of. */
const OLDEST_MAJOR = 14;

/** @throws DATABASE_UNSUPPORTED for a server older than PostgreSQL 14. */
export async function requireSupportedServer(session: Session): Promise<void> {
  const { number, version } = await session.row<{ number: string; version: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  );
  if (Number(number) >= OLDEST_MAJOR * 10_000) return;
  throw new TickloomError(
    'DATABASE_UNSUPPORTED',
    `PostgreSQL ${OLDEST_MAJOR} or newer is needed (server reports ${version})`,
    { hint: 'Use a newer server, or leave the database URL out for the embedded one.', context: { version } },
  );
}
