import { createHash } from 'node:crypto';
import type { NanosRange } from '../../../core/coverage/coverage-claim.js';
import type { Digest } from '../../../core/digest/digest.js';
import type { DayCondition } from '../../../core/historical/day-condition.js';
import { formatUsd } from '../../../core/historical/usd.js';
import { TickloomError } from '../../../core/errors/index.js';
import type { RecordCounts } from '../../../core/report/counts.js';
import type { ChunkHead, ChunkTail } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { PLUGIN_NAMES } from '../ledger/chunk-row.js';
import type { ClaimKeys } from './claim-keys.js';
import { formatMultirange, subtract, union } from './nanos-ranges.js';
import { relocate } from './relocate.js';

function conditionsJson(conditions: readonly DayCondition[] | undefined): string | null {
  if (conditions === undefined) return null;
  const days = conditions.map(({ date, condition, lastModifiedDate }) => ({
    date,
    condition,
    last_modified_date: lastModifiedDate,
  }));
  return JSON.stringify(days);
}

/** Where records came outside of what a chunk claims, its tail aside. */
function beyondOf({ claim, seen }: ChunkTail): NanosRange[] {
  if (claim === null || !seen) return [];
  const tail = claim.tail === null ? [] : [{ start: claim.tail, end: claim.tail + 1n }];
  return subtract([{ start: seen.first, end: seen.last + 1n }], union([claim.range, ...tail]));
}

/** Chunks with the same bytes that were loaded before. */
export interface SameContent {
  readonly chunkIds: readonly string[];
  /** False when something in its range was replaced since, so that being loaded once proves nothing. */
  readonly current: boolean;
  /** Records that no plugin served: the fewest of them all. */
  readonly unsupported: number;
  /** Names of the plugins that made rows of it. */
  readonly plugins: readonly string[];
  /** Whether one of them stands for something complete. */
  readonly covers: boolean;
}

/** Of the rows and of the quarantine entries that a chunk brought. */
export interface ChunkDigests {
  readonly rows: Digest;
  readonly quarantine: Digest;
}

/** The row of one chunk in the ledger, from its first moment to its last. */
export class ChunkLedger {
  readonly #table: string;

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly head: ChunkHead,
  ) {
    this.#table = database.table('chunks');
  }

  /**
   * Adds the chunk, seen by others only when its transaction commits.
   * @returns its id, and whether a chunk with this header, or a fragment of the kind, was loaded before; for one without
   * coverage also whether one without was loaded that another DBN version wrote.
   */
  async begin(): Promise<{ readonly chunkId: number; readonly seenBefore: boolean }> {
    const { head } = this;
    const { origin } = head;
    const headerSha256 = head.header === null ? null : createHash('sha256').update(head.header).digest('hex');
    const { id, seen } = await this.session.row<{ id: string; seen: boolean }>(
      `insert into ${this.#table}
         (run_id, source, status, dataset, schema, start_ns, end_ns, dbn_version, ts_out, header, header_sha256,
          locations, archive_id, condition, cost_usd)
       values ($1, $2, 'loading', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       returning chunk_id as id, exists (
         select from ${this.#table} where status = 'loaded' and dataset = $3 and schema is not distinct from $4
            and (header_sha256 is not distinct from $10 or $15 and not covers and dbn_version <> $7)) as seen`,
      [
        head.runId,
        head.source,
        head.dataset,
        head.schema,
        head.start,
        head.end,
        head.version,
        head.tsOut,
        head.header,
        headerSha256,
        origin?.locations ?? null,
        origin?.archiveId ?? null,
        conditionsJson(origin?.conditions),
        origin?.costUsd === undefined ? null : formatUsd(origin.costUsd),
        head.claim === null,
      ],
    );
    return { chunkId: Number(id), seenBefore: seen };
  }

  /**
   * The chunks of these very bytes, read in the same way, if any were loaded: current if one of them is. One of which
   * nothing could be loaded, for want of a plugin, does not count.
   */
  async findSameContent(contentSha256: string): Promise<SameContent | undefined> {
    const { dataset, schema, version, tsOut } = this.head;
    const [found] = await this.session.rows<Omit<SameContent, 'unsupported'> & { unsupported: string }>(
      `select array_agg(chunk_id::text) over () as "chunkIds", content_current as current, unsupported,
              ${PLUGIN_NAMES} as plugins, bool_or(covers) over () as covers
         from ${this.#table}
        where status = 'loaded' and content_sha256 = $1 and dataset = $2 and schema is not distinct from $3
          and dbn_version = $4 and ts_out = $5 and (content_current or decoded > control + unsupported)
        order by content_current desc, unsupported limit 1`,
      [contentSha256, dataset, schema, version, tsOut],
    );
    return found && { ...found, unsupported: Number(found.unsupported) };
  }

  /** Says of chunks that their content now stands, or does not stand, in another. */
  async distrust(chunkIds: readonly string[]): Promise<void> {
    await this.session.query(`update ${this.#table} set content_current = false where chunk_id = any ($1)`, [chunkIds]);
  }

  /** Writes down how the chunk ended, with what it brought. */
  async finish(
    chunkId: number,
    tail: ChunkTail,
    keys: ClaimKeys,
    records: RecordCounts,
    digests: ChunkDigests,
  ): Promise<void> {
    const { claim } = tail;
    const broughtSomething = records.loaded + records.already_loaded + records.quarantined > 0;
    const { rowCount } = await this.session.query(
      `update ${this.#table}
          set status = 'loaded', finished_at = clock_timestamp(), content_sha256 = $2, content_bytes = $3,
              source_bytes = $4, asks = $5, alias = $6, covers = $7, covered = $8, tail_ns = $9, content_current = $10,
              decoded = $11, loaded = $12, already_loaded = $13, quarantined = $14, control = $15, unsupported = $16,
              replaced = $17, symbols = $18, row_digest = $19, quarantine_digest = $20, plugins = $21,
              beyond = $22
        where chunk_id = $1`,
      [
        chunkId,
        tail.contentSha256,
        tail.contentBytes,
        tail.sourceBytes,
        JSON.stringify(claim?.asks.map(({ stypeIn, symbol }) => ({ stype_in: stypeIn, symbol })) ?? []),
        keys.alias,
        claim !== null,
        formatMultirange(claim === null ? [] : [claim.range]),
        claim?.tail ?? null,
        // Nothing but records that no plugin serves: with the plugin, the same bytes are worth another look.
        broughtSomething || records.unsupported === 0,
        records.decoded,
        records.loaded,
        records.already_loaded,
        records.quarantined,
        records.control,
        records.unsupported,
        records.replaced,
        JSON.stringify(tail.symbols),
        digests.rows.toString(),
        digests.quarantine.toString(),
        JSON.stringify(tail.plugins ?? []),
        formatMultirange(beyondOf(tail)),
      ],
    );
    if (rowCount !== 1) throw new TickloomError('INVARIANT', `chunk ${chunkId} is not in the ledger`);
  }

  /** Notes that content which is loaded came by again, and where it is now. In a transaction of its own. */
  async sighting(chunkId: number, tail: ChunkTail, records: RecordCounts): Promise<void> {
    const { head } = this;
    await this.session.query(
      `insert into ${this.#table}
         (chunk_id, run_id, source, status, dataset, schema, dbn_version, ts_out, content_sha256, content_bytes,
          source_bytes, decoded, already_loaded, control, unsupported, finished_at)
       values ($1, $2, $3, 'already_loaded', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, clock_timestamp())`,
      [
        chunkId,
        head.runId,
        head.source,
        head.dataset,
        head.schema,
        head.version,
        head.tsOut,
        tail.contentSha256,
        tail.contentBytes,
        tail.sourceBytes,
        records.decoded,
        records.already_loaded,
        records.control,
        records.unsupported,
      ],
    );
    await this.relocate(tail.contentSha256);
  }

  /** Writes down where the bytes of chunks with this content were seen last: here. */
  async relocate(contentSha256: string): Promise<void> {
    const { head } = this;
    await relocate(this.session, this.database, { ...head, contentSha256 }, head.origin ?? {});
  }

  /** Whether the transaction of the chunk came through; asked in another session, when its own was lost. */
  async isThere(session: Session, chunkId: number): Promise<boolean> {
    const rows = await session.rows(
      `select from ${this.#table} where chunk_id = $1 and status in ('loaded', 'already_loaded')`,
      [chunkId],
    );
    return rows.length > 0;
  }
}
