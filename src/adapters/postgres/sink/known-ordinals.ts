import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { withHashedJoins } from './hashed-joins.js';

const KNOWN = 'pg_temp.tickloom_known_ordinals';

/**
 * Takes away what a chunk brought that earlier chunks of the very same bytes hold: the records at the same places. What
 * is left is of plugins that were not there before.
 * @returns how many rows and rejections it took
 */
export async function dropKnownOrdinals(
  session: Session,
  database: Database,
  chunk: { readonly chunkId: number; readonly sameBytes: readonly string[]; readonly tables: readonly TableSpec[] },
): Promise<number> {
  const relations = [...chunk.tables.map(({ name }) => database.table(name)), database.table('quarantine')];
  const held = relations.map((relation) => `select ordinal from ${relation} where chunk_id = any ($1::bigint[])`);
  await session.query(`create temp table tickloom_known_ordinals (ordinal bigint) on commit drop`);
  await session.query(`insert into ${KNOWN} ${held.join(' union ')}`, [chunk.sameBytes]);
  let dropped = 0;
  for (const relation of relations) {
    const { rowCount } = await withHashedJoins(session, () =>
      session.query(`delete from ${relation} where chunk_id = $1 and ordinal in (select ordinal from ${KNOWN})`, [
        chunk.chunkId,
      ]),
    );
    dropped += rowCount ?? 0;
  }
  return dropped;
}
