import type { NanosRange } from '../../../core/coverage/coverage-claim.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteLiteral } from '../identifiers.js';
import type { SeenTimes } from './claim-area.js';
import { conflictColumns, type ConflictingRow, conflictingRows, type FoundConflict } from './coverage-conflict.js';
import { withHashedJoins } from './hashed-joins.js';
import type { HeldRegion } from './held-region.js';
import type { IncomingTable } from './incoming-table.js';
import { formatMicros } from './nanos-ranges.js';

/** A stretch of time as timestamptz literals, both ends in it: cut to the microsecond, as the rows are. */
export type Stretch = readonly [from: string, to: string];

/** Ordinals of rows that are held already though coverage does not say so: the tail of an earlier chunk. */
export const KNOWN_ROWS = 'pg_temp.tickloom_known_rows';

/**
 * Compares the rows of a chunk, where they overlap what is held, with the rows held: as multisets, over all columns
 * that came over the wire, in the database.
 */
export class RowOverlap {
  readonly #held: string;

  /** @param seen earliest and latest index timestamp of the chunk in ns, where they are known */
  constructor(
    private readonly session: Session,
    database: Database,
    private readonly incoming: IncomingTable,
    private readonly region: HeldRegion,
    private readonly version: number,
    private readonly seen: SeenTimes | null = null,
  ) {
    const { chunkId } = region.scope;
    this.#held = `from ${incoming.target} r
      join ${database.table('chunks')} c on c.chunk_id = r.chunk_id
       and c.dataset = $1 and c.covers and c.alias = ${region.alias} and c.chunk_id <> ${chunkId}
      ${region.joins(`r.${region.keyColumn}`)}`;
  }

  /**
   * The first rows that only one side has, in order of time; none when what overlaps is held, and what is held where
   * the chunk claims to be complete is in the chunk.
   *
   * @param range what the chunk claims, so that rows held there are looked at even when it has none.
   */
  async differences(range: NanosRange | null): Promise<ConflictingRow[]> {
    const { incoming, region } = this;
    const bounds = await this.#bounds(range);
    if (bounds === null) return [];
    const [from, to] = bounds;
    const within = `r.${incoming.timestamp} between $2 and $3`;
    const versions = await this.#versions(within, bounds);
    const compared = incoming.comparedColumns(versions);
    const others = incoming.otherColumns(versions);
    const list = compared.join(', ');
    const columns = [...compared, ...others].map((column) => `r.${column}`).join(', ');
    const key = `r.${region.keyColumn}`;
    const found = await this.session.rows<FoundConflict>(
      `with incoming as (
         select ${columns}, ${key} as _key, 1 as _side
           from ${incoming.relation} r ${region.joins(key)}
          where ${incoming.ofChunk} and ${region.overlapped(incoming.time())}
       ), held as (
         select ${columns}, ${key} as _key, -1 as _side
           ${this.#held}
          where ${within} and ${region.overlapped(incoming.time())}
       ), differing as (
         select ${list}, _key, sum(_side) as _excess
           from (${countedAlike('select * from incoming union all select * from held', list, others)}) both_sides
          group by ${list}, _key
         having sum(_side) <> 0
       )
       select ${conflictColumns(compared)}
         from (select *, ${incoming.time('r').nanos} as _ns from differing r) d ${region.joins('d._key')}
        where d._excess > 0 or ${region.claimed(incoming.time('d'))}
        order by d._ns, d._key, d._excess desc
        limit 20`,
      [region.scope.dataset, from, to],
    );
    return conflictingRows(compared, found);
  }

  /**
   * Leaves the rows that are not held in the table, with their ordinals, and takes the others away.
   * @param known true when {@link KNOWN_ROWS} has ordinals of this table.
   * @returns how many were held already.
   */
  async keepNew(known: boolean): Promise<number> {
    const { incoming, region, session } = this;
    const joins = `${region.joins(`r.${region.keyColumn}`)}
      ${known ? `left join ${KNOWN_ROWS} k on k.ordinal = r.ordinal` : ''}`;
    const held = `(${region.overlapped(incoming.time())}${known ? ' or k.ordinal is not null' : ''})`;
    if (incoming.staged) {
      const inserted = await session.query(
        `insert into ${incoming.target} (${incoming.columns})
         select ${incoming.spec.columns.map(({ name }) => `r."${name}"`).join(', ')}
           from ${incoming.relation} r ${joins} where not ${held}`,
      );
      return incoming.rows - (inserted.rowCount ?? 0);
    }
    const bounds = await this.#bounds(null);
    if (bounds === null) return 0;
    const within = `between ${quoteLiteral(bounds[0])} and ${quoteLiteral(bounds[1])}`;
    // Both sides are bounded in time: in a table that holds much more, only partitions and pages of that time are read.
    const rows = (alias: string): string =>
      `${alias}.chunk_id = ${region.scope.chunkId} and ${alias}.${incoming.timestamp} ${within}`;
    // By ordinal, not by ctid, which is no row's own where the table has partitions.
    const deleted = await withHashedJoins(session, () =>
      session.query(
        `delete from ${incoming.target} d where ${rows('d')} and d.ordinal in (
           select r.ordinal from ${incoming.target} r ${joins} where ${rows('r')} and ${held})`,
      ),
    );
    return deleted.rowCount ?? 0;
  }

  /** The stretch of time in which anything can differ, a little wider than it must be; `null` when there is none. */
  async #bounds(range: NanosRange | null): Promise<Stretch | null> {
    const { incoming, seen } = this;
    // The rows of a temporary table are soon read; in the table itself they may stand among many more.
    if (seen !== null && !incoming.staged) {
      const first = range === null || seen.first < range.start ? seen.first : range.start;
      const last = range === null || seen.last > range.end ? seen.last : range.end;
      return [formatMicros(first), formatMicros(last)];
    }
    const { from, to } = await this.session.row<{ from: string | null; to: string | null }>(
      `select least(min(r.${incoming.timestamp}), $1::timestamptz)::text as from,
              greatest(max(r.${incoming.timestamp}), $2::timestamptz)::text as to
         from ${incoming.relation} r where ${incoming.ofChunk}`,
      [range && formatMicros(range.start), range && formatMicros(range.end)],
    );
    return from === null || to === null ? null : [from, to];
  }

  /** The DBN versions of the chunk and of the chunks that it overlaps. */
  async #versions(within: string, bounds: Stretch): Promise<number[]> {
    if (this.incoming.spec.columns.every(({ versions }) => versions === undefined)) return [this.version];
    const rows = await this.session.rows<{ version: number }>(
      `select distinct c.dbn_version as version ${this.#held}
        where ${within} and ${this.region.overlapped(this.incoming.time())}`,
      [this.region.scope.dataset, ...bounds],
    );
    return [this.version, ...rows.map(({ version }) => version)];
  }
}

/**
 * Where versions lack columns, records that differ in these alone are one there: version 3 writes a definition once for
 * each leg, the older ones, which have no legs, write it once. So as many count as are equal in all columns.
 */
function countedAlike(rows: string, list: string, others: readonly string[]): string {
  if (others.length === 0) return rows;
  return `select ${list}, _key, (max(_times) * _side)::int as _side
            from (select ${list}, _key, _side, count(*) as _times
                    from (${rows}) one_by_one group by ${list}, ${others.join(', ')}, _key, _side) variants
           group by ${list}, _key, _side`;
}
