import { TickloomError } from '../../../core/errors/index.js';
import type { SpareConnections } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { BinaryCopy } from './binary-copy.js';
import type { ChunkClaim } from './chunk-claim.js';
import type { IncomingTable } from './incoming-table.js';

/** So much of a chunk goes to the server before it takes a connection more: opening one must be worth its while. */
const PART_BYTES = 32 * 1024 * 1024;
/**
 * How long a part waits for a lock. Whoever has it may be waiting for the chunk's own connection, which waits for this
 * part: the server sees no circle there.
 */
export const PART_LOCK_TIMEOUT_MS = 10_000;

export interface ChunkPartsOptions {
  /** Of the chunk, for messages. */
  readonly source: string;
  readonly spare: SpareConnections;
  readonly signal?: AbortSignal | undefined;
  /** Bytes of tuples before each further connection; default {@link PART_BYTES}. */
  readonly partBytes?: number | undefined;
}

/**
 * The rows of a large chunk that go over connections beside its own, each in a transaction of its own: a part. All of
 * them are with the server before the first is committed, so that a stream that turns out to be cut leaves nothing.
 */
export class ChunkParts {
  readonly #parts: Part[] = [];
  #turn = 0;
  #bytes = 0;
  #opening: Promise<void> | undefined;
  #closed = false;
  #commitBegan = false;

  constructor(
    private readonly database: Database,
    private readonly claim: ChunkClaim,
    private readonly options: ChunkPartsOptions,
  ) {}

  get any(): boolean {
    return this.#parts.length > 0;
  }

  /** True once a part may be there for others to see. */
  get commitBegan(): boolean {
    return this.#commitBegan;
  }

  /**
   * Whose turn it is to take rows: of those that have sent what they had, the next one.
   * @param ownIsBusy the chunk's own connection has not sent all it was given
   * @returns `undefined`: the chunk's own connection
   */
  next(table: IncomingTable, bytes: number, ownIsBusy: boolean): Part | undefined {
    this.#bytes += bytes;
    const { partBytes = PART_BYTES } = this.options;
    const mayOpen = this.#opening === undefined && this.#bytes >= partBytes * (this.#parts.length + 1);
    if (mayOpen && this.options.spare.take()) this.#opening = this.#open(table);
    const takers: (Part | undefined)[] = [undefined, ...this.#parts.filter((part) => part.table === table)];
    const isBusy = (taker: Part | undefined): boolean => (taker === undefined ? ownIsBusy : taker.isBusy);
    const turns = takers.map((_, index) => (this.#turn + 1 + index) % takers.length);
    this.#turn = turns.find((turn) => !isBusy(takers[turn])) ?? (turns[0] as number);
    return takers[this.#turn];
  }

  /** Ends their COPYs. Afterwards all rows are with the server, and nothing is committed. */
  async finish(): Promise<void> {
    await this.#opening;
    await allOf(this.#parts.map((part) => part.finish()));
  }

  /** Makes their rows true, the first with what `note` writes in its transaction. */
  async commit(note: (session: Session, table: IncomingTable) => Promise<void>): Promise<void> {
    const [first, ...others] = this.#parts;
    if (first === undefined) return;
    await note(first.session, first.table);
    this.#commitBegan = true;
    await first.session.query('commit');
    await allOf(others.map((part) => part.session.query('commit')));
  }

  /** Gives the connections back; what is not committed is rolled back. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#opening;
    const parts = this.#parts.splice(0);
    await Promise.all(parts.map((part) => part.close()));
    parts.forEach(() => this.options.spare.giveBack());
  }

  /** Never fails: without it the chunk goes on as it is, and does not try again. */
  async #open(table: IncomingTable): Promise<void> {
    const { spare, source, signal } = this.options;
    let session: Session | undefined;
    try {
      session = await this.database.session({ signal, doing: `loading a part of "${source}"`, loading: true });
      await session.query('begin isolation level read committed');
      await session.query(`set local lock_timeout = ${PART_LOCK_TIMEOUT_MS}`);
      await this.claim.enterPart(session);
      this.#parts.push(new Part(session, table));
      this.#opening = undefined;
    } catch {
      // as many as the server allows, or an error that the chunk's own connection will meet as well
      session?.release({ discard: true });
      spare.giveBack();
    }
  }
}

/** Some of the rows of a chunk, on their way over a connection of their own. */
class Part {
  #copy: BinaryCopy | undefined;
  #sent = 0;
  #finished = false;

  constructor(
    readonly session: Session,
    readonly table: IncomingTable,
  ) {}

  get isBusy(): boolean {
    return this.#copy?.isSending ?? false;
  }

  async write(tuples: Uint8Array, rows: number): Promise<void> {
    this.#copy ??= new BinaryCopy(this.session, this.table.relation, this.table.columnNames);
    this.#sent += rows;
    await this.#copy.write(tuples);
  }

  async finish(): Promise<void> {
    const taken = (await this.#copy?.finish()) ?? 0;
    this.#finished = true;
    if (taken !== this.#sent) {
      throw new TickloomError('INVARIANT', `the server took ${taken} rows of a part, sent were ${this.#sent}`, {
        context: { table: this.table.spec.name },
      });
    }
    this.table.rows += taken;
  }

  async close(): Promise<void> {
    const { session } = this;
    let clean = false;
    try {
      if (!this.#finished) await this.#copy?.abort();
      // after a commit it does nothing
      if (!session.isGone) await session.query('rollback');
      clean = true;
    } catch {
      // Closing the connection rolls back as well.
    } finally {
      session.release({ discard: !clean });
    }
  }
}

/** Waits for all, whatever becomes of them. @throws the first error */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
