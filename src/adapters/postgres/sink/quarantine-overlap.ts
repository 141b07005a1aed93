import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { conflict, type ConflictSite, count } from './coverage-conflict.js';
import type { HeldRegion, SqlTime } from './held-region.js';
import type { IncomingTable } from './incoming-table.js';

/** How the records of a chunk stand on the wire: entries of another kind cannot be compared byte by byte. */
export interface WireForm {
  readonly version: number;
  readonly tsOut: boolean;
}

/** Of an entry `q`. */
const TIME: SqlTime = { nanos: 'q.index_ns', micros: null };

/**
 * Compares the quarantine entries of a chunk, where they overlap what is held, with the entries held. Those that were
 * dropped by hand may be missing in neither: they are known, but nobody expects them.
 */
export class QuarantineOverlap {
  readonly #table: string;
  readonly #chunks: string;

  constructor(
    private readonly session: Session,
    database: Database,
    private readonly region: HeldRegion,
    private readonly incoming: IncomingTable,
    private readonly form: WireForm,
  ) {
    this.#table = database.table('quarantine');
    this.#chunks = database.table('chunks');
  }

  /** @throws COVERAGE_CONFLICT when what overlaps is not held, or something held is missing in the chunk. */
  async compare(site: ConflictSite): Promise<void> {
    const { scope, entries } = this.region;
    const { record, counts } = await this.#comparison();
    // Where it is not known under which continuous symbol a rejected record came, its absence says nothing.
    const claimed = entries?.surelyClaimed() ?? this.region.claimed(TIME);
    const [first] = await this.session.rows<{ key: string; ns: string; fresh: string; open: string; dropped: string }>(
      `select q.instrument_id::text as key, q.index_ns::text as ns,
              count(*) filter (where q.chunk_id = $3) as fresh,
              count(*) filter (where q.chunk_id <> $3 and q.state = 'open') as open,
              count(*) filter (where q.chunk_id <> $3 and q.state = 'dropped') as dropped
         from ${this.#table} q
         join ${this.#chunks} c on c.chunk_id = q.chunk_id and c.dataset = $1 and ${this.#relevant()}
         ${this.region.joins(this.#key())}
        where q.schema = $2 and q.state <> 'replayed' and ${this.#overlapped()}
        group by q.instrument_id, q.index_ns, ${record}
       having ${counts('q.chunk_id = $3')} > ${counts('q.chunk_id <> $3')}
           or (bool_and(${claimed}) and ${counts('q.chunk_id = $3')} < ${counts(`q.chunk_id <> $3 and q.state = 'open'`)})
        order by q.index_ns, q.instrument_id limit 1`,
      [scope.dataset, scope.schema, scope.chunkId],
    );
    if (first === undefined) return;
    const fresh = Number(first.fresh);
    const held = Number(first.open);
    const what =
      fresh > held
        ? `the chunk has ${count(fresh, 'rejected record')}, of which the database holds ${held}`
        : `the database holds ${count(held, 'rejected record')}, of which the chunk has ${fresh}`;
    throw conflict({ ...site, table: 'quarantine', keyColumn: 'instrument_id' }, first, what);
  }

  /**
   * Takes the entries away that are held already.
   * @param beyond whether chunks may have some outside of what they cover
   * @returns how many.
   */
  async keepNew(tails: readonly string[], beyond: boolean): Promise<number> {
    const { scope } = this.region;
    const overlapping = await this.session.query(
      `delete from ${this.#table} where quarantine_id in (
         select q.quarantine_id from ${this.#table} q join ${this.#chunks} c on c.chunk_id = q.chunk_id
         ${this.region.joins(this.#key())}
          where q.chunk_id = $1 and q.schema = $2 and ${this.#overlapped()})`,
      [scope.chunkId, scope.schema],
    );
    // At a tail, outside of what an earlier chunk covers, or without a time: known only when the very same bytes are held.
    const known = await this.session.query(
      `with entries as (
         select q.quarantine_id, q.chunk_id = $2 as fresh, q.instrument_id, q.index_ns, q.record,
                row_number() over (partition by q.chunk_id = $2, q.instrument_id, q.index_ns, q.record
                                   order by q.ordinal) as nth
           from ${this.#table} q join ${this.#chunks} c on c.chunk_id = q.chunk_id
          where c.dataset = $1 and q.schema = $3 and q.state <> 'replayed' and ${this.#relevant()}
            and (q.index_ns is null or q.index_ns = any ($4::bigint[]) and (q.chunk_id = $2 or c.tail_ns = q.index_ns)
                 or $5 and (q.chunk_id = $2 or q.index_ns <@ c.beyond))
       )
       delete from ${this.#table} where quarantine_id in (
         select f.quarantine_id from entries f join entries h
             on f.fresh and not h.fresh and h.instrument_id = f.instrument_id and h.record = f.record
            and h.nth = f.nth and h.index_ns is not distinct from f.index_ns)`,
      [scope.dataset, scope.chunkId, scope.schema, tails, beyond],
    );
    return (overlapping.rowCount ?? 0) + (known.rowCount ?? 0);
  }

  /**
   * What is compared. Bytes say the same only in the same form; between others the count per instrument and time has to
   * do. Where versions lack columns, one record there may be several here, a spread one for each leg: then all
   * that can be said is whether there is any.
   */
  async #comparison(): Promise<{ readonly record: string; readonly counts: (where: string) => string }> {
    const { scope } = this.region;
    const { version, tsOut } = this.form;
    const { mixed, versions } = await this.session.row<{ mixed: boolean; versions: number[] }>(
      `select coalesce(bool_or((c.dbn_version, c.ts_out) is distinct from ($3::smallint, $4::boolean)), false) as mixed,
              coalesce(array_agg(distinct c.dbn_version::int), '{}') as versions
         from ${this.#table} q join ${this.#chunks} c on c.chunk_id = q.chunk_id
         ${this.region.joins(this.#key())}
        where c.dataset = $1 and q.schema = $2 and q.state <> 'replayed' and ${this.#relevant()} and ${this.#overlapped()}`,
      [scope.dataset, scope.schema, version, tsOut],
    );
    const varies = this.incoming.otherColumns([version, ...versions]).length > 0;
    return {
      record: mixed ? `''::bytea` : 'q.record',
      counts: (where) => {
        const count = `count(*) filter (where ${where})`;
        return varies ? `least(${count}, 1)` : count;
      },
    };
  }

  /** The chunk itself, and those whose entries are held in the sense of coverage. */
  #relevant(): string {
    const { alias, entries, scope } = this.region;
    const sharing = entries === null ? '' : ` and ${entries.sharesAsks()}`;
    return `(c.chunk_id = ${scope.chunkId} or c.covers and c.alias = ${alias}${sharing})`;
  }

  #key(): string {
    return this.region.alias ? 'null::text' : 'q.instrument_id';
  }

  #overlapped(): string {
    const { entries, scope } = this.region;
    return entries?.overlapped({ fresh: scope.replaces }) ?? this.region.overlapped(TIME);
  }
}
