import { TickloomError } from '../../../core/errors/index.js';
import type { Session } from './session.js';

/** PostgreSQL 14 brought multiranges, which coverage is made of. */
const OLDEST_MAJOR = 14;
/** Any text of a record fits into these: SQL_ASCII keeps the bytes as they come. */
const ENCODINGS = new Set(['UTF8', 'SQL_ASCII']);

/** @throws DATABASE_UNSUPPORTED for a server older than PostgreSQL 14, and for a database that cannot hold every symbol. */
export async function requireSupportedServer(session: Session): Promise<void> {
  const { number, version, encoding } = await session.row<{ number: string; version: string; encoding: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as version,
            current_setting('server_encoding') as encoding`,
  );
  if (Number(number) < OLDEST_MAJOR * 10_000) {
    throw new TickloomError(
      'DATABASE_UNSUPPORTED',
      `PostgreSQL ${OLDEST_MAJOR} or newer is needed (server reports ${version})`,
      { hint: 'Use a newer server, or leave the database URL out for the embedded one.', context: { version } },
    );
  }
  if (!ENCODINGS.has(encoding)) {
    throw new TickloomError(
      'DATABASE_UNSUPPORTED',
      `a database in UTF8 is needed: the texts of records are UTF-8, and this database is in ${encoding}`,
      { hint: "Create one with: create database … encoding 'UTF8' template template0", context: { encoding } },
    );
  }
}
