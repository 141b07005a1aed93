import type { NanosRange } from '../../../core/coverage/coverage-claim.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
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
    const { region } = this;
    const { dataset, schema, chunkId } = region.scope;
    const chunks = this.database.table('chunks');
    const others = `c.dataset = $1 and c.alias = ${region.alias} and c.chunk_id <> ${chunkId}`;
    const { using, condition } = region.claimedRows(`r.${region.keyColumn}`, incoming.time());
    const rows = await this.session.rows<Loss>(
      `with gone as (
         delete from ${incoming.target} r using ${chunks} c ${using}
          where c.chunk_id = r.chunk_id and ${others}
            and r.${incoming.timestamp} between $2 and $3 and ${condition}
         returning r.chunk_id)
       select chunk_id, count(*) as lost from gone group by chunk_id`,
      [dataset, formatMicros(this.range.start), formatMicros(this.range.end)],
    );
    const quarantine = this.database.table('quarantine');
    // Under which continuous symbol a rejected record came is not known: those of chunks that share one go.
    const [joins, inClaim] = region.alias
      ? ['', `${region.sharesAsks('c')} and ${region.claimedByAny(ENTRY_TIME)}`]
      : [region.joins('q.instrument_id'), region.claimed(ENTRY_TIME)];
    const entries = await this.session.rows<Loss>(
      `with gone as (
         delete from ${quarantine} where quarantine_id in (
           select q.quarantine_id from ${quarantine} q join ${chunks} c on c.chunk_id = q.chunk_id and ${others} ${joins}
            where q.schema = $2 and q.state = 'open' and ${inClaim})
         returning chunk_id)
       select chunk_id, count(*) as lost from gone group by chunk_id`,
      [dataset, schema],
    );
    await this.#amend('loaded', rows);
    await this.#amend('quarantined', entries);
    await this.#distrustContent();
    return rows.reduce((total, { lost }) => total + Number(lost), 0);
  }

  async #amend(column: 'loaded' | 'quarantined', losses: readonly Loss[]): Promise<void> {
    if (losses.length === 0) return;
    await this.session.query(
      `update ${this.database.table('chunks')} c
          set ${column} = c.${column} - l.lost, superseded = c.superseded + l.lost
         from unnest($1::bigint[], $2::bigint[]) l (chunk_id, lost) where c.chunk_id = l.chunk_id`,
      [losses.map(({ chunk_id }) => chunk_id), losses.map(({ lost }) => lost)],
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
