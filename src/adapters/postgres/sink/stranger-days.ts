import type { ChunkHead, ChunkTail } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { ClaimKeys, type SeenDay } from './claim-keys.js';
import type { IncomingRows } from './incoming-rows.js';
import { NANOS_PER_DAY } from './nanos-ranges.js';

/** 2262-04-11 as days since 1970-01-01: the nanoseconds of its end do not fit an int8, and coverage ends before it. */
const FIRST_DAY_BEYOND = 106_751;

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
  const rows =
    namedDays(tail, keys.alias) ??
    (mayHaveStrangers(tail) ? await daysOfRows(session, incoming, keys.alias ? 'symbol' : 'instrument_id') : []);
  const rejections = keys.alias ? [] : await daysOfRejections(session, database, chunk);
  return keys.strangers([...rows, ...rejections]);
}

/** Control records may map what the header does not. */
function mayHaveStrangers({ symbols, control }: ChunkTail): boolean {
  const { record, requested, fallback, unknown } = symbols;
  return record + requested + fallback + unknown + control > 0;
}

/** What whoever wrote the rows says of them, so that they need not be read once more. */
function namedDays({ unnamedDays, unnamedSymbols }: ChunkTail, alias: boolean): SeenDay[] | undefined {
  const named = alias
    ? unnamedSymbols?.map(({ symbol, day }) => ({ key: symbol, day }))
    : unnamedDays?.map(({ instrumentId, day }) => ({ key: String(instrumentId), day }));
  return named?.filter(({ day }) => day < FIRST_DAY_BEYOND).map(({ key, day }) => ({ key, day: String(day) }));
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
