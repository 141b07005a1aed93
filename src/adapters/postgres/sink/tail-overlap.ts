import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteLiteral } from '../identifiers.js';
import {
  conflict,
  conflictColumns,
  conflictingRows,
  type ConflictSite,
  count,
  type FoundConflict,
  rowConflict,
} from './coverage-conflict.js';
import type { HeldRegion } from './held-region.js';
import type { IncomingTable } from './incoming-table.js';
import { formatMicros } from './nanos-ranges.js';
import { KNOWN_ROWS } from './row-overlap.js';
import { unqualified } from './temporary-table.js';

const HELD_TAIL = 'pg_temp.tickloom_held_tail';
const CHUNK_START = 'pg_temp.tickloom_chunk_start';

/**
 * A chunk that a limit cut is complete up to its last index timestamp; its rows at that time, the tail, are held but
 * not covered. A later chunk that has rows of the instrument there starts with the tail: those are known, only the
 * further ones are new.
 */
export class TailOverlap {
  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly incoming: IncomingTable,
    private readonly region: HeldRegion,
    private readonly site: ConflictSite,
  ) {}

  /**
   * Fills {@link KNOWN_ROWS} with the ordinals of rows that are the tail of an earlier chunk.
   *
   * @param tails times in ns at which earlier chunks were cut.
   * @param cutAt time at which this chunk itself was cut: there it may have fewer rows than are held.
   * @returns whether there are any.
   * @throws COVERAGE_CONFLICT when the chunk does not start with the tail.
   */
  async findKnown(tails: readonly string[], cutAt: bigint | null, columns: readonly string[]): Promise<boolean> {
    const { incoming, region, session } = this;
    for (const table of [HELD_TAIL, CHUNK_START, KNOWN_ROWS]) await session.query(`drop table if exists ${table}`);
    const key = `r.${region.keyColumn}`;
    const { nanos } = incoming.time();
    const ranked = `row_number() over (partition by ${key}, ${nanos} order by r.chunk_id, r.ordinal)`;
    const shape = `r.*, ${key} as _key, ${nanos} as _ns, ${ranked} as _rank`;
    // The plain timestamp is in the condition for the index; the nanoseconds decide.
    const times = tails.map((ns) => quoteLiteral(formatMicros(BigInt(ns)))).join(', ');
    const atTails = `r.${incoming.timestamp} = any (array[${times}]::timestamptz[]) and not ${region.overlapped(incoming.time())}`;
    const { scope } = region;
    const held = await session.query(
      `create temp table ${unqualified(HELD_TAIL)} on commit drop as
       select ${shape}, ${region.claimed(incoming.time())} as _claimed from ${incoming.target} r
         join ${this.database.table('chunks')} c on c.chunk_id = r.chunk_id and c.dataset = ${quoteLiteral(scope.dataset)}
          and c.covers and c.alias = ${region.alias} and c.chunk_id <> ${scope.chunkId} and c.tail_ns = ${nanos}
         ${region.joins(key)}
        where ${atTails}`,
    );
    if (held.rowCount === 0) return false;
    await session.query(
      `create temp table ${unqualified(CHUNK_START)} on commit drop as
       select t.*, s.held as _held, count(*) over (partition by t._key, t._ns) as _has
         from (select ${shape} from ${incoming.relation} r ${region.joins(key)}
                where ${incoming.ofChunk} and ${atTails}) t
         join (select _key, _ns, count(*) as held from ${HELD_TAIL} group by _key, _ns) s using (_key, _ns)`,
    );
    await this.#refuseShort(cutAt);
    await this.#refuseDifferent(columns);
    const known = await session.query(
      `create temp table ${unqualified(KNOWN_ROWS)} on commit drop as
       select ordinal from ${CHUNK_START} where _rank <= _held`,
    );
    return (known.rowCount ?? 0) > 0;
  }

  async #refuseShort(cutAt: bigint | null): Promise<void> {
    const [short] = await this.session.rows<{ key: string; ns: string; missing: string }>(
      `select _key::text as key, _ns::text as ns, held - coalesce(has, 0) as missing
         from (select _key, _ns, count(*) as held, bool_or(_claimed) as claimed from ${HELD_TAIL} group by _key, _ns) h
         left join (select _key, _ns, count(*) as has from ${CHUNK_START} group by _key, _ns) s using (_key, _ns)
        where (has < held or has is null and claimed) and ($1::bigint is null or _ns <> $1)
        order by _ns, _key limit 1`,
      [cutAt],
    );
    if (short === undefined) return;
    const what = `an earlier chunk ended there with ${count(Number(short.missing), 'row')} more than this one starts with`;
    throw conflict(this.site, short, what);
  }

  async #refuseDifferent(columns: readonly string[]): Promise<void> {
    const list = columns.join(', ');
    const found = await this.session.rows<FoundConflict>(
      `with both_sides as (
         select ${list}, _key, _ns, 1 as _side from ${CHUNK_START} where _rank <= _held
         union all
         select ${columns.map((column) => `t.${column}`).join(', ')}, t._key, t._ns, -1 from ${HELD_TAIL} t
           join (select distinct _key, _ns, _has from ${CHUNK_START}) s using (_key, _ns) where t._rank <= s._has
       ), differing as (
         select ${list}, _key, _ns, sum(_side) as _excess from both_sides group by ${list}, _key, _ns having sum(_side) <> 0
       )
       select ${conflictColumns(columns)} from differing d
        order by _ns, _key, _excess desc limit 20`,
    );
    if (found.length > 0) throw rowConflict(this.site, conflictingRows(columns, found));
  }
}
