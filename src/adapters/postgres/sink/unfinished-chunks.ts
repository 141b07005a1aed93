import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { liftDecompressionLimit } from '../timescale/compressed-rows.js';

/** A chunk of which a part is about to be committed. */
export interface UnfinishedChunk {
  readonly chunkId: number;
  readonly runId: string;
  readonly source: string;
  readonly dataset: string;
  readonly schema: string;
  /** Data table without its Postgres schema. */
  readonly tableName: string;
  /** Of the claim that the chunk holds, as text. */
  readonly claimId: string;
}

/** Writes down, in the transaction of the first part, that the chunk is not complete without the others. */
export async function noteUnfinished(session: Session, database: Database, chunk: UnfinishedChunk): Promise<void> {
  const { chunkId, runId, source, dataset, schema, tableName, claimId } = chunk;
  await session.query(
    `insert into ${database.table('unfinished_chunks')} (chunk_id, run_id, source, dataset, schema, table_name, claim_id)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [chunkId, runId, source, dataset, schema, tableName, claimId],
  );
}

/** In the transaction of the chunk itself: with it, all of its parts are there. */
export async function noteFinished(session: Session, database: Database, chunkId: number): Promise<void> {
  await session.query(`delete from ${database.table('unfinished_chunks')} where chunk_id = $1`, [chunkId]);
}

/**
 * Deletes the rows of chunks that were interrupted between the commits of their parts, in a transaction that is open in
 * the session. One whose connections are still there, any of them, may yet be finished, and is left alone.
 */
export async function removeUnfinished(session: Session, database: Database): Promise<void> {
  const unfinished = database.table('unfinished_chunks');
  const dead = await session.rows<{ chunkId: string; tableName: string }>(
    `with known as materialized (select chunk_id, table_name, claim_id from ${unfinished})
     select chunk_id as "chunkId", table_name as "tableName" from known
      where pg_try_advisory_xact_lock(claim_id) and pg_try_advisory_xact_lock(-claim_id)`,
  );
  if (dead.length === 0) return;
  await liftDecompressionLimit(session);
  for (const { chunkId, tableName } of dead) {
    // not by somebody else meanwhile
    const mine = await session.rows(`delete from ${unfinished} where chunk_id = $1 returning chunk_id`, [chunkId]);
    if (mine.length > 0) await session.query(`delete from ${database.table(tableName)} where chunk_id = $1`, [chunkId]);
  }
}
