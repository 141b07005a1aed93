import { TickloomError } from '../../../core/errors/index.js';
import type { EntrySelection } from '../../../core/quarantine/replay-store.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';

/** Of open entries `q` of a chunk `c`; parameters 1 to 5 are those of {@link selectionValues}. */
export const SELECTED = `q.state = 'open' and c.status = 'loaded'
  and ($1::bigint[] is null or q.quarantine_id = any ($1)) and ($2::text is null or c.dataset = $2)
  and ($3::text is null or q.schema = $3) and ($4::bigint is null or q.chunk_id = $4)
  and ($5::text is null or q.plugin = $5)`;

export function selectionValues({ ids, dataset, schema, chunkId, plugin }: EntrySelection): unknown[] {
  return [ids ?? null, dataset ?? null, schema ?? null, chunkId ?? null, plugin ?? null];
}

/** An entry that was named and is not there is a mistake; one that is settled already is not. @throws NOT_FOUND */
export async function requireEntries(session: Session, database: Database, { ids }: EntrySelection): Promise<void> {
  if (ids === undefined) return;
  const [missing] = await session.rows<{ id: string }>(
    `select id from unnest($1::bigint[]) id
      where not exists (select from ${database.table('quarantine')} where quarantine_id = id) limit 1`,
    [ids],
  );
  if (missing === undefined) return;
  throw new TickloomError('NOT_FOUND', `there is no quarantine entry ${missing.id}`, {
    hint: 'See "tickloom quarantine list" for the entries that there are.',
    context: { id: Number(missing.id) },
  });
}
