import type { Clock } from '../clock/clock.js';
import { TickloomError } from '../errors/index.js';
import type { RegisteredSchema } from '../registry/plugin-registry.js';
import { DeepCheck, type DeepParts } from './deep-check.js';
import { checkHeader } from './header-check.js';
import { LedgerCheck } from './ledger-check.js';
import {
  type ChunkVerdict,
  difference,
  type Difference,
  type VerifyReport,
  type VerifyRequest,
} from './verify-report.js';
import type { CoverageGap, LedgerChunk, VerifySession } from './verify-store.js';
import { counted } from '../text/counted.js';

export interface VerificationParts extends DeepParts {
  readonly clock: Clock;
}

/** Up to so many chunks are asked for by their ids; beyond, the tables are read whole. */
const IDS_AT_ONCE = 1000;

/** Compares what is held with the ledger and, if that is asked for, with the bytes that it came from. */
export class Verification {
  #differences: Difference[] = [];
  #rows = 0;

  constructor(
    private readonly parts: VerificationParts,
    private readonly request: VerifyRequest,
    /** Takes a sentence about what is done. */
    private readonly note: (text: string) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** Never throws for what differs: that is in the report. @throws NOT_FOUND, SCHEMA_UNKNOWN, CANCELLED, the database's */
  async run(): Promise<VerifyReport> {
    const { clock, registry, store } = this.parts;
    const { schema, deep = false } = this.request;
    const startedMs = clock.monotonicMs();
    if (schema !== undefined) registry.get(schema);
    const session = await store.begin(this.signal);
    let verdicts: ChunkVerdict[];
    let unfinished: number[];
    try {
      const chunks = await this.#chunks(session);
      unfinished = await session.unfinished(this.request);
      verdicts = await this.#againstLedger(session, chunks, unfinished);
      await this.#againstHeaders(session, chunks, verdicts);
      this.#takeGaps(await session.coverageGaps(this.request), verdicts);
    } finally {
      await session.close();
    }
    if (deep) await this.#againstOriginals(verdicts);
    return this.#report(verdicts, unfinished.length, clock.monotonicMs() - startedMs);
  }

  async #chunks(session: VerifySession): Promise<LedgerChunk[]> {
    const { chunkId } = this.request;
    const chunks = await session.chunks(this.request);
    if (chunkId === undefined || chunks.length > 0) return chunks;
    const status = await session.statusOf(chunkId);
    const why = status === undefined ? 'there is no such chunk' : `its status is "${status}"`;
    throw new TickloomError('NOT_FOUND', `chunk ${chunkId} cannot be verified with these filters: ${why}`, {
      hint: 'See "tickloom runs show" for the chunks of a run that were loaded.',
      context: { chunk_id: chunkId },
    });
  }

  async #againstLedger(
    session: VerifySession,
    chunks: readonly LedgerChunk[],
    unfinished: readonly number[],
  ): Promise<ChunkVerdict[]> {
    const { chunkId, runId, dataset, schema } = this.request;
    const narrowed = [chunkId, runId, dataset].some((filter) => filter !== undefined);
    const ids = chunks.map((chunk) => chunk.chunkId);
    const check = new LedgerCheck(session, narrowed && ids.length <= IDS_AT_ONCE ? ids : null);
    for (const { table } of this.#schemas(chunks)) {
      const rows = await check.readTable(table);
      if (rows > 0) this.note(`${table.name}: ${counted(rows, 'row')} read`);
    }
    await check.readQuarantine();
    // A row may lie in a table that only another schema's chunks fill: without filters all tables were read.
    if (!narrowed) {
      const all = schema === undefined ? ids : (await session.chunks({})).map((chunk) => chunk.chunkId);
      const loading = schema === undefined ? unfinished : await session.unfinished({});
      this.#differences = check.strays(new Set([...all, ...loading]));
    }
    return chunks.map((chunk) => {
      const lacking = this.#lackingPlugin(chunk);
      const verdict = check.judge(chunk);
      if (lacking === undefined) return verdict;
      verdict.differences.length = 0;
      return { ...verdict, status: 'unchecked', notes: [lacking] };
    });
  }

  /** Those whose tables are read: of the one schema asked for, or all. */
  #schemas(chunks: readonly LedgerChunk[]): readonly RegisteredSchema[] {
    const { registry } = this.parts;
    const { schema, chunkId, runId, dataset } = this.request;
    if (schema !== undefined) return [registry.get(schema)];
    const all = registry.list();
    if (chunkId === undefined && runId === undefined && dataset === undefined) return all;
    if (chunks.some((chunk) => chunk.schema === null)) return all;
    return all.filter(({ name }) => chunks.some((chunk) => chunk.schema === name));
  }

  /** Why a chunk cannot be checked, when rows of it are in a table that no plugin here knows. */
  #lackingPlugin({ schema, plugins }: LedgerChunk): string | undefined {
    const { registry } = this.parts;
    if (schema !== null && registry.find(schema) === undefined) return `no plugin serves its schema "${schema}"`;
    const known = registry.plugins().map(({ plugin }) => plugin.name);
    const lacking = plugins.find(({ name }) => !known.includes(name));
    return lacking && `the plugin "${lacking.name}", which made its rows, is not there`;
  }

  #takeGaps(gaps: readonly CoverageGap[], verdicts: readonly ChunkVerdict[]): void {
    for (const { chunkId, dataset, schema, stypeIn, symbol } of gaps) {
      const key = `${symbol} (${stypeIn}) of ${dataset} ${schema}`;
      const message =
        chunkId === null
          ? `the table coverage has intervals of ${key} that no loaded chunk covers`
          : `the table coverage lacks what this chunk covers of ${key}`;
      const found = difference('coverage', message, { chunk_id: chunkId, table: 'coverage' });
      const verdict = verdicts.find(({ chunk_id }) => chunk_id === chunkId);
      if (verdict === undefined) this.#differences.push(found);
      else {
        verdict.differences.push(found);
        verdict.status = 'differs';
      }
    }
  }

  async #againstHeaders(
    session: VerifySession,
    chunks: readonly LedgerChunk[],
    verdicts: readonly ChunkVerdict[],
  ): Promise<void> {
    for (const [index, chunk] of chunks.entries()) {
      const verdict = verdicts[index] as ChunkVerdict;
      if (verdict.status === 'unchecked') continue;
      verdict.differences.push(...(await checkHeader(session, chunk)));
      if (verdict.differences.length > 0) verdict.status = 'differs';
    }
  }

  async #againstOriginals(verdicts: readonly ChunkVerdict[]): Promise<void> {
    for (const [index, verdict] of verdicts.entries()) {
      if (verdict.status === 'unchecked') {
        verdict.original = 'not_compared';
        continue;
      }
      this.note(`comparing chunk ${verdict.chunk_id} (${index + 1} of ${verdicts.length}) with ${verdict.source}`);
      const result = await new DeepCheck(this.parts, verdict.chunk_id, this.signal).run();
      verdict.original = result.original;
      verdict.not_stored = result.notStored;
      // The header has said so already.
      const isKnown = ({ kind }: Difference): boolean =>
        kind === 'symbology' && verdict.differences.some((known) => known.kind === kind);
      verdict.differences.push(...result.differences.filter((each) => !isKnown(each)));
      verdict.notes.push(...result.notes);
      if (result.differences.length > 0) verdict.status = 'differs';
    }
  }

  #report(details: readonly ChunkVerdict[], unfinished: number, elapsedMs: number): VerifyReport {
    const having = (status: ChunkVerdict['status']): number => details.filter((each) => each.status === status).length;
    const originals = (status: ChunkVerdict['original']): number =>
      details.filter(({ original }) => original === status).length;
    for (const { rows } of details) this.#rows += rows.held;
    const differ = having('differs');
    return {
      status: differ > 0 || this.#differences.length > 0 ? 'differs' : 'ok',
      deep: this.request.deep ?? false,
      chunks: {
        verified: details.length,
        ok: having('ok'),
        differ,
        unchecked: having('unchecked'),
        unfinished,
      },
      originals: {
        compared: originals('compared'),
        missing: originals('source_missing'),
        changed: originals('source_changed'),
      },
      rows: this.#rows,
      quarantined: details.reduce((total, { quarantined }) => total + quarantined.held, 0),
      differences: this.#differences,
      elapsed_ms: Math.max(0, Math.round(elapsedMs)),
      details,
    };
  }
}
