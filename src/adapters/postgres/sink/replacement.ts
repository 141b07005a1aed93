import type { CoverageClaim } from '../../../core/coverage/coverage-claim.js';
import { Digest } from '../../../core/digest/digest.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteLiteral } from '../identifiers.js';
import { liftDecompressionLimit } from '../timescale/compressed-rows.js';
import { digestsOfEntries, digestsOfRows } from './held-digests.js';
import { withHashedJoins } from './hashed-joins.js';
import type { HeldRegion, SqlTime } from './held-region.js';
import type { IncomingTable } from './incoming-table.js';
import { formatMicros, formatMultirange } from './nanos-ranges.js';

/** Of a quarantine entry `q`. */
const ENTRY_TIME: SqlTime = { nanos: 'q.index_ns', micros: null };

interface Loss {
  readonly chunk_id: string;
  readonly lost: string;
}

/** What chunks lose, by their ids: nothing of what is named there stays of `'everything'`. */
type LostDigests = ReadonlyMap<number, Digest | 'everything'>;

/** `--force`: what stands inside the claim of a chunk goes, and the ledger of the chunks that lost it says so. */
export class Replacement {
  /** An SQL condition on a chunk `c` that may lose something. */
  readonly #others: string;

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly region: HeldRegion,
    private readonly claim: CoverageClaim,
  ) {
    const { dataset, chunkId } = region.scope;
    // COPY takes no parameters, and reads what DELETE takes away: so values stand in the text
    this.#others = `c.dataset = ${quoteLiteral(dataset)} and c.alias = ${region.alias} and c.chunk_id <> ${chunkId}`;
  }

  /**
   * Deletes rows and open quarantine entries of other chunks inside the claim.
   * @returns how many rows were deleted.
   */
  async deleteHeld(incoming: IncomingTable): Promise<number> {
    const rows = await this.#deleteRows(incoming);
    await this.#deleteEntries();
    await this.#settleEmptied(incoming);
    await this.#distrustContent();
    return rows;
  }

  async #deleteRows(incoming: IncomingTable): Promise<number> {
    const { region, session, claim } = this;
    const { using, condition } = region.claimedRows(`r.${region.keyColumn}`, incoming.time());
    const at = (ns: bigint): string => quoteLiteral(formatMicros(ns));
    const within = `between ${at(claim.range.start)} and ${at(claim.range.end)}`;
    const inClaim = `r.${incoming.timestamp} ${within} and ${condition}`;
    const others = `${this.database.table('chunks')} c ${using === null ? '' : `, ${using}`}
      where c.chunk_id = r.chunk_id and ${this.#others}`;
    const losers = await withHashedJoins(session, () =>
      session.rows<Loss & { readonly whole: boolean }>(
        `select r.chunk_id, count(*) as lost, count(*) >= max(c.loaded) as whole
           from ${incoming.target} r, ${others} and ${inClaim} group by r.chunk_id`,
      ),
    );
    if (losers.length === 0) return 0;
    // The rows of a chunk that loses all of them need not be read to know what is left of their digest.
    const inPart = losers.filter(({ whole }) => !whole).map(({ chunk_id }) => chunk_id);
    const parts = `${incoming.target} r ${using === null ? '' : `cross join ${using}`}
      where r.chunk_id in (${inPart.join(', ')}) and ${inClaim}`;
    const lost = new Map<number, Digest | 'everything'>([
      ...losers.map(({ chunk_id }) => [Number(chunk_id), 'everything'] as const),
      ...(inPart.length === 0 ? [] : await digestsOfRows(session, incoming.spec, parts)),
    ]);
    await liftDecompressionLimit(session);
    const ids = losers.map(({ chunk_id }) => chunk_id).join(', ');
    await withHashedJoins(session, () =>
      session.query(
        `delete from ${incoming.target} r ${using === null ? '' : `using ${using}`}
          where r.chunk_id in (${ids}) and ${inClaim}`,
      ),
    );
    await this.#amend('loaded', 'row_digest', losers, lost);
    return losers.reduce((total, loser) => total + Number(loser.lost), 0);
  }

  async #deleteEntries(): Promise<void> {
    const { region, session } = this;
    const quarantine = this.database.table('quarantine');
    const [joins, entryInClaim] =
      region.entries === null
        ? [region.joins('q.instrument_id'), region.claimed(ENTRY_TIME)]
        : ['', `${region.entries.sharesAsks()} and ${region.entries.claimed()}`];
    const held = `${quarantine} q join ${this.database.table('chunks')} c on c.chunk_id = q.chunk_id
       and ${this.#others} ${joins}
      where q.schema = ${quoteLiteral(region.scope.schema)} and q.state = 'open' and ${entryInClaim}`;
    // Nobody may drop one by hand between the reading and the deleting.
    await session.query(
      `with locked as materialized (select from ${held} for update of q) select count(*) from locked`,
    );
    const lost = await digestsOfEntries(session, held);
    const entries = await session.rows<Loss>(
      `with gone as (
         delete from ${quarantine} where quarantine_id in (select q.quarantine_id from ${held}) returning chunk_id)
       select chunk_id, count(*) as lost from gone group by chunk_id`,
    );
    await this.#amend('quarantined', 'quarantine_digest', entries, lost);
  }

  async #amend(
    count: 'loaded' | 'quarantined',
    digest: 'row_digest' | 'quarantine_digest',
    losses: readonly Loss[],
    lost: LostDigests,
  ): Promise<void> {
    if (losses.length === 0) return;
    const chunks = this.database.table('chunks');
    const ids = losses.map(({ chunk_id }) => chunk_id);
    const before = await this.session.rows<{ id: string; digest: string | null }>(
      `select chunk_id as id, ${digest} as digest from ${chunks} where chunk_id = any ($1) order by 1 for update`,
      [ids],
    );
    const known = new Map(before.map((chunk) => [chunk.id, chunk.digest]));
    const after = ids.map((id) => {
      const text = known.get(id) ?? null;
      const gone = lost.get(Number(id)) ?? new Digest();
      return text && String(gone === 'everything' ? new Digest() : Digest.parse(text).subtract(gone));
    });
    // What was put in by hand goes too, though the ledger never counted it.
    await this.session.query(
      `update ${chunks} c
          set ${count} = greatest(c.${count} - l.lost, 0), superseded = c.superseded + least(c.${count}, l.lost),
              ${digest} = l.digest
         from unnest($1::bigint[], $2::bigint[], $3::text[]) l (chunk_id, lost, digest) where c.chunk_id = l.chunk_id`,
      [ids, losses.map(({ lost: rows }) => rows), after],
    );
  }

  /**
   * Of a chunk that this one replaces altogether nothing is left, also where something of it was changed by hand before:
   * what the ledger still expects of it would be missed for ever.
   */
  async #settleEmptied(incoming: IncomingTable): Promise<void> {
    const { claim, region } = this;
    const asks = JSON.stringify(claim.asks.map(({ stypeIn, symbol }) => ({ stype_in: stypeIn, symbol })));
    await this.session.query(
      `update ${this.database.table('chunks')} c
          set superseded = c.superseded + c.loaded, loaded = 0,
              row_digest = case when c.row_digest is not null then $5 end
        where ${this.#others} and c.schema = $1 and c.status = 'loaded' and c.covers and c.loaded <> 0
          and c.covered <@ $2::int8multirange and (c.tail_ns is null or c.tail_ns <@ $2::int8multirange)
          and ($3 or $4::jsonb @> c.asks)
          and not exists (select from ${incoming.target} r where r.chunk_id = c.chunk_id)`,
      [region.scope.schema, formatMultirange([claim.range]), claim.instruments === 'all', asks, String(new Digest())],
    );
  }

  /** What such a chunk brought may not be there any more, also when the rows that went were another chunk's. */
  async #distrustContent(): Promise<void> {
    const { dataset, schema, chunkId } = this.region.scope;
    await this.session.query(
      `update ${this.database.table('chunks')} set content_current = false
        where dataset = $1 and (schema = $2 or schema is null) and alias = $3 and chunk_id <> $4
          and status = 'loaded' and content_current and (not covers or $5::int8multirange && (covered + beyond) or tail_ns <@ $5::int8multirange)`,
      [dataset, schema, this.region.alias, chunkId, formatMultirange([this.claim.range])],
    );
  }
}
