import { Digest } from '../../../core/digest/digest.js';
import { entryHasher } from '../../../core/digest/hashers.js';
import { TickloomError } from '../../../core/errors/index.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Rejection } from '../../../core/quarantine/rejection.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { BinaryCopy } from './binary-copy.js';
import { BinaryTuple } from './binary-tuple.js';
import type { ChunkParts } from './chunk-parts.js';
import { IncomingTable } from './incoming-table.js';

/** Told of each table before its first rows. */
export type BeforeRows = (table: TableSpec) => Promise<void>;

const QUARANTINE_COLUMNS = [
  'chunk_id',
  'ordinal',
  'schema',
  'instrument_id',
  'index_ns',
  'record',
  'reasons',
  'plugin',
  'plugin_version',
];
const ENTRY_HASHER = entryHasher(QUARANTINE_COLUMNS);
/** Rejections gather up to here, because each change of table costs a round trip. */
const QUARANTINE_BUFFER_BYTES = 1024 * 1024;
const LARGEST_INT8 = 2n ** 63n - 1n;

/**
 * Takes the rows and rejections of one chunk in, by COPY, one table at a time; of a large chunk some of the rows over
 * further connections.
 */
export class IncomingRows {
  readonly tables = new Map<string, IncomingTable>();
  rejected = 0;
  /** Of all rows and of all rejections that came, whatever becomes of them. */
  readonly rowDigest = new Digest();
  readonly quarantineDigest = new Digest();
  #copy: { readonly stream: BinaryCopy; readonly into: IncomingTable | 'quarantine' } | undefined;
  #sent = 0;
  #rejections: Buffer[] = [];
  #rejectionBytes = 0;

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly chunkId: number,
    private readonly staged: boolean,
    private readonly beforeRows: BeforeRows = async () => undefined,
    /** Where some of the rows go once there are many; absent: all go over the chunk's own connection. */
    private readonly parts?: ChunkParts,
  ) {}

  async write(spec: TableSpec, tuples: Uint8Array, rows: number, digest?: Digest): Promise<void> {
    let table = this.tables.get(spec.name);
    if (table === undefined) {
      table = new IncomingTable(this.database, spec, this.chunkId, this.staged);
      await this.#endCopy();
      await this.beforeRows(spec);
      await table.create(this.session);
      this.tables.set(spec.name, table);
    }
    const part = this.parts?.next(table, tuples.length, this.#copy?.stream.isSending ?? false);
    const copied = part === undefined ? this.#copyInto(table, tuples, rows) : part.write(tuples, rows);
    // while the server is busy with them
    if (digest === undefined) table.hasher.addTuples(this.rowDigest, tuples, rows);
    else this.rowDigest.add(digest);
    await copied;
  }

  /** Rows that the server took, in all tables. */
  get rows(): number {
    return [...this.tables.values()].reduce((total, { rows }) => total + rows, 0);
  }

  get isEmpty(): boolean {
    return this.rows === 0 && this.rejected === 0;
  }

  /** A table that no row came for, to compare with what is held there. */
  emptyTable(spec: TableSpec): IncomingTable {
    return new IncomingTable(this.database, spec, this.chunkId, false);
  }

  async quarantine(rejections: readonly Rejection[]): Promise<void> {
    for (const rejection of rejections) {
      const tuple = this.#tupleOf(rejection);
      ENTRY_HASHER.addTuples(this.quarantineDigest, tuple, 1);
      this.#rejections.push(tuple);
      this.#rejectionBytes += tuple.length;
    }
    if (this.#rejectionBytes >= QUARANTINE_BUFFER_BYTES) await this.#flushQuarantine();
  }

  /** Sends what is left. Afterwards the connections are free for statements. */
  async finish(): Promise<void> {
    await this.#flushQuarantine();
    await this.#endCopy();
    await this.parts?.finish();
  }

  async abort(): Promise<void> {
    await this.#copy?.stream.abort();
    this.#copy = undefined;
  }

  async #flushQuarantine(): Promise<void> {
    if (this.#rejections.length === 0) return;
    const tuples = Buffer.concat(this.#rejections);
    const rows = this.#rejections.length;
    this.#rejections = [];
    this.#rejectionBytes = 0;
    await this.#copyInto('quarantine', tuples, rows);
  }

  async #copyInto(into: IncomingTable | 'quarantine', tuples: Uint8Array, rows: number): Promise<void> {
    if (this.#copy?.into !== into) {
      // without a pause where there is nothing to end, so that the server gets its first rows at once
      if (this.#copy !== undefined) await this.#endCopy();
      const [relation, columns] =
        into === 'quarantine'
          ? [this.database.table('quarantine'), QUARANTINE_COLUMNS]
          : [into.relation, into.columnNames];
      this.#copy = { stream: new BinaryCopy(this.session, relation, columns), into };
    }
    this.#sent += rows;
    await this.#copy.stream.write(tuples);
  }

  async #endCopy(): Promise<void> {
    if (this.#copy === undefined) return;
    const { stream, into } = this.#copy;
    const taken = await stream.finish();
    this.#copy = undefined;
    if (taken !== this.#sent) {
      throw new TickloomError('INVARIANT', `the server took ${taken} rows, sent were ${this.#sent}`, {
        context: { table: into === 'quarantine' ? into : into.spec.name },
      });
    }
    this.#sent = 0;
    if (into === 'quarantine') this.rejected += taken;
    else into.rows += taken;
  }

  #tupleOf(rejection: Rejection): Buffer {
    const { indexTimestamp } = rejection;
    return new BinaryTuple(QUARANTINE_COLUMNS.length)
      .int8(this.chunkId)
      .int8(rejection.ordinal)
      .text(rejection.schema)
      .int8(rejection.instrumentId)
      .int8(indexTimestamp !== null && indexTimestamp > LARGEST_INT8 ? null : indexTimestamp)
      .bytes(rejection.bytes)
      .jsonb(rejection.reasons)
      .text(rejection.plugin)
      .text(rejection.pluginVersion)
      .build();
  }
}
