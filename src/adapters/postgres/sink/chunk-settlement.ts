import type { NanosRange } from '../../../core/coverage/coverage-claim.js';
import { TickloomError } from '../../../core/errors/index.js';
import type { ChunkHead, ChunkTail } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { areasBeyond, type ClaimArea } from './claim-area.js';
import { ClaimKeys, type SeenDay } from './claim-keys.js';
import { type ConflictSite, rowConflict } from './coverage-conflict.js';
import { type ProbeResult, probeCoverage } from './coverage-probe.js';
import { HeldRegion } from './held-region.js';
import type { IncomingRows } from './incoming-rows.js';
import type { IncomingTable } from './incoming-table.js';
import { dropKnownOrdinals } from './known-ordinals.js';
import { QuarantineOverlap } from './quarantine-overlap.js';
import { Replacement } from './replacement.js';
import { RowOverlap } from './row-overlap.js';
import { RowsBeyond } from './rows-beyond.js';
import { strangerDays } from './stranger-days.js';
import { TailOverlap } from './tail-overlap.js';
import { takeTransactionLock } from './transaction-lock.js';

/** A tail may have been cut from a file of any of them. */
const DBN_VERSIONS = [1, 2, 3];

/** What is known of a chunk once all its rows are with the server. */
export interface SettlementInput {
  readonly chunkId: number;
  readonly head: ChunkHead;
  readonly tail: ChunkTail;
  readonly incoming: IncomingRows;
  /** What the claim of the header met when the chunk began. */
  readonly probed: ProbeResult;
  /** Claims what the chunk brings beyond its header. @throws DATABASE_CONFLICT */
  readonly extend: (areas: readonly ClaimArea[]) => Promise<void>;
  /** Rows of it stand in transactions of their own, where they cannot be compared with anything. */
  readonly inParts: boolean;
  /** Chunks that loaded the very same bytes, of which something was replaced since, or not served by any plugin. */
  readonly sameBytes: readonly string[];
}

/** What became of the rows and rejections of a chunk. */
export interface Settled {
  readonly alreadyLoaded: number;
  readonly replaced: number;
  readonly keys: ClaimKeys;
}

/**
 * Decides which rows of a chunk are new: compares what overlaps coverage with what is held, replaces where that is
 * asked for, and leaves in the tables what belongs there. All in the transaction of the chunk.
 */
export class ChunkSettlement {
  readonly #keys: ClaimKeys;
  #probed: ProbeResult;

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    private readonly input: SettlementInput,
  ) {
    const { head, tail } = input;
    this.#keys = new ClaimKeys(tail.claim, head.alias);
    this.#probed = input.probed;
  }

  /**
   * @throws COVERAGE_CONFLICT; DATABASE_CONFLICT when what overlaps is in flight beside, and for a chunk in parts that
   * meets what is held
   */
  async settle(): Promise<Settled> {
    const { incoming, tail, inParts } = this.input;
    if (inParts && !this.#isDescribed()) throw this.#notInParts();
    const strangers = await strangerDays(this.session, this.database, this.input);
    await this.#extendClaim(strangers);
    this.#keys.addSeen(strangers);
    if (strangers.length > 0) await this.#probeAgain(strangers);
    const { head } = this.input;
    // They change the ledger's rows of other chunks, and would wait for each other's rows crosswise.
    if (head.force) await takeTransactionLock(this.session, this.database, `force ${head.dataset}`);
    let alreadyLoaded = 0;
    let replaced = 0;
    if (!this.#isPlain()) {
      if (inParts) throw this.#notInParts();
      for (const schema of this.#schemas()) {
        const tables = [...incoming.tables.values()].filter(({ spec }) => spec.schema === schema);
        const table = tables[0] ?? this.#emptyTable(schema);
        if (table === undefined) continue;
        const done = await this.#settleSchema(schema, table);
        alreadyLoaded += done.alreadyLoaded;
        replaced += done.replaced;
      }
    }
    // Outside all coverage what is there under the earlier chunk is there at its place.
    if (this.input.sameBytes.length > 0 && tail.claim === null) {
      const { chunkId, head, sameBytes } = this.input;
      const chunk = { chunkId, sameBytes, tables: head.tables };
      alreadyLoaded += await dropKnownOrdinals(this.session, this.database, chunk);
    }
    return { alreadyLoaded, replaced, keys: this.#keys };
  }

  /** Nothing can overlap: all rows stand where they belong. */
  #isPlain(): boolean {
    const { head, tail, incoming } = this.input;
    if (this.#replaces()) return false;
    if ([...incoming.tables.values()].some(({ staged }) => staged)) return false;
    if (this.#probed.overlaps || this.#probed.tails.length > 0 || this.#probed.beyond) return false;
    if (head.claim === null) return true;
    const { range } = head.claim;
    return !this.#goesBeyond(range) && tail.claim !== null;
  }

  /** Whether records came outside of a range. */
  #goesBeyond({ start, end }: NanosRange): boolean {
    const { seen } = this.input.tail;
    return seen !== undefined && seen !== null && (seen.first < start || seen.last >= end);
  }

  /** Rows of parts cannot be asked what they hold: whoever wrote them must have said so. */
  #isDescribed(): boolean {
    const { seen, unnamedDays, unnamedSymbols } = this.input.tail;
    return [seen, unnamedDays, unnamedSymbols].every((said) => said !== undefined);
  }

  #notInParts(): TickloomError {
    const { source } = this.input.head;
    return new TickloomError(
      'DATABASE_CONFLICT',
      `"${source}" brings more than its header says, which has to be compared with what is there: not in parts, then`,
      { hint: 'Run the same command again.', context: { source } },
    );
  }

  /** A chunk without records replaces nothing unless confirmed; with a claim of nothing there is nothing to replace. */
  #replaces(): boolean {
    const { head, tail, incoming } = this.input;
    return head.force && tail.claim !== null && (!incoming.isEmpty || head.confirmEmpty === true);
  }

  #schemas(): string[] {
    const { head, incoming } = this.input;
    return [
      ...new Set([...head.tables, ...[...incoming.tables.values()].map(({ spec }) => spec)].map((s) => s.schema)),
    ];
  }

  #emptyTable(schema: string): IncomingTable | undefined {
    const spec = this.input.head.tables.find((table) => table.schema === schema);
    return spec && this.input.incoming.emptyTable(spec);
  }

  async #settleSchema(schema: string, table: IncomingTable): Promise<{ alreadyLoaded: number; replaced: number }> {
    const { head, tail, chunkId } = this.input;
    const replaces = this.#replaces();
    const scope = { dataset: head.dataset, schema, chunkId, replaces };
    // The comparison gathers rows in memory, and goes to disk beyond this.
    await this.session.query(`set local work_mem = '64MB'`);
    const region = await HeldRegion.read(this.session, this.database, this.#keys, scope, tail.symbology);
    const replaced =
      replaces && tail.claim !== null
        ? await new Replacement(this.session, this.database, region, tail.claim).deleteHeld(table)
        : 0;
    const site: ConflictSite = { source: head.source, table: table.spec.name, keyColumn: region.keyColumn };
    const form = { version: head.version, tsOut: head.tsOut };
    const quarantine = new QuarantineOverlap(this.session, this.database, region, table, form);
    const rows = new RowOverlap(this.session, this.database, table, region, head.version, tail.seen ?? null);
    // A forced chunk without records replaces nothing, and so has nothing to show either.
    const mayShow = !head.force || replaces || tail.claim === null;
    const compares = !region.isEmpty && mayShow;
    const allReplace = replaces && this.#isAllClaimed();
    if (compares) {
      const differences = allReplace ? [] : await rows.differences(tail.claim?.range ?? null);
      if (differences.length > 0) throw rowConflict(site, differences);
      await quarantine.compare(site);
    }
    const tails = tail.claim === null || !mayShow ? [] : this.#probed.tails;
    const knownRows =
      tails.length > 0 &&
      (await new TailOverlap(this.session, this.database, table, region, site).findKnown(
        tails,
        tail.claim?.tail ?? null,
        table.comparedColumns(DBN_VERSIONS),
      ));
    const mayBeBeyond = mayShow && tail.claim !== null && (this.#probed.beyond || this.#goesBeyond(tail.claim.range));
    const knownBeyond =
      mayBeBeyond &&
      (await new RowsBeyond(this.session, this.database, table, region, site).findKnown(
        table.comparedColumns(DBN_VERSIONS),
      ));
    const anyKnown = knownRows || knownBeyond;
    const known = allReplace && !anyKnown ? 0 : await rows.keepNew(anyKnown);
    return { alreadyLoaded: known + (await quarantine.keepNew(tails, mayBeBeyond)), replaced };
  }

  /**
   * Whether all that came lies in what the chunk claims: each of its times in the range, and each of its keys, after
   * the strangers among them were taken in.
   */
  #isAllClaimed(): boolean {
    const { claim, seen, unnamedDays } = this.input.tail;
    if (claim === null || !seen || unnamedDays === undefined) return false;
    return seen.first >= claim.range.start && seen.last < claim.range.end;
  }

  /** Others must not load beside this chunk what it turned out to bring beyond its header. */
  async #extendClaim(strangers: readonly SeenDay[]): Promise<void> {
    const { head, tail, incoming } = this.input;
    if (head.claim === null || incoming.isEmpty) return;
    await this.input.extend(areasBeyond(head.claim, strangers, tail.seen));
  }

  /**
   * What is held of instruments that the header does not name, up to now: others may have loaded them meanwhile. Asked
   * for the whole range, since the rows at the end of a limit are there too.
   */
  async #probeAgain(strangers: readonly SeenDay[]): Promise<void> {
    const { claim, dataset } = this.input.head;
    if (claim === null) return;
    const keys = new ClaimKeys(claim, claim.alias);
    keys.addSeen(strangers);
    const of = { dataset, schemas: this.#schemas(), alias: claim.alias };
    const found = await probeCoverage(this.session, this.database, of, { keys, range: claim.range });
    this.#probed = { ...found, overlaps: found.overlaps || this.#probed.overlaps };
  }
}
