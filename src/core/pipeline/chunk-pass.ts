import { createHash } from 'node:crypto';
import { claimOf, settleClaim } from '../coverage/claim-of.js';
import type { CoverageClaim } from '../coverage/coverage-claim.js';
import type { Metadata } from '../dbn/metadata.js';
import { TickloomError } from '../errors/index.js';
import { servesMore } from '../ledger/serves-more.js';
import type { ProgressEvent } from '../progress/progress-event.js';
import { balances, type RecordCounts } from '../report/counts.js';
import { RejectionCount, type RejectionLimit } from '../quarantine/rejection-limit.js';
import type { TableSpec } from '../model/model-spec.js';
import type { ChunkReport } from '../report/run-report.js';
import type { ChunkLoad, ClaimHolder, SpareConnections } from '../sink/sink.js';
import { instrumentDays } from '../symbology/instrument-mapping.js';
import type { Chunk } from '../source/source.js';
import { chunkReportOf } from './chunk-report.js';
import {
  readAsOf,
  type ChunkRows,
  type ReadAs,
  type RowBlock,
  type RowsTail,
  type StreamHead,
  type TimestampsSeen,
} from './chunk-rows.js';
import type { PipelineParts } from './pipeline-parts.js';

/** What a pass needs to know of the run it belongs to. */
export interface PassContext {
  readonly runId: string;
  readonly force: boolean;
  /** With `force`: replace also by a chunk without records. */
  readonly confirmEmpty: boolean;
  /** `null`: any number of records may be rejected. */
  readonly maxRejected: RejectionLimit | null;
  /** Index of the chunk in the plan. */
  readonly index: number;
  readonly emit: (event: ProgressEvent) => void;
  readonly signal: AbortSignal;
  /** What the chunk may be loaded over besides its own connection. */
  readonly spare: SpareConnections;
}

/**
 * One attempt at one chunk: from its first byte to its commit. Throws what went wrong after
 * rolling back; the caller decides whether to try again.
 */
export class ChunkPass {
  #metadata: Metadata | null = null;
  #claim: CoverageClaim | null = null;
  #load: ChunkLoad | undefined;
  readonly #rows: ChunkRows;
  readonly #rejections: RejectionCount;

  constructor(
    private readonly parts: PipelineParts,
    private readonly chunk: Chunk,
    private readonly context: PassContext,
  ) {
    this.#rejections = new RejectionCount(context.maxRejected, chunk.source);
    this.#rows = parts.rows(chunk, {
      signal: context.signal,
      onBytes: (bytes) => context.emit({ type: 'bytes_read', chunk: context.index, bytes }),
    });
  }

  /** The header, once it has been read; `null` before, and for a stream without one. */
  get metadata(): Metadata | null {
    return this.#metadata;
  }

  async run(): Promise<ChunkReport> {
    const rows = this.#rows;
    try {
      const held = await this.#begin(await rows.head());
      if (held !== undefined) return held;
      const { chunkId } = this.#load as ChunkLoad;
      for await (const block of rows.blocks({ chunkId, watch: this.#claim !== null })) await this.#take(block);
      return await this.#finish(await rows.tail());
    } catch (error) {
      await this.#load?.rollback();
      throw error;
    } finally {
      await rows.close();
    }
  }

  /** @returns the report when this very content is loaded already, and there is nothing to do */
  async #begin({ metadata, headerBytes }: StreamHead): Promise<ChunkReport | undefined> {
    const { index, emit, force, runId } = this.context;
    this.#metadata = metadata;
    const readAs = readAsOf(this.chunk, metadata);
    const { dataset, schema } = readAs;
    emit({ type: 'header_read', chunk: index, dataset, schema });
    await this.#rows.prepare();
    this.#claim = metadata === null ? null : claimOf(metadata, instrumentDays(metadata));
    const held = !force && this.chunk.repeatable ? await this.#heldContent(headerBytes, readAs) : undefined;
    if (held !== undefined) return held;
    this.#load = await this.parts.sink.beginChunk(
      {
        runId,
        source: this.chunk.source,
        ...(this.chunk.origin === undefined ? {} : { origin: this.chunk.origin }),
        ...readAs,
        header: headerBytes,
        start: this.#metadata?.start ?? null,
        end: this.#metadata?.end ?? null,
        claim: this.#claim,
        alias: this.#metadata?.stypeIn === 'continuous',
        tables: this.#tables(schema),
        force,
        confirmEmpty: this.context.confirmEmpty,
      },
      {
        signal: this.context.signal,
        // what fails in parts is tried again, and a pipe cannot be read twice
        ...(this.chunk.repeatable ? { spare: this.context.spare } : {}),
        onWait: (holder) => emit({ type: 'note', level: 'info', text: waitingText(this.chunk.source, runId, holder) }),
      },
    );
    return undefined;
  }

  /** All tables that the chunk may write to. */
  #tables(schema: string | null): readonly TableSpec[] {
    const { registry } = this.parts;
    return schema === null ? registry.list().map(({ table }) => table) : [registry.get(schema).table];
  }

  /** A header that is known makes a first pass over the bytes worth its time: it costs far less than a load. */
  async #heldContent(header: Uint8Array | null, readAs: ReadAs): Promise<ChunkReport | undefined> {
    const { ledger } = this.parts;
    if (header !== null && !(await ledger.knowsHeader(createHash('sha256').update(header).digest('hex')))) {
      return undefined;
    }
    const { contentSha256, decoded, control, unsupported, plugins, timestamps } = await this.#rows.survey();
    const content = { ...readAs, contentSha256 };
    const held = await ledger.findContent(content);
    // With a plugin that came since there is more to load.
    if (held === undefined || servesMore({ unsupported, plugins }, held)) return undefined;
    // The same records may come with more to cover: whole, after all that was known of were the first parts.
    const claim = this.#settledClaim(decoded, timestamps);
    const covers = held.covers && claim !== null && claim.range.start < claim.range.end;
    if (covers && (await ledger.coverageOf(claim)) !== 'all') return undefined;
    await ledger.relocate(content, this.chunk.origin ?? {});
    const report = chunkReportOf(this.chunk, this.#metadata);
    report.chunk_id = held.chunkId;
    report.status = 'already_loaded';
    const alreadyLoaded = decoded - control - unsupported;
    report.records = { ...report.records, control, unsupported, decoded, already_loaded: alreadyLoaded };
    return report;
  }

  #settledClaim(decoded: number, timestamps: TimestampsSeen): CoverageClaim | null {
    // Of a stream that may go on elsewhere nobody knows more than of one that a limit cut.
    const limit = this.#metadata?.limit ?? (this.chunk.mayGoOn === true ? BigInt(decoded) : null);
    return settleClaim(this.#claim, limit, timestamps);
  }

  async #take({ decoded, checked, schema, tuples, rows, rejections, digest }: RowBlock): Promise<void> {
    const load = this.#load as ChunkLoad;
    const { index, emit } = this.context;
    emit({ type: 'records_decoded', chunk: index, records: decoded });
    if (schema === null) return;
    if (rows > 0) await load.write(this.parts.registry.get(schema).table, tuples, rows, digest);
    if (rejections.length > 0) {
      this.#rejections.add(rejections, checked);
      for (const rejection of rejections) {
        const reason = rejection.reasons.map(({ message }) => message).join('; ');
        const { ordinal, schema: of } = rejection;
        emit({ type: 'record_rejected', chunk: index, ordinal, schema: of, reason });
      }
      await load.quarantine(rejections);
    }
    emit({ type: 'rows_stored', chunk: index, rows, rejected: rejections.length });
  }

  async #finish({ timestamps, ambiguous, ...tail }: RowsTail): Promise<ChunkReport> {
    const load = this.#load as ChunkLoad;
    const { decoded, control, unsupported, symbols } = tail;
    this.#rejections.finish(decoded - control - unsupported);
    const settlement = await load.settle({
      ...tail,
      claim: this.#settledClaim(decoded, timestamps),
      seen: timestamps.seen,
    });
    const { records } = settlement;
    if (!balances(records) || records.decoded !== decoded) {
      throw new TickloomError('INVARIANT', `the chunk does not balance: ${JSON.stringify(records)}`, {
        context: { source: this.chunk.source, decoded },
        hint: 'Report this: it is a defect of Tickloom. The chunk was rolled back.',
      });
    }
    this.context.signal.throwIfAborted();
    await load.commit();
    if (this.context.force && !this.context.confirmEmpty && !settlement.sameContent && holdsNothing(records)) {
      const text = `${this.chunk.source}: without records it replaces nothing unless that is confirmed (--yes)`;
      this.context.emit({ type: 'note', level: 'warning', text });
    }
    const report = chunkReportOf(this.chunk, this.#metadata);
    const nothingNew =
      settlement.nothingNew || (records.loaded + records.quarantined === 0 && records.already_loaded > 0);
    report.chunk_id = load.chunkId;
    report.status = nothingNew ? 'already_loaded' : 'loaded';
    report.records = records;
    if (!nothingNew) {
      report.symbols = { ...symbols };
      const text = ambiguityText(this.chunk.source, ambiguous);
      if (text !== null) this.context.emit({ type: 'note', level: 'warning', text });
    }
    return report;
  }
}

function waitingText(source: string, runId: string, holder: ClaimHolder): string {
  const whose = holder.runId === runId ? 'this run' : `run ${holder.runId}`;
  return `${source}: waiting for "${holder.source}" of ${whose}, which overlaps it`;
}

/** What is said of rows for which more than one symbol was mapped; `null` where there are none. */
function ambiguityText(source: string, rows: number): string | null {
  if (rows === 0) return null;
  const those = rows === 1 ? '1 row has' : `${rows} rows have`;
  return `${source}: ${those} one of several symbols that are mapped to the same instrument and day: the one whose interval begins last`;
}

function holdsNothing({ loaded, already_loaded, quarantined }: RecordCounts): boolean {
  return loaded + already_loaded + quarantined === 0;
}
