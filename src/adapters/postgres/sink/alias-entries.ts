import type { SymbologyInterval } from '../../../core/symbology/symbology-interval.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { NANOS_PER_DAY } from './nanos-ranges.js';

const MEANT = 'pg_temp.tickloom_meant';
/** Days that int8 has nanoseconds for. */
const [FIRST_DATE, LAST_DATE] = ['1700-01-01', '2262-04-11'];

/** Temporary tables of a region, by key: what is held, and what the chunk claims. */
export interface RegionTables {
  readonly held: string;
  readonly claimed: string;
}

/**
 * SQL conditions that say under which continuous symbols rejected records came. A row has its symbol; a quarantine
 * entry has its instrument only, which the symbology of the chunk that it came in leads back to a symbol. They are of an
 * entry `q` and its chunk `c`. An entry of an instrument that none of the chunk's symbols meant on its day may have come
 * under any of them.
 */
export class AliasEntries {
  private constructor(
    private readonly chunkId: number,
    private readonly tables: RegionTables,
  ) {}

  /** @param symbology of the chunk that is loaded, which is not in the database yet */
  static async read(
    session: Session,
    database: Database,
    scope: { readonly dataset: string; readonly chunkId: number },
    tables: RegionTables,
    symbology: readonly SymbologyInterval[],
  ): Promise<AliasEntries> {
    const fresh = symbology.filter(({ dataset, stypeIn }) => dataset === scope.dataset && stypeIn === 'continuous');
    await session.query(`drop table if exists ${MEANT}`);
    await session.query(
      `create temp table tickloom_meant (key text, instrument_id bigint, intervals int8multirange, primary key (key, instrument_id))
       on commit drop`,
    );
    await session.query(
      `insert into ${MEANT}
       select symbol, instrument_id, range_agg(int8range(${nanosOf('start_date')}, ${nanosOf('end_date')}))
         from (select symbol, instrument_id, start_date, end_date from ${database.table('symbology')}
                where dataset = $1 and stype_in = 'continuous'
               union all select * from unnest($2::text[], $3::bigint[], $4::date[], $5::date[])) known
            (symbol, instrument_id, start_date, end_date)
        where start_date < end_date group by symbol, instrument_id`,
      [
        scope.dataset,
        fresh.map(({ symbol }) => symbol),
        fresh.map(({ instrumentId }) => instrumentId),
        fresh.map(({ startDate }) => startDate),
        fresh.map(({ endDate }) => endDate),
      ],
    );
    return new AliasEntries(scope.chunkId, tables);
  }

  /** True for a chunk that was asked for one of the symbols that this one claims. */
  sharesAsks(): string {
    return `exists (select from jsonb_array_elements(c.asks) a join ${this.tables.claimed} b on b.key = a ->> 'symbol')`;
  }

  /** True where what stands at its time is held under the symbol; with `fresh` not where the chunk claims it. */
  overlapped({ fresh }: { readonly fresh: boolean }): string {
    const { held, claimed } = this.tables;
    const condition = fresh ? ' and not q.index_ns <@ b.intervals' : '';
    return `exists (select from ${held} a join ${claimed} b using (key)
                     where q.index_ns <@ a.intervals${condition} and ${this.#asked('b.key')} and ${this.#cameUnder('b.key')})`;
  }

  /** True where the chunk says that it is complete, of the symbol that an entry came under for certain. */
  surelyClaimed(): string {
    return this.#claimed(this.#meant('b.key'));
  }

  /** True where the chunk says that it is complete, of a symbol that an entry may have come under. */
  claimed(): string {
    return this.#claimed(this.#cameUnder('b.key'));
  }

  #claimed(cameUnder: string): string {
    return `exists (select from ${this.tables.claimed} b
                     where q.index_ns <@ b.intervals and ${this.#asked('b.key')} and ${cameUnder})`;
  }

  #cameUnder(key: string): string {
    const unmapped = `not exists (select from ${MEANT} u
       where u.instrument_id = q.instrument_id and q.index_ns <@ u.intervals and ${this.#asked('u.key')})`;
    return `(${this.#meant(key)} or ${unmapped})`;
  }

  #meant(key: string): string {
    return `exists (select from ${MEANT} m
       where m.key = ${key} and m.instrument_id = q.instrument_id and q.index_ns <@ m.intervals)`;
  }

  /** Whether the entry's chunk was asked for a symbol; the ledger does not yet have the asks of the one that is loaded. */
  #asked(key: string): string {
    return `case when c.chunk_id = ${this.chunkId} then ${key} in (select y.key from ${this.tables.claimed} y)
                 else c.asks @> jsonb_build_array(jsonb_build_object('symbol', ${key})) end`;
  }
}

/** Midnight of a date in nanoseconds; `null`, which is no bound, where an int8 has none. */
function nanosOf(date: string): string {
  return `case when ${date} between '${FIRST_DATE}' and '${LAST_DATE}' then (${date} - date '1970-01-01') * ${NANOS_PER_DAY} end`;
}
