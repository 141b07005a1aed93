import { randomUUID } from 'node:crypto';
import type { DbnVersion } from '../../../core/dbn/layout/record-layout.js';
import type {
  EntrySelection,
  ReplayChunk,
  ReplayStore,
  ReplayTransaction,
} from '../../../core/quarantine/replay-store.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { ChunkClaim } from '../sink/chunk-claim.js';
import { areasOf } from '../sink/claim-area.js';
import { requireEntries, SELECTED, selectionValues } from './entry-selection.js';
import { PostgresReplay } from './postgres-replay.js';

interface ChunkRow extends Record<string, unknown> {
  readonly source: string;
  readonly dataset: string;
  readonly dbn_version: DbnVersion;
  readonly ts_out: boolean;
  readonly header: Buffer | null;
  readonly alias: boolean;
  readonly control: string;
}

/** How long a replay waits for a run that is loading the same schema. */
const LOCK_TIMEOUT_MS = 60_000;

/** Settles quarantine entries: replayed, or dropped. */
export class PostgresReplayStore implements ReplayStore {
  readonly #chunks: string;
  readonly #entries: string;

  constructor(private readonly database: Database) {
    this.#chunks = database.table('chunks');
    this.#entries = `${database.table('quarantine')} q join ${this.#chunks} c on c.chunk_id = q.chunk_id`;
  }

  async chunks(selection: EntrySelection): Promise<number[]> {
    return this.database.withSession(
      async (session) => {
        await requireEntries(session, this.database, selection);
        const rows = await session.rows<{ id: string }>(
          `select distinct q.chunk_id as id from ${this.#entries} where ${SELECTED} order by 1`,
          selectionValues(selection),
        );
        return rows.map(({ id }) => Number(id));
      },
      { doing: 'reading the quarantine' },
    );
  }

  async begin(chunkId: number, selection: EntrySelection, signal: AbortSignal): Promise<ReplayTransaction | undefined> {
    const session = await this.database.session({ signal, doing: 'replaying the quarantine', loading: true });
    let begun: ReplayTransaction | undefined;
    try {
      begun = await this.#begin(session, chunkId, selection, signal);
      return begun;
    } finally {
      // Closing the connection rolls back as well.
      if (begun === undefined) session.release({ discard: true });
    }
  }

  async drop(selection: EntrySelection, reason: string): Promise<number> {
    return this.database.transaction(
      async (session) => {
        await requireEntries(session, this.database, selection);
        const { rowCount } = await session.query(
          `update ${this.database.table('quarantine')} set state = 'dropped', drop_reason = $6, settled_at = clock_timestamp()
            where state = 'open' and quarantine_id in (select q.quarantine_id from ${this.#entries} where ${SELECTED})`,
          [...selectionValues(selection), reason],
        );
        return rowCount ?? 0;
      },
      { doing: 'dropping quarantine entries' },
    );
  }

  async #begin(
    session: Session,
    chunkId: number,
    selection: EntrySelection,
    signal: AbortSignal,
  ): Promise<ReplayTransaction | undefined> {
    const schemas = await session.rows<{ dataset: string; schema: string; source: string; alias: boolean }>(
      `select distinct c.dataset, q.schema, c.source, c.alias from ${this.#entries}
        where q.chunk_id = $1 and q.state = 'open'`,
      [chunkId],
    );
    const [first] = schemas;
    if (first === undefined) return undefined;
    // A load that may overlap compares rows and quarantine one after the other: nothing may move between them.
    const { dataset, source, alias } = first;
    const scope = { dataset, alias, source, schemas: schemas.map(({ schema }) => schema), runId: randomUUID() };
    const options = { lockTimeoutMs: LOCK_TIMEOUT_MS, signal };
    const claim = await ChunkClaim.take(session, this.database, scope, areasOf(null), options);
    await session.query('begin isolation level read committed');
    await claim.enter(session);
    const [row] = await session.rows<ChunkRow>(
      `select source, dataset, dbn_version, ts_out, header, alias, control from ${this.#chunks}
        where chunk_id = $1 and status = 'loaded' for update`,
      [chunkId],
    );
    if (row === undefined) return undefined;
    await claim.drop(session);
    const chunk: ReplayChunk = {
      chunkId,
      source: row.source,
      dataset: row.dataset,
      version: row.dbn_version,
      tsOut: row.ts_out,
      header: row.header,
      alias: row.alias,
      control: Number(row.control),
    };
    return new PostgresReplay(session, this.database, chunk, { ...selection, chunkId });
  }
}
