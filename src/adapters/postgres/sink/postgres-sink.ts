import { createHash } from 'node:crypto';
import type { TableSpec } from '../../../core/model/model-spec.js';
import {
  LOCK_TIMEOUT_MS,
  type BeginOptions,
  type ChunkHead,
  type ChunkLoad,
  type Sink,
} from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { Partitions } from '../timescale/partitions.js';
import { ChunkClaim } from './chunk-claim.js';
import { ChunkLedger } from './chunk-ledger.js';
import { areasOf, type ClaimArea, withoutAreas } from './claim-area.js';
import { ChunkParts, PART_LOCK_TIMEOUT_MS } from './chunk-parts.js';
import { ClaimKeys } from './claim-keys.js';
import { probeCoverage } from './coverage-probe.js';
import { IncomingRows } from './incoming-rows.js';
import { PostgresChunkLoad } from './postgres-chunk-load.js';

export interface PostgresSinkOptions {
  /** How long a chunk waits for another run that is loading what overlaps it; default {@link LOCK_TIMEOUT_MS}. */
  readonly lockTimeoutMs?: number;
  /** Bytes of rows that a chunk sends before it takes a connection more, where one is spare; default 32 MiB. */
  readonly partBytes?: number;
}

/** Loads chunks into PostgreSQL. The tables are there: see {@link Migrator}. */
export class PostgresSink implements Sink {
  readonly #lockTimeoutMs: number;
  readonly #partBytes: number | undefined;
  /** What chunks brought beyond their headers when that was being loaded: the next attempt waits for it. */
  readonly #beyond = new Map<string, readonly ClaimArea[]>();
  /** Chunks that failed in parts: the next attempt goes over one connection. */
  readonly #notInParts = new Set<string>();
  readonly #partitions: Partitions;

  constructor(
    private readonly database: Database,
    { lockTimeoutMs = LOCK_TIMEOUT_MS, partBytes }: PostgresSinkOptions = {},
  ) {
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#partBytes = partBytes;
    this.#partitions = new Partitions(database);
  }

  async beginChunk(head: ChunkHead, options: BeginOptions = {}): Promise<ChunkLoad> {
    const { signal } = options;
    const session = await this.database.session({ signal, doing: `loading "${head.source}"`, loading: true });
    try {
      return await this.#begin(session, head, options);
    } catch (error) {
      // Closing the connection rolls back, whatever state it is in, and gives its locks up.
      session.release({ discard: true });
      throw error;
    }
  }

  async #begin(session: Session, head: ChunkHead, options: BeginOptions): Promise<ChunkLoad> {
    const { database } = this;
    const { dataset, claim } = head;
    const schemas = [...new Set([...head.tables.map(({ schema }) => schema), ...(head.schema ? [head.schema] : [])])];
    await this.#partitions.look(session);
    const inFlight = await this.#claim(session, head, schemas, options);
    const ledger = new ChunkLedger(session, database, head);
    // Each statement sees what was committed before it, whatever the role's default is: others load beside.
    await session.query('begin isolation level read committed');
    await inFlight.enter(session);
    const { chunkId, seenBefore } = await ledger.begin();
    const probed = await probeCoverage(
      session,
      database,
      { dataset, schemas, alias: head.alias },
      claim && { keys: new ClaimKeys(claim, claim.alias), range: claim.range },
    );
    // What is to be replaced need not be compared; what may be there already had better not be written twice.
    const staged = (probed.overlaps && !(head.force && claim !== null)) || (seenBefore && !head.force);
    const mayBeInParts = !staged && !probed.overlaps && probed.tails.length === 0 && !head.force;
    const parts = mayBeInParts ? await this.#parts(session, head, inFlight, options) : undefined;
    const beforeRows = (table: TableSpec): Promise<void> => this.#partitions.prepare(table, claim && claim.range);
    const incoming = new IncomingRows(session, database, chunkId, staged, beforeRows, parts);
    const extend = async (areas: readonly ClaimArea[]): Promise<void> => {
      try {
        await inFlight.extend(areas);
      } catch (error) {
        this.#beyond.set(attemptsOf(head), areas);
        throw error;
      }
    };
    const notInParts = (): unknown => this.#notInParts.add(attemptsOf(head));
    const loadParts = { session, claim: inFlight, extend, ledger, incoming, probed, parts, notInParts };
    return new PostgresChunkLoad(database, chunkId, head, loadParts);
  }

  /** A chunk without a claim is compared by its content, which parts of it do not show. */
  async #parts(
    session: Session,
    head: ChunkHead,
    claim: ChunkClaim,
    { spare, signal }: BeginOptions,
  ): Promise<ChunkParts | undefined> {
    if (spare === undefined || head.claim === null || this.#notInParts.delete(attemptsOf(head))) return undefined;
    // The server makes partitions for rows beyond those that are there, and whoever needs one waits for who makes it.
    const mayWait = head.tables.some((table) => this.#partitions.has(table));
    if (mayWait) await session.query(`set local lock_timeout = ${PART_LOCK_TIMEOUT_MS}`);
    return new ChunkParts(this.database, claim, { source: head.source, spare, signal, partBytes: this.#partBytes });
  }

  async #claim(
    session: Session,
    head: ChunkHead,
    schemas: readonly string[],
    { signal, onWait }: BeginOptions,
  ): Promise<ChunkClaim> {
    const { dataset, claim, runId, source } = head;
    const byHeader = areasOf(claim);
    const beyond = this.#beyond.get(attemptsOf(head)) ?? [];
    this.#beyond.delete(attemptsOf(head));
    return ChunkClaim.take(
      session,
      this.database,
      { dataset, schemas, alias: head.alias, runId, source },
      [...byHeader, ...withoutAreas(beyond, byHeader)],
      { signal, onWait, lockTimeoutMs: this.#lockTimeoutMs },
    );
  }
}

/** The same for all attempts at one chunk. */
function attemptsOf({ runId, source, header }: ChunkHead): string {
  return [runId, source, header === null ? '' : createHash('sha256').update(header).digest('hex')].join('\n');
}
