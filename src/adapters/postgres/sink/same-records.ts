import { decodeMetadata } from '../../../core/dbn/decode/decode-metadata.js';
import { metadataToJson } from '../../../core/dbn/text/metadata-json.js';
import type { DbnVersion } from '../../../core/dbn/layout/record-layout.js';
import type { ChunkHead, ChunkTail } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { withHashedJoins } from './hashed-joins.js';
import type { IncomingRows } from './incoming-rows.js';
import type { IncomingTable } from './incoming-table.js';

/** A chunk without coverage whose rows are with the server. */
interface LoadedRows {
  readonly chunkId: number;
  readonly head: ChunkHead;
  readonly tail: ChunkTail;
  readonly incoming: IncomingRows;
}

interface Candidate extends Record<string, unknown> {
  readonly id: string;
  readonly version: DbnVersion;
  readonly header: Uint8Array | null;
}

/**
 * Whether a chunk without coverage is there already as another DBN version writes it: under the same header but for the
 * version, the same records at the same places, in all that both versions have of them.
 */
export async function holdsSameRecords(session: Session, database: Database, chunk: LoadedRows): Promise<boolean> {
  const { head, tail, incoming } = chunk;
  if (incoming.isEmpty) return false;
  const candidates = await session.rows<Candidate>(
    `select chunk_id as id, dbn_version as version, header from ${database.table('chunks')}
      where status = 'loaded' and content_current and not covers and dataset = $1 and schema is not distinct from $2
        and dbn_version <> $3 and ts_out = $4 and decoded = $5 and control = $6 and unsupported = $7
        and already_loaded + superseded = 0
      order by chunk_id`,
    [head.dataset, head.schema, head.version, head.tsOut, tail.decoded, tail.control, tail.unsupported],
  );
  for (const candidate of candidates) {
    if (!isSameHeader(candidate.header, head.header)) continue;
    if (await isHeldUnder(session, database, chunk, candidate)) return true;
  }
  return false;
}

function isSameHeader(held: Uint8Array | null, fresh: Uint8Array | null): boolean {
  if (held === null || fresh === null) return held === fresh;
  return withoutVersion(held) === withoutVersion(fresh);
}

function withoutVersion(header: Uint8Array): string {
  return JSON.stringify(metadataToJson({ ...decodeMetadata(header), version: 3, symbolCstrLen: 0 }));
}

async function isHeldUnder(
  session: Session,
  database: Database,
  { chunkId, head, incoming }: LoadedRows,
  { id, version }: Candidate,
): Promise<boolean> {
  for (const table of incoming.tables.values()) {
    const compared = table.comparedColumns([head.version, version]);
    if (!(await rowsAreHeld(session, table, compared, id))) return false;
  }
  if (incoming.rejected === 0) return true;
  const quarantine = database.table('quarantine');
  const { held } = await session.row<{ held: boolean }>(
    `select not exists (
       select from ${quarantine} q left join ${quarantine} h
           on h.chunk_id = $2 and h.ordinal = q.ordinal and h.schema = q.schema
          and h.instrument_id is not distinct from q.instrument_id and h.index_ns is not distinct from q.index_ns
        where q.chunk_id = $1 and h.ordinal is null) as held`,
    [chunkId, id],
  );
  return held;
}

async function rowsAreHeld(session: Session, table: IncomingTable, compared: string[], id: string): Promise<boolean> {
  const values = (alias: string): string => compared.map((column) => `${alias}.${column}`).join(', ');
  const { held } = await withHashedJoins(session, () =>
    session.row<{ held: boolean }>(
      `select not exists (
         select from ${table.relation} r left join ${table.target} h on h.chunk_id = ${id} and h.ordinal = r.ordinal
          where ${table.ofChunk} and (h.ordinal is null or (${values('h')}) is distinct from (${values('r')}))) as held`,
    ),
  );
  return held;
}
