import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteLiteral } from '../identifiers.js';
import {
  conflictColumns,
  conflictingRows,
  type ConflictSite,
  type FoundConflict,
  rowConflict,
} from './coverage-conflict.js';
import type { HeldRegion } from './held-region.js';
import type { IncomingTable } from './incoming-table.js';
import { KNOWN_ROWS } from './row-overlap.js';
import { unqualified } from './temporary-table.js';

const HELD_BEYOND = 'pg_temp.tickloom_held_beyond';
const CHUNK_THERE = 'pg_temp.tickloom_chunk_there';

/**
 * Rows that earlier chunks have outside of the range of their headers: held, but not covered. A later chunk that has the
 * same records does not bring them again; one that says it is complete there must have them.
 */
export class RowsBeyond {
  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly incoming: IncomingTable,
    private readonly region: HeldRegion,
    private readonly site: ConflictSite,
  ) {}

  /**
   * Adds the ordinals of rows that are such to {@link KNOWN_ROWS}, which may be there already.
   *
   * @returns whether there are any.
   * @throws COVERAGE_CONFLICT when the chunk lacks one where it is complete.
   */
  async findKnown(columns: readonly string[]): Promise<boolean> {
    const { incoming, region, session } = this;
    for (const table of [HELD_BEYOND, CHUNK_THERE]) await session.query(`drop table if exists ${table}`);
    const list = columns.join(', ');
    const time = incoming.time();
    const nth = `row_number() over (partition by ${list}, _key order by chunk_id, ordinal)`;
    const shape = (from: string, where: string): string =>
      `select ${list}, _key, _ns, _claimed, ordinal, ${nth} as _nth from (
         select r.*, r.${region.keyColumn} as _key, ${time.nanos} as _ns, ${region.claimed(time)} as _claimed
           from ${from} ${region.joins(`r.${region.keyColumn}`)}
          where not ${region.overlapped(time)} and ${where}) r`;
    const { dataset, chunkId } = region.scope;
    const chunks = this.database.table('chunks');
    const held = await session.query(
      `create temp table ${unqualified(HELD_BEYOND)} on commit drop as ${shape(
        `${incoming.target} r join ${chunks} c on c.chunk_id = r.chunk_id and c.dataset = ${quoteLiteral(dataset)}
            and c.covers and c.alias = ${region.alias} and c.chunk_id <> ${chunkId} and not isempty(c.beyond)`,
        `${time.nanos} <@ c.beyond`,
      )}`,
    );
    if (held.rowCount === 0) return false;
    await session.query(
      `create temp table ${unqualified(CHUNK_THERE)} on commit drop as ${shape(
        `${incoming.relation} r`,
        `${incoming.ofChunk} and ${time.nanos} in (select _ns from ${HELD_BEYOND})`,
      )}`,
    );
    const same = `(${['_nth', ...columns].map((column) => `h.${column}`).join(', ')})
      is not distinct from (${['_nth', ...columns].map((column) => `t.${column}`).join(', ')})`;
    const lacking = await session.rows<FoundConflict>(
      `select ${conflictColumns(columns)} from (
         select h.*, -1 as _excess from ${HELD_BEYOND} h
          where h._claimed and not exists (select from ${CHUNK_THERE} t where t._key = h._key and ${same})) d
        order by _ns, _key limit 20`,
    );
    if (lacking.length > 0) throw rowConflict(this.site, conflictingRows(columns, lacking));
    await session.query(`create temp table if not exists ${unqualified(KNOWN_ROWS)} (ordinal bigint) on commit drop`);
    const known = await session.query(
      `insert into ${KNOWN_ROWS}
       select t.ordinal from ${CHUNK_THERE} t join ${HELD_BEYOND} h on h._key = t._key and ${same}
       except select ordinal from ${KNOWN_ROWS}`,
    );
    return (known.rowCount ?? 0) > 0;
  }
}
