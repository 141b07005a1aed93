import type { ChunkHead, ChunkTail } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { ClaimKeys, type SeenDay } from './claim-keys.js';
import type { IncomingRows } from './incoming-rows.js';
import { NANOS_PER_DAY } from './nanos-ranges.js';

/** A chunk whose rows are with the server. */
interface LoadedRows {
  readonly chunkId: number;
  readonly head: ChunkHead;
  readonly tail: ChunkTail;
  readonly incoming: IncomingRows;
}

/**
 * Days on which rows or rejections came of an instrument that no mapping of the header names then. They tell which
 * other instruments the chunk was complete for.
 */
export async function strangerDays(session: Session, database: Database, chunk: LoadedRows): Promise<SeenDay[]> {
  const { head, tail, incoming } = chunk;
  if (head.claim === null || incoming.isEmpty) return [];
  const keys = new ClaimKeys(head.claim, head.claim.alias);
  if (keys.claimsEverything) return [];
  const { record, requested, fallback, unknown } = tail.symbols;
  // Control records may map what the header does not.
  const mayBe = record + requested + fallback + unknown + tail.control > 0;
  const rows = mayBe ? await daysOfRows(session, incoming, keys.alias ? 'symbol' : 'instrument_id') : [];
  const rejections = keys.alias ? [] : await daysOfRejections(session, database, chunk);
  return keys.strangers([...rows, ...rejections]);
}

async function daysOfRows(session: Session, incoming: IncomingRows, key: string): Promise<SeenDay[]> {
  const days: SeenDay[] = [];
  for (const table of incoming.tables.values()) {
    const { nanos } = table.time();
    const found = await session.rows<SeenDay>(
      `select distinct r.${key}::text as key, (${nanos} / ${NANOS_PER_DAY})::text as day
         from ${table.relation} r where ${table.ofChunk} and ${nanos} is not null`,
    );
    days.push(...found);
  }
  return days;
}

async function daysOfRejections(
  session: Session,
  database: Database,
  { incoming, chunkId }: LoadedRows,
): Promise<SeenDay[]> {
  if (incoming.rejected === 0) return [];
  return session.rows<SeenDay>(
    `select distinct instrument_id::text as key, (index_ns / ${NANOS_PER_DAY})::text as day
       from ${database.table('quarantine')} where chunk_id = $1 and index_ns is not null`,
    [chunkId],
  );
}
