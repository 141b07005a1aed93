import { randomBytes } from 'node:crypto';
import { TickloomError } from '../../../core/errors/index.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { type ClaimArea, withoutAreas } from './claim-area.js';
import { ClaimWait, type LiveClaim, waitForClaim, type WaitOptions } from './claim-wait.js';
import { formatMultirange } from './nanos-ranges.js';
import { takeTransactionLock } from './transaction-lock.js';
import { removeUnfinished } from './unfinished-chunks.js';

/** Whose rows a claim is about. */
export interface ClaimScope {
  readonly dataset: string;
  readonly schemas: readonly string[];
  readonly alias: boolean;
  readonly runId: string;
  readonly source: string;
}

/** How long to wait for word of a transaction whose connection was lost while it committed. */
const COMMIT_WORD_MS = 60_000;

/**
 * Keeps chunks that may overlap from being in flight at once, in this process or in any other.
 *
 * A claim is rows of the table `claims`, which others see at once, and advisory locks, which the connections that
 * load the chunk hold: when they are gone, the claim is dead and the next one clears it away. Claims of one dataset
 * are made one after the other. Nobody waits for a claim while holding one, so that no two wait for each other.
 */
export class ChunkClaim {
  readonly #id: string = String(randomBytes(8).readBigUInt64BE() >> 2n);
  readonly #areas: ClaimArea[] = [];

  private constructor(
    private readonly database: Database,
    private readonly scope: ClaimScope,
  ) {}

  /**
   * Claims the areas, once nothing that is alive overlaps them. The lock is the session's until {@link enter}.
   * @throws LOCKED, CANCELLED; the session is then of no further use
   */
  static async take(
    session: Session,
    database: Database,
    scope: ClaimScope,
    areas: readonly ClaimArea[],
    options: Omit<WaitOptions, 'runId' | 'source'>,
  ): Promise<ChunkClaim> {
    const claim = new ChunkClaim(database, scope);
    const wait = new ClaimWait(database, { ...options, runId: scope.runId, source: scope.source });
    await wait.cancellable(session, async () => {
      for (;;) {
        await session.query('begin isolation level read committed');
        const holder = await claim.#add(session, areas, true);
        await session.query('commit');
        if (holder === undefined) return;
        await wait.for(session, holder);
      }
    });
    return claim;
  }

  /** Key of its advisory lock, as text. */
  get id(): string {
    return this.#id;
  }

  /** Ties the claim to the transaction that is open in the session: it ends with it, however it ends. */
  async enter(session: Session): Promise<void> {
    await session.query('select pg_advisory_xact_lock($1)', [this.#id]);
    await session.query('select pg_advisory_unlock($1)', [this.#id]);
  }

  /** Keeps the claim alive also while this transaction is, which loads a part of the chunk over another connection. */
  async enterPart(session: Session): Promise<void> {
    await session.query('select pg_advisory_xact_lock_shared(-($1::bigint))', [this.#id]);
  }

  /**
   * Claims more, of what the chunk turned out to bring. Does not wait for others, who may be waiting for this one.
   * @throws DATABASE_CONFLICT when a chunk in flight claims some of it
   */
  async extend(areas: readonly ClaimArea[]): Promise<void> {
    const more = withoutAreas(areas, this.#areas);
    if (more.length === 0) return;
    const { database, scope } = this;
    const holder = await database.transaction(
      async (session) => {
        await session.query('set transaction isolation level read committed');
        return this.#add(session, more, false);
      },
      { doing: `claiming more for "${scope.source}"` },
    );
    if (holder === undefined) return;
    throw new TickloomError(
      'DATABASE_CONFLICT',
      `"${scope.source}" holds records beyond what its header says, which overlap "${holder.source}", which run ${holder.runId} is loading`,
      {
        hint: 'Run the same command again when that one is loaded.',
        context: { source: scope.source, run_id: holder.runId, held: holder.source },
      },
    );
  }

  /** Takes the rows of the claim away; with the transaction that is open in the session, if there is one. */
  async drop(session: Session): Promise<void> {
    await session.query(`delete from ${this.database.table('claims')} where claim_id = $1`, [this.#id]);
  }

  /** Waits until the chunk's transactions are over, in one just begun; for the case that its connection was lost. */
  async ended(session: Session): Promise<void> {
    await waitForClaim(session, this.#id, COMMIT_WORD_MS);
  }

  /** Adds the areas unless a live claim overlaps them, which is returned then. */
  async #add(session: Session, areas: readonly ClaimArea[], isFirst: boolean): Promise<LiveClaim | undefined> {
    const { database, scope } = this;
    const table = database.table('claims');
    await takeTransactionLock(session, database, `claims ${scope.dataset}`);
    if (await this.#removeDead(session)) await removeUnfinished(session, database);
    const rows = scope.schemas.flatMap((schema) => areas.map((area) => ({ schema, ...area })));
    const values = [
      scope.dataset,
      scope.alias,
      rows.map(({ schema }) => schema),
      rows.map(({ keys }) => formatMultirange(keys)),
      rows.map(({ times }) => formatMultirange(times)),
      this.#id,
    ];
    const [holder] = await session.rows<LiveClaim & Record<string, unknown>>(
      `select c.claim_id::text as "claimId", c.run_id::text as "runId", c.source
         from ${table} c
         join unnest($3::text[], $4::int8multirange[], $5::int8multirange[]) wanted (schema, keys, times)
           on c.schema = wanted.schema and c.keys && wanted.keys and c.times && wanted.times
        where c.dataset = $1 and c.alias = $2 and c.claim_id <> $6
        order by c.claimed_at limit 1`,
      values,
    );
    if (holder !== undefined) return holder;
    // Before the rows can be seen, so that they are never taken for dead.
    if (isFirst) await session.query('select pg_advisory_lock($1)', [this.#id]);
    await session.query(
      `insert into ${table} (claim_id, run_id, source, dataset, schema, alias, keys, times)
       select $6, $7, $8, $1, wanted.schema, $2, wanted.keys, wanted.times
         from unnest($3::text[], $4::int8multirange[], $5::int8multirange[]) wanted (schema, keys, times)`,
      [...values, scope.runId, scope.source],
    );
    this.#areas.push(...areas);
    return undefined;
  }

  /** Whose locks can be had is dead. @returns whether there are chunks that are not complete, dead or alive */
  async #removeDead(session: Session): Promise<boolean> {
    const table = this.database.table('claims');
    const { unfinished } = await session.row<{ unfinished: boolean }>(
      `with known as materialized (select distinct claim_id from ${table} where dataset = $1 and claim_id <> $2),
            dead as materialized (
              select claim_id from known
               where pg_try_advisory_xact_lock(claim_id) and pg_try_advisory_xact_lock(-claim_id)),
            removed as (delete from ${table} where claim_id in (select claim_id from dead))
       select exists (select from ${this.database.table('unfinished_chunks')}) as unfinished`,
      [this.scope.dataset, this.#id],
    );
    return unfinished;
  }
}
