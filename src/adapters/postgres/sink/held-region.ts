import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteLiteral } from '../identifiers.js';
import type { ClaimKeys } from './claim-keys.js';

/** Whose rows are compared with whose. */
export interface RegionScope {
  readonly dataset: string;
  readonly schema: string;
  readonly chunkId: number;
  /** True when the rows inside the claim take the place of those held: then only the others are compared. */
  readonly replaces: boolean;
}

const HELD = 'pg_temp.tickloom_held';
const CLAIMED = 'pg_temp.tickloom_claimed';

/**
 * What coverage holds and what a chunk claims, of one dataset and schema, as temporary tables, and the SQL conditions
 * that ask of a key and a time whether they lie in it.
 */
export class HeldRegion {
  private constructor(
    private readonly keys: ClaimKeys,
    readonly scope: RegionScope,
    /** int8multirange literals of what is held of every instrument, and of whether anything is held at all. */
    private readonly heldOfAll: string,
    readonly isEmpty: boolean,
  ) {}

  static async read(session: Session, database: Database, keys: ClaimKeys, scope: RegionScope): Promise<HeldRegion> {
    const keyType = keys.alias ? 'text' : 'bigint';
    for (const table of ['tickloom_held', 'tickloom_claimed']) {
      await session.query(`drop table if exists pg_temp.${table}`);
      await session.query(
        `create temp table ${table} (key ${keyType} primary key, intervals int8multirange not null) on commit drop`,
      );
    }
    const coverage = database.table('coverage');
    const which = keys.alias ? `stype_in = 'continuous'` : `stype_in = 'instrument_id' and symbol ~ '^[0-9]{1,10}$'`;
    const { rowCount } = await session.query(
      `insert into ${HELD} select symbol::${keyType}, intervals from ${coverage}
        where dataset = $1 and schema = $2 and ${which}`,
      [scope.dataset, scope.schema],
    );
    const { all } = await session.row<{ all: string }>(
      `select coalesce(range_agg(part), '{}')::text as all from ${coverage}, unnest(intervals) part
        where dataset = $1 and schema = $2 and symbol = 'ALL_SYMBOLS' and stype_in <> 'continuous' and not $3`,
      [scope.dataset, scope.schema, keys.alias],
    );
    await session.query(`insert into ${CLAIMED} select * from unnest($1::${keyType}[], $2::int8multirange[])`, [
      keys.keys,
      keys.intervals,
    ]);
    await session.query(`analyze ${HELD}`);
    await session.query(`analyze ${CLAIMED}`);
    return new HeldRegion(keys, scope, all, rowCount === 0 && all === '{}');
  }

  /** Name of the column that is the key. */
  get keyColumn(): string {
    return this.keys.alias ? 'symbol' : 'instrument_id';
  }

  get alias(): boolean {
    return this.keys.alias;
  }

  /** Joins that {@link overlapped} and {@link claimed} need, for a key expression. */
  joins(key: string): string {
    return `left join ${HELD} h on h.key = ${key} left join ${CLAIMED} cl on cl.key = ${key}`;
  }

  /** True where what stands at this time is held, and must be shown to be the same. */
  overlapped(nanos: string): string {
    const held = containment(nanos, 'h.intervals', this.heldOfAll);
    return this.scope.replaces ? `(${held} and not ${this.claimed(nanos)})` : held;
  }

  /** {@link overlapped} for records whose key is not known: by any of the keys that the chunk claims. */
  overlappedByAny(nanos: string): string {
    const fresh = this.scope.replaces ? ` and not (${nanos}) <@ b.intervals` : '';
    return `exists (select from ${HELD} a join ${CLAIMED} b using (key) where (${nanos}) <@ a.intervals${fresh})`;
  }

  /** {@link claimed} for records whose key is not known. */
  claimedByAny(nanos: string): string {
    return `exists (select from ${CLAIMED} b where (${nanos}) <@ b.intervals)`;
  }

  /** True for a chunk, by its alias, that was asked for one of the keys that this one claims. */
  sharesAsks(chunk: string): string {
    return `exists (select from jsonb_array_elements(${chunk}.asks) a join ${CLAIMED} b on b.key = a ->> 'symbol')`;
  }

  /** True where the chunk says that it is complete: what is held there and is not in it is a difference. */
  claimed(nanos: string): string {
    return containment(nanos, 'cl.intervals', this.keys.everything);
  }
}

function containment(nanos: string, column: string, everything: string): string {
  const all =
    everything === '{}' ? '' : ` or coalesce((${nanos}) <@ ${quoteLiteral(everything)}::int8multirange, false)`;
  return `(coalesce((${nanos}) <@ ${column}, false)${all})`;
}
