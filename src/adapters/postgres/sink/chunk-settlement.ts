import type { ChunkHead, ChunkTail } from '../../../core/sink/sink.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { ClaimKeys, type SeenDay } from './claim-keys.js';
import { type ConflictSite, rowConflict } from './coverage-conflict.js';
import { type ProbeResult, probeCoverage } from './coverage-probe.js';
import { HeldRegion } from './held-region.js';
import type { IncomingRows } from './incoming-rows.js';
import type { IncomingTable } from './incoming-table.js';
import { dropKnownOrdinals } from './known-ordinals.js';
import { NANOS_PER_DAY } from './nanos-ranges.js';
import { QuarantineOverlap } from './quarantine-overlap.js';
import { Replacement } from './replacement.js';
import { RowOverlap } from './row-overlap.js';
import { TailOverlap } from './tail-overlap.js';

/** 2262-04-11 as days since 1970-01-01: the nanoseconds of its end do not fit an int8, and coverage ends before it. */
const FIRST_DAY_BEYOND = 106_751;

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
    this.#keys = new ClaimKeys(tail.claim, (tail.claim ?? head.claim)?.alias ?? false);
    this.#probed = input.probed;
  }

  /** @throws COVERAGE_CONFLICT */
  async settle(): Promise<Settled> {
    const { incoming, tail } = this.input;
    if (await this.#addUnmappedDays()) await this.#probeAgain();
    let alreadyLoaded = 0;
    let replaced = 0;
    if (!this.#isPlain()) {
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
    if (this.#probed.overlaps || this.#probed.tails.length > 0) return false;
    if (head.claim === null) return true;
    const { range } = head.claim;
    const inside = !tail.seen || (tail.seen.first >= range.start && tail.seen.last < range.end);
    return inside && tail.claim !== null;
  }

  /** A chunk without records replaces nothing, and with a claim of nothing there is nothing to replace. */
  #replaces(): boolean {
    const { head, tail, incoming } = this.input;
    return head.force && tail.claim !== null && !incoming.isEmpty;
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
    const region = await HeldRegion.read(this.session, this.database, this.#keys, scope);
    const replaced =
      replaces && tail.claim !== null
        ? await new Replacement(this.session, this.database, region, tail.claim.range).deleteHeld(table)
        : 0;
    const site: ConflictSite = { source: head.source, table: table.spec.name, keyColumn: region.keyColumn };
    const form = { version: head.version, tsOut: head.tsOut };
    const quarantine = new QuarantineOverlap(this.session, this.database, region, form);
    const rows = new RowOverlap(this.session, this.database, table, region, head.version);
    // A forced chunk without records replaces nothing, and so has nothing to show either.
    const compares = !region.isEmpty && (!head.force || replaces || tail.claim === null);
    if (compares) {
      const differences = await rows.differences(tail.claim?.range ?? null);
      if (differences.length > 0) throw rowConflict(site, differences);
      await quarantine.compare(site);
    }
    const tails = tail.claim === null ? [] : this.#probed.tails;
    const knownRows =
      tails.length > 0 &&
      (await new TailOverlap(this.session, this.database, table, region, site).findKnown(
        tails,
        tail.claim?.tail ?? null,
        table.comparedColumns(DBN_VERSIONS),
      ));
    const alreadyLoaded = (await rows.keepNew(knownRows)) + (await quarantine.keepNew(tails));
    return { alreadyLoaded, replaced };
  }

  /** Rows and rejections that no mapping names tell which other instruments the chunk was complete for. */
  async #addUnmappedDays(): Promise<boolean> {
    const { tail } = this.input;
    if (tail.claim === null || this.#keys.claimsEverything) return false;
    const before = this.#keys.intervals.join();
    const { record, requested, fallback, unknown } = tail.symbols;
    if (tail.unnamedDays !== undefined && !this.#keys.alias) {
      const covered = tail.unnamedDays.filter(({ day }) => day < FIRST_DAY_BEYOND);
      this.#keys.addSeen(covered.map(({ instrumentId, day }) => ({ key: String(instrumentId), day: String(day) })));
    } else if (record + requested + fallback + unknown > 0) {
      this.#keys.addSeen(await this.#daysOfRows());
    }
    if (!this.#keys.alias) this.#keys.addSeen(await this.#daysOfRejections());
    return this.#keys.intervals.join() !== before;
  }

  async #daysOfRows(): Promise<SeenDay[]> {
    const key = this.#keys.alias ? 'symbol' : 'instrument_id';
    const days: SeenDay[] = [];
    for (const table of this.input.incoming.tables.values()) {
      const { nanos } = table.time();
      const found = await this.session.rows<SeenDay>(
        `select distinct r.${key}::text as key, (${nanos} / ${NANOS_PER_DAY})::text as day
           from ${table.relation} r where ${table.ofChunk} and ${nanos} is not null`,
      );
      days.push(...found);
    }
    return days;
  }

  async #daysOfRejections(): Promise<SeenDay[]> {
    if (this.input.incoming.rejected === 0) return [];
    return this.session.rows<SeenDay>(
      `select distinct instrument_id::text as key, (index_ns / ${NANOS_PER_DAY})::text as day
         from ${this.database.table('quarantine')} where chunk_id = $1 and index_ns is not null`,
      [this.input.chunkId],
    );
  }

  async #probeAgain(): Promise<void> {
    const { head, tail } = this.input;
    if (tail.claim === null) return;
    const { overlaps } = await probeCoverage(
      this.session,
      this.database,
      { dataset: head.dataset, schemas: this.#schemas() },
      { keys: this.#keys, range: tail.claim.range },
    );
    this.#probed = { overlaps: overlaps || this.#probed.overlaps, tails: this.#probed.tails };
  }
}
