import type { NanosRange } from '../../../core/coverage/coverage-claim.js';
import { Digest } from '../../../core/digest/digest.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteLiteral } from '../identifiers.js';
import { liftDecompressionLimit } from '../timescale/compressed-rows.js';
import { digestsOfEntries, digestsOfRows, type DigestsByChunk } from './held-digests.js';
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

/** `--force`: what stands inside the claim of a chunk goes, and the ledger of the chunks that lost it says so. */
export class Replacement {
  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly region: HeldRegion,
    private readonly range: NanosRange,
  ) {}

  /**
   * Deletes rows and open quarantine entries of other chunks inside the claim.
   * @returns how many rows were deleted.
   */
  async deleteHeld(incoming: IncomingTable): Promise<number> {
    const { region, session } = this;
    const { dataset, schema, chunkId } = region.scope;
    const chunks = this.database.table('chunks');
    // COPY takes no parameters, and reads what DELETE takes away: so values stand in the text
    const others = `c.dataset = ${quoteLiteral(dataset)} and c.alias = ${region.alias} and c.chunk_id <> ${chunkId}`;
    const { using, condition } = region.claimedRows(`r.${region.keyColumn}`, incoming.time());
    const from = quoteLiteral(formatMicros(this.range.start));
    const to = quoteLiteral(formatMicros(this.range.end));
    const inClaim = `c.chunk_id = r.chunk_id and ${others} and r.${incoming.timestamp} between ${from} and ${to}
      and ${condition}`;
    const lostRows = await digestsOfRows(
      session,
      incoming.spec,
      `${incoming.target} r, ${chunks} c ${using} where ${inClaim}`,
    );
    await liftDecompressionLimit(session);
    const rows = await withHashedJoins(session, () =>
      session.rows<Loss>(
        `with gone as (
           delete from ${incoming.target} r using ${chunks} c ${using} where ${inClaim} returning r.chunk_id)
         select chunk_id, count(*) as lost from gone group by chunk_id`,
      ),
    );
    const quarantine = this.database.table('quarantine');
    const [joins, entryInClaim] =
      region.entries === null
        ? [region.joins('q.instrument_id'), region.claimed(ENTRY_TIME)]
        : ['', `${region.entries.sharesAsks()} and ${region.entries.claimed()}`];
    const held = `${quarantine} q join ${chunks} c on c.chunk_id = q.chunk_id and ${others} ${joins}
      where q.schema = ${quoteLiteral(schema)} and q.state = 'open' and ${entryInClaim}`;
    const lostEntries = await digestsOfEntries(session, held);
    const entries = await session.rows<Loss>(
      `with gone as (
         delete from ${quarantine} where quarantine_id in (select q.quarantine_id from ${held}) returning chunk_id)
       select chunk_id, count(*) as lost from gone group by chunk_id`,
    );
    await this.#amend('loaded', 'row_digest', rows, lostRows);
    await this.#amend('quarantined', 'quarantine_digest', entries, lostEntries);
    await this.#distrustContent();
    return rows.reduce((total, { lost }) => total + Number(lost), 0);
  }

  async #amend(
    count: 'loaded' | 'quarantined',
    digest: 'row_digest' | 'quarantine_digest',
    losses: readonly Loss[],
    lost: DigestsByChunk,
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
      return text && String(Digest.parse(text).subtract(lost.get(Number(id)) ?? new Digest()));
    });
    await this.session.query(
      `update ${chunks} c
          set ${count} = c.${count} - l.lost, superseded = c.superseded + l.lost, ${digest} = l.digest
         from unnest($1::bigint[], $2::bigint[], $3::text[]) l (chunk_id, lost, digest) where c.chunk_id = l.chunk_id`,
      [ids, losses.map(({ lost: rows }) => rows), after],
    );
  }

  /** What such a chunk brought may not be there any more, also when the rows that went were another chunk's. */
  async #distrustContent(): Promise<void> {
    const { dataset, schema, chunkId } = this.region.scope;
    await this.session.query(
      `update ${this.database.table('chunks')} set content_current = false
        where dataset = $1 and (schema = $2 or schema is null) and alias = $3 and chunk_id <> $4
          and status = 'loaded' and content_current and (not covers or covered && $5::int8multirange)`,
      [dataset, schema, this.region.alias, chunkId, formatMultirange([this.range])],
    );
  }
}
