import type { CoverageClaim } from '../../../core/coverage/coverage-claim.js';
import { Digest } from '../../../core/digest/digest.js';
import { asTickloomError, TickloomError } from '../../../core/errors/index.js';
import { servesMore } from '../../../core/ledger/serves-more.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Rejection } from '../../../core/quarantine/rejection.js';
import type { RecordCounts } from '../../../core/report/counts.js';
import type { ChunkHead, ChunkLoad, ChunkTail, Settlement } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import type { ChunkClaim } from './chunk-claim.js';
import type { ChunkDigests, ChunkLedger } from './chunk-ledger.js';
import type { ChunkParts } from './chunk-parts.js';
import { ChunkSettlement, type Settled } from './chunk-settlement.js';
import type { ClaimArea } from './claim-area.js';
import { ClaimKeys } from './claim-keys.js';
import type { ProbeResult } from './coverage-probe.js';
import { addCoverage, addSymbology, coverageHolds } from './coverage-store.js';
import { digestsOfEntries, digestsOfRows } from './held-digests.js';
import type { IncomingRows } from './incoming-rows.js';
import { holdsSameRecords } from './same-records.js';
import { noteFinished, noteUnfinished, removeUnfinished } from './unfinished-chunks.js';

/** What a load is made from; its transaction is open, its claim taken. */
export interface LoadParts {
  readonly session: Session;
  readonly claim: ChunkClaim;
  /** Claims what the chunk turned out to bring beyond its header. @throws DATABASE_CONFLICT */
  readonly extend: (areas: readonly ClaimArea[]) => Promise<void>;
  readonly ledger: ChunkLedger;
  readonly incoming: IncomingRows;
  readonly probed: ProbeResult;
  /** Where it may be loaded over further connections. */
  readonly parts: ChunkParts | undefined;
  /** Told that the next attempt at this chunk had better go over one connection. */
  readonly notInParts: () => void;
}

/** What of a chunk stays in the tables. */
interface Kept {
  readonly keys: Settled['keys'];
  readonly digests: ChunkDigests;
}

/**
 * One chunk on its way into PostgreSQL: one connection, one transaction. Parts of a large one go over further
 * connections; their transactions end just before this one, which makes the chunk loaded, or never ends: then the rows
 * of the others are deleted by whoever comes next.
 */
export class PostgresChunkLoad implements ChunkLoad {
  #state: 'open' | 'same-content' | 'settled' | 'closed' = 'open';
  #settled: { readonly tail: ChunkTail; readonly records: RecordCounts; readonly kept?: Kept } | undefined;

  constructor(
    private readonly database: Database,
    readonly chunkId: number,
    private readonly head: ChunkHead,
    private readonly parts: LoadParts,
  ) {}

  async write(table: TableSpec, tuples: Uint8Array, rows: number, digest?: Digest): Promise<void> {
    await this.#watched(() => this.parts.incoming.write(table, tuples, rows, digest));
  }

  async quarantine(rejections: readonly Rejection[]): Promise<void> {
    await this.parts.incoming.quarantine(rejections);
  }

  async settle(tail: ChunkTail): Promise<Settlement> {
    return this.#watched(() => this.#settle(tail));
  }

  /** What a chunk in parts fails by may be that it is in parts. */
  async #watched<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (this.parts.parts?.any === true && asTickloomError(thrown).code === 'DATABASE_CONFLICT')
        this.parts.notInParts();
      throw thrown;
    }
  }

  async #settle(given: ChunkTail): Promise<Settlement> {
    const { session, ledger, incoming, probed, extend, parts } = this.parts;
    await incoming.finish();
    const inParts = parts?.any ?? false;
    // Where every record was one that no plugin serves, nothing is complete: the plugin may come later.
    const unserved = given.unsupported > 0 && incoming.isEmpty;
    const tail = unserved ? { ...given, claim: null } : given;
    const same = await ledger.findSameContent(tail.contentSha256);
    const { decoded, control, unsupported } = tail;
    // A plugin that came since serves records of it: they are loaded, and the others are found to be there.
    const plugins = (tail.plugins ?? []).map(({ name }) => name);
    const more = same !== undefined && servesMore({ unsupported, plugins }, same);
    // Without a claim there is nothing to force: such a chunk replaces nothing, and would only be there twice.
    const forced = this.head.force && tail.claim !== null;
    // Rows that stand for nothing complete are not compared with what comes: they would be there twice.
    const nothingToAdd = async (): Promise<boolean> => same?.covers === false || (await this.#isCovered(tail.claim));
    if (same?.current === true && !more && !forced && (await nothingToAdd())) {
      return this.#nothingNew(tail);
    }
    const { chunkId, head, database } = this;
    if (same === undefined && tail.claim === null && !unserved) {
      if (await holdsSameRecords(session, database, { chunkId, head, tail, incoming })) return this.#nothingNew(tail);
    }
    const input = { chunkId, head, tail, incoming, probed, extend, inParts, sameBytes: same?.chunkIds ?? [] };
    const settled = await new ChunkSettlement(session, database, input).settle();
    if (same?.current === true) await ledger.distrust(same.chunkIds);
    if (same !== undefined) await ledger.relocate(tail.contentSha256);
    const quarantined = await this.#quarantined();
    const records = {
      decoded,
      loaded: incoming.rows + incoming.rejected - settled.alreadyLoaded - quarantined,
      already_loaded: settled.alreadyLoaded,
      quarantined,
      control,
      unsupported,
      replaced: settled.replaced,
    };
    this.#settled = { tail, records, kept: { keys: settled.keys, digests: await this.#digests(records) } };
    this.#state = 'settled';
    const nothingNew =
      incoming.isEmpty &&
      tail.claim !== null &&
      (await coverageHolds(session, database, tail.claim, settled.keys.coverageRows()));
    return { records, sameContent: false, nothingNew };
  }

  /** All of it is there, as another chunk: nothing of this one stays but that it was seen. */
  async #nothingNew(tail: ChunkTail): Promise<Settlement> {
    await this.parts.parts?.close();
    await this.parts.session.query('rollback');
    const { decoded, control, unsupported } = tail;
    const already = decoded - control - unsupported;
    const records = { decoded, loaded: 0, already_loaded: already, quarantined: 0, control, unsupported, replaced: 0 };
    this.#settled = { tail, records };
    this.#state = 'same-content';
    return { records, sameContent: true, nothingNew: true };
  }

  /** The same records may come with more to cover: whole, after all that was known of were the first parts. */
  async #isCovered(claim: CoverageClaim | null): Promise<boolean> {
    if (claim === null) return true;
    const rows = new ClaimKeys(claim, claim.alias).coverageRows();
    return coverageHolds(this.parts.session, this.database, claim, rows);
  }

  async commit(): Promise<void> {
    const { session, ledger, claim } = this.parts;
    const settled = this.#settled;
    if (settled === undefined) throw new TickloomError('INVARIANT', 'a chunk is committed before it is settled');
    const { tail, records, kept } = settled;
    if (kept === undefined) {
      await session.query('begin');
      await ledger.sighting(this.chunkId, tail, records);
    } else {
      const { keys, digests } = kept;
      await ledger.finish(this.chunkId, tail, keys, records, digests);
      if (tail.claim !== null) await addCoverage(session, this.database, tail.claim, keys.coverageRows());
      await addSymbology(session, this.database, tail.symbology);
    }
    await claim.drop(session);
    await this.#commitParts();
    await this.#commitTransaction();
    this.#state = 'closed';
    session.release();
    await this.parts.parts?.close();
  }

  async rollback(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const { session, incoming, claim, parts } = this.parts;
    let clean = false;
    try {
      await parts?.close();
      await incoming.abort();
      if (!session.isGone) {
        await session.query('rollback');
        if (parts?.commitBegan === true) await this.#removeParts();
        // What became of a part may not be known yet: then the claim stays, for others to wait until it is.
        else await claim.drop(session);
      }
      clean = true;
    } catch {
      // Closing the connection rolls back as well.
    } finally {
      session.release({ discard: !clean });
    }
  }

  /** All but the chunk's own, with a note that they are not all. */
  async #commitParts(): Promise<void> {
    const { session, parts, claim } = this.parts;
    if (parts?.any !== true) return;
    const { chunkId, database } = this;
    const { runId, source, dataset } = this.head;
    await parts.commit((of, { spec }) =>
      noteUnfinished(of, database, {
        chunkId,
        runId,
        source,
        dataset,
        schema: spec.schema,
        tableName: spec.name,
        claimId: claim.id,
      }),
    );
    await noteFinished(session, database, chunkId);
  }

  /** Rows of parts that were committed, when the chunk was not. */
  async #removeParts(): Promise<void> {
    const { database } = this;
    await database.transaction((session) => removeUnfinished(session, database), {
      doing: `removing what was loaded of "${this.head.source}"`,
    });
  }

  /** A COMMIT whose answer is lost may have come through: the ledger knows, once the server is done with it. */
  async #commitTransaction(): Promise<void> {
    const { session } = this.parts;
    try {
      await session.query('commit');
    } catch (thrown) {
      const error = asTickloomError(thrown);
      if (error.code !== 'DATABASE_LOST' || !(await this.#cameThrough())) throw error;
    }
  }

  async #cameThrough(): Promise<boolean> {
    const { claim, ledger } = this.parts;
    return this.database.transaction(
      async (session) => {
        await claim.ended(session);
        return ledger.isThere(session, this.chunkId);
      },
      { doing: `asking whether "${this.head.source}" was committed` },
    );
  }

  /** Those of all that came; where some of it did not stay, what did is read back. */
  async #digests({ loaded, quarantined }: RecordCounts): Promise<ChunkDigests> {
    const { session, incoming } = this.parts;
    const { chunkId, database } = this;
    let { rowDigest: rows, quarantineDigest: quarantine } = incoming;
    if (loaded !== incoming.rows) {
      rows = new Digest();
      for (const { spec, target } of incoming.tables.values()) {
        const held = await digestsOfRows(session, spec, `${target} r where r.chunk_id = ${chunkId}`);
        rows.add(held.get(chunkId) ?? new Digest());
      }
    }
    if (quarantined !== incoming.rejected) {
      const entries = `${database.table('quarantine')} q where q.chunk_id = ${chunkId}`;
      quarantine = (await digestsOfEntries(session, entries)).get(chunkId) ?? new Digest();
    }
    return { rows, quarantine };
  }

  async #quarantined(): Promise<number> {
    const { session, incoming } = this.parts;
    if (incoming.rejected === 0) return 0;
    const { count } = await session.row<{ count: string }>(
      `select count(*) as count from ${this.database.table('quarantine')} where chunk_id = $1`,
      [this.chunkId],
    );
    return Number(count);
  }
}
