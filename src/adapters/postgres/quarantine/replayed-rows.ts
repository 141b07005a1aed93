import { Digest } from '../../../core/digest/digest.js';
import { TickloomError } from '../../../core/errors/index.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { ReplayChunk } from '../../../core/quarantine/replay-store.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { quoteLiteral } from '../identifiers.js';
import { BinaryCopy } from '../sink/binary-copy.js';
import { digestsOfRows } from '../sink/held-digests.js';
import { IncomingTable } from '../sink/incoming-table.js';

const KNOWN = 'tickloom_replay_known';
/** The rows may be equal to those of a chunk of any of them. */
const DBN_VERSIONS = [1, 2, 3];

/** Records of one table that were quarantined and are rows now: beside the table until it is known which are new. */
export class ReplayedRows {
  readonly #incoming: IncomingTable;
  readonly #digest = new Digest();
  #created = false;

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    table: TableSpec,
    private readonly chunk: ReplayChunk,
  ) {
    this.#incoming = new IncomingTable(database, table, chunk.chunkId, true);
  }

  async write(tuples: Uint8Array, rows: number): Promise<void> {
    const { session } = this;
    if (!this.#created) await this.#incoming.create(session);
    this.#created = true;
    this.#incoming.hasher.addTuples(this.#digest, tuples, rows);
    const copy = new BinaryCopy(session, this.#incoming.relation, this.#incoming.columnNames);
    await copy.write(tuples);
    const taken = await copy.finish();
    if (taken !== rows) throw new TickloomError('INVARIANT', `the server took ${taken} rows, sent were ${rows}`);
    this.#incoming.rows += rows;
  }

  /** Moves those into the table that no later chunk has brought. @returns how many they are, and their digest */
  async moveIn(): Promise<{ readonly rows: number; readonly digest: Digest }> {
    const { relation, target, columns, rows, spec } = this.#incoming;
    const known = await this.#findKnown();
    const isNew = `not exists (select from pg_temp.${KNOWN} k where k.ordinal = r.ordinal)`;
    const inserted = await this.session.query(
      `insert into ${target} (${columns})
       select ${spec.columns.map(({ name }) => `r."${name}"`).join(', ')} from ${relation} r where ${isNew}`,
    );
    if (known === 0) return { rows, digest: this.#digest };
    const digests = await digestsOfRows(this.session, spec, `${relation} r where ${isNew}`);
    return { rows: inserted.rowCount ?? 0, digest: digests.get(this.chunk.chunkId) ?? new Digest() };
  }

  /**
   * What a chunk covers nobody else brings: such rows are new. Beyond it (at the tail that a limit left, or of a chunk
   * that covers nothing) a later chunk may have brought the very same record as a row. Equal records are matched one by
   * one, as often as the others have them. Rows that are replayed themselves do not count: when their chunk was loaded
   * what was in quarantine here already was not taken a second time.
   */
  async #findKnown(): Promise<number> {
    const { session, chunk } = this;
    const incoming = this.#incoming;
    const chunks = this.database.table('chunks');
    const compared = [...incoming.comparedColumns(DBN_VERSIONS), ...(chunk.alias ? ['symbol'] : [])].join(', ');
    await session.query(`drop table if exists pg_temp.${KNOWN}`);
    const found = await session.query(
      `create temp table ${KNOWN} on commit drop as
       with fresh as (
         select r.* from ${incoming.relation} r join ${chunks} own on own.chunk_id = ${chunk.chunkId}
          where not coalesce((${incoming.time().nanos}) <@ own.covered, false)
       ), both_sides as (
         select ${compared}, ordinal, 0 as held from fresh
         union all
         select ${compared}, null, 1 from (
           select r.* from ${incoming.target} r join ${chunks} c on c.chunk_id = r.chunk_id
             and c.dataset = ${quoteLiteral(chunk.dataset)} and c.status = 'loaded' and c.covers
             and c.alias = ${chunk.alias} and c.chunk_id <> ${chunk.chunkId}
            where r.${incoming.timestamp} between (select min(${incoming.timestamp}) from fresh)
                                              and (select max(${incoming.timestamp}) from fresh)
              and not exists (select from ${this.database.table('quarantine')} q
                               where q.chunk_id = r.chunk_id and q.ordinal = r.ordinal)) others
       ), ranked as (
         select ordinal, sum(held) over (partition by ${compared}) as others,
                row_number() over (partition by ${compared}, held order by ordinal) as nth
           from both_sides
       )
       select ordinal from ranked where ordinal is not null and nth <= others`,
    );
    return found.rowCount ?? 0;
  }
}
