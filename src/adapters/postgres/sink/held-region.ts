import type { SymbologyInterval } from '../../../core/symbology/symbology-interval.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteLiteral } from '../identifiers.js';
import { AliasEntries } from './alias-entries.js';
import type { ClaimKeys } from './claim-keys.js';
import { formatMicros, parseMultirange } from './nanos-ranges.js';

/** Whose rows are compared with whose. */
export interface RegionScope {
  readonly dataset: string;
  readonly schema: string;
  readonly chunkId: number;
  /** True when the rows inside the claim take the place of those held: then only the others are compared. */
  readonly replaces: boolean;
}

/** When something stands, as SQL expressions: to the nanosecond, and to the microsecond where it is kept so. */
export interface SqlTime {
  readonly nanos: string;
  readonly micros: string | null;
}

const HELD = 'pg_temp.tickloom_held';
const CLAIMED = 'pg_temp.tickloom_claimed';
/** `intervals` of a row as times, each cut to the microsecond. */
const TIMES = `(select range_agg(tstzrange(${timestampOf('lower(part)')}, ${timestampOf('upper(part)')}))
                  from unnest(intervals) part)`;

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
    /** True when no interval begins or ends within a microsecond: then times need not be taken apart to be compared. */
    private readonly wholeMicros: boolean,
    /** Of continuous symbols: what tells of rejected records, which carry no symbol, under which they came. */
    readonly entries: AliasEntries | null,
  ) {}

  /** @param symbology of the chunk, which is not in the database yet */
  static async read(
    session: Session,
    database: Database,
    keys: ClaimKeys,
    scope: RegionScope,
    symbology: readonly SymbologyInterval[],
  ): Promise<HeldRegion> {
    const keyType = keys.alias ? 'text' : 'bigint';
    for (const table of ['tickloom_held', 'tickloom_claimed']) {
      await session.query(`drop table if exists pg_temp.${table}`);
      await session.query(
        `create temp table ${table}
           (key ${keyType} primary key, intervals int8multirange not null, times tstzmultirange) on commit drop`,
      );
    }
    const coverage = database.table('coverage');
    const which = keys.alias ? `stype_in = 'continuous'` : `stype_in = 'instrument_id' and symbol ~ '^[0-9]{1,10}$'`;
    const { rowCount } = await session.query(
      `insert into ${HELD} select symbol::${keyType}, intervals, ${TIMES} from ${coverage}
        where dataset = $1 and schema = $2 and ${which}`,
      [scope.dataset, scope.schema],
    );
    const { all } = await session.row<{ all: string }>(
      `select coalesce(range_agg(part), '{}')::text as all from ${coverage}, unnest(intervals) part
        where dataset = $1 and schema = $2 and symbol = 'ALL_SYMBOLS' and stype_in <> 'continuous' and not $3`,
      [scope.dataset, scope.schema, keys.alias],
    );
    await session.query(
      `insert into ${CLAIMED} select key, intervals, ${TIMES}
         from unnest($1::${keyType}[], $2::int8multirange[]) claimed (key, intervals)`,
      [keys.keys, keys.intervals],
    );
    const { whole } = await session.row<{ whole: boolean }>(
      `select coalesce(bool_and(lower(part) % 1000 = 0 and upper(part) % 1000 = 0), true) as whole
         from (select intervals from ${HELD} union all select intervals from ${CLAIMED}
               union all select unnest($1::int8multirange[])) everything, unnest(intervals) part`,
      [[all, keys.everything]],
    );
    await session.query(`analyze ${HELD}`);
    await session.query(`analyze ${CLAIMED}`);
    const tables = { held: HELD, claimed: CLAIMED };
    const entries = keys.alias ? await AliasEntries.read(session, database, scope, tables, symbology) : null;
    return new HeldRegion(keys, scope, all, rowCount === 0 && all === '{}', whole, entries);
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
  overlapped(time: SqlTime): string {
    const held = this.#contains('h', this.heldOfAll, time);
    return this.scope.replaces ? `(${held} and not ${this.claimed(time)})` : held;
  }

  /** True where the chunk says that it is complete: what is held there and is not in it is a difference. */
  claimed(time: SqlTime): string {
    return this.#contains('cl', this.keys.everything, time);
  }

  /** {@link claimed} for a DELETE, which takes no outer join: the table to put behind USING, if any, and the condition. */
  claimedRows(key: string, time: SqlTime): { readonly using: string | null; readonly condition: string } {
    if (this.keys.claimsEverything) return { using: null, condition: this.#contains('', this.keys.everything, time) };
    return { using: `${CLAIMED} cl`, condition: `cl.key = ${key} and ${this.claimed(time)}` };
  }

  /** @param table alias of the table with intervals by key; empty without one, when something is held of every key. */
  #contains(table: string, everything: string, { nanos, micros }: SqlTime): string {
    const [time, column, all] =
      this.wholeMicros && micros !== null
        ? [micros, 'times', `${quoteLiteral(formatTimes(everything))}::tstzmultirange`]
        : [nanos, 'intervals', `${quoteLiteral(everything)}::int8multirange`];
    const conditions = [
      ...(table === '' ? [] : [`coalesce((${time}) <@ ${table}.${column}, false)`]),
      ...(everything === '{}' ? [] : [`coalesce((${time}) <@ ${all}, false)`]),
    ];
    return conditions.length === 0 ? 'false' : `(${conditions.join(' or ')})`;
  }
}

/** An int8multirange literal of ns as one of times. Only for bounds on whole microseconds. */
function formatTimes(intervals: string): string {
  const parts = parseMultirange(intervals).map(({ start, end }) => `["${formatMicros(start)}","${formatMicros(end)}")`);
  return `{${parts.join(',')}}`;
}

function timestampOf(nanos: string): string {
  return `timestamptz 'epoch' + (${nanos} / 1000) * interval '1 microsecond'`;
}
