import type { ChunkHead, ChunkLoad, Sink } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { ChunkLedger } from './chunk-ledger.js';
import { ChunkLock } from './chunk-lock.js';
import { ClaimKeys } from './claim-keys.js';
import { probeCoverage } from './coverage-probe.js';
import { IncomingRows } from './incoming-rows.js';
import { PostgresChunkLoad } from './postgres-chunk-load.js';

/** Loads chunks into PostgreSQL. The tables are there: see {@link Migrator}. */
export class PostgresSink implements Sink {
  constructor(private readonly database: Database) {}

  async beginChunk(head: ChunkHead, signal?: AbortSignal): Promise<ChunkLoad> {
    const session = await this.database.session({ signal, doing: `loading "${head.source}"`, loading: true });
    try {
      return await this.#begin(session, head, signal);
    } catch (error) {
      // Closing the connection rolls back, whatever state it is in.
      session.release({ discard: true });
      throw error;
    }
  }

  async #begin(session: Session, head: ChunkHead, signal: AbortSignal | undefined): Promise<ChunkLoad> {
    const { database } = this;
    const { dataset, claim } = head;
    const schemas = [...new Set([...head.tables.map(({ schema }) => schema), ...(head.schema ? [head.schema] : [])])];
    const lock = new ChunkLock(database, { dataset, schemas });
    const ledger = new ChunkLedger(session, database, head);
    await session.query('begin');
    await lock.take(session, signal);
    const { chunkId, seenBefore } = await ledger.begin();
    const probed = await probeCoverage(
      session,
      database,
      { dataset, schemas },
      claim && { keys: new ClaimKeys(claim, claim.alias), range: claim.range },
    );
    // What is to be replaced need not be compared; what may be there already had better not be written twice.
    const staged = (probed.overlaps && !(head.force && claim !== null)) || (seenBefore && !head.force);
    const incoming = new IncomingRows(session, database, chunkId, staged);
    return new PostgresChunkLoad(database, chunkId, head, { session, lock, ledger, incoming, probed });
  }
}
