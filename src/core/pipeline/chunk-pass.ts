import { createHash } from 'node:crypto';
import { claimOf, settleClaim } from '../coverage/claim-of.js';
import type { CoverageClaim } from '../coverage/coverage-claim.js';
import { IndexTimestampWatch } from '../coverage/index-timestamp-watch.js';
import type { DbnDecoder } from '../dbn/decode/dbn-decoder.js';
import type { Metadata } from '../dbn/metadata.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { TickloomError } from '../errors/index.js';
import type { ContentIdentity } from '../ledger/ledger.js';
import { servesMore } from '../ledger/serves-more.js';
import type { ProgressEvent } from '../progress/progress-event.js';
import { balances, type RecordCounts } from '../report/counts.js';
import { RejectionCount, type RejectionLimit } from '../quarantine/rejection-limit.js';
import type { ChunkReport } from '../report/run-report.js';
import type { ChunkLoad, ClaimHolder } from '../sink/sink.js';
import { instrumentDays } from '../symbology/instrument-mapping.js';
import type { Chunk } from '../source/source.js';
import { chunkReportOf } from './chunk-report.js';
import { ChunkReader, type ReadSummary } from './chunk-reader.js';
import { ChunkTransforms, type PassedOver } from './chunk-transforms.js';
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
}

/**
 * One attempt at one chunk: from its first byte to the commit of its one transaction. Throws what went wrong after
 * rolling back; the caller decides whether to try again.
 */
export class ChunkPass {
  #metadata: Metadata | null = null;
  #claim: CoverageClaim | null = null;
  #load: ChunkLoad | undefined;
  #transforms: ChunkTransforms | undefined;
  readonly #timestamps = new IndexTimestampWatch();
  readonly #reader: ChunkReader;
  readonly #rejections: RejectionCount;

  constructor(
    private readonly parts: PipelineParts,
    private readonly chunk: Chunk,
    private readonly context: PassContext,
  ) {
    this.#rejections = new RejectionCount(context.maxRejected, chunk.source);
    this.#reader = new ChunkReader(chunk, parts.decompress, context.signal, (bytes) =>
      context.emit({ type: 'bytes_read', chunk: context.index, bytes }),
    );
  }

  /** The header, once it has been read; `null` before, and for a stream without one. */
  get metadata(): Metadata | null {
    return this.#metadata;
  }

  async run(): Promise<ChunkReport> {
    const reader = this.#reader;
    try {
      const held = await this.#begin(await reader.header());
      if (held !== undefined) return held;
      for await (const batch of reader.batches()) await this.#take(batch);
      return await this.#finish(reader.summary());
    } catch (error) {
      await this.#load?.rollback();
      throw error;
    } finally {
      await reader.close();
    }
  }

  /** @returns the report when this very content is loaded already, and there is nothing to do */
  async #begin(decoder: DbnDecoder): Promise<ChunkReport | undefined> {
    const { index, emit, force, runId } = this.context;
    this.#metadata = decoder.metadata ?? null;
    // A stream with a header is read by that, whatever was declared.
    const fragment = this.#metadata === null ? this.chunk.fragment : null;
    const dataset = fragment?.dataset ?? this.#metadata?.dataset ?? '';
    const schema = fragment === null ? (this.#metadata?.schema ?? null) : fragment.schema;
    emit({ type: 'header_read', chunk: index, dataset, schema });
    const { instruments = [] } = this.chunk.origin ?? {};
    const identity = { metadata: this.#metadata, dataset, schema, instruments };
    const transforms = new ChunkTransforms(this.parts.registry, identity);
    this.#transforms = transforms;
    this.#claim = this.#metadata === null ? null : claimOf(this.#metadata, instrumentDays(this.#metadata));
    const version = fragment?.version ?? decoder.metadata?.version ?? 3;
    const readAs = { dataset, schema, version, tsOut: fragment?.tsOut ?? decoder.metadata?.tsOut ?? false };
    const held = !force && this.chunk.repeatable ? await this.#heldContent(decoder, readAs) : undefined;
    if (held !== undefined) return held;
    this.#load = await this.parts.sink.beginChunk(
      {
        runId,
        source: this.chunk.source,
        ...(this.chunk.origin === undefined ? {} : { origin: this.chunk.origin }),
        ...readAs,
        header: decoder.headerBytes ?? null,
        start: this.#metadata?.start ?? null,
        end: this.#metadata?.end ?? null,
        claim: this.#claim,
        tables: transforms.tables,
        force,
        confirmEmpty: this.context.confirmEmpty,
      },
      {
        signal: this.context.signal,
        onWait: (holder) => emit({ type: 'note', level: 'info', text: waitingText(this.chunk.source, runId, holder) }),
      },
    );
    transforms.chunkId = this.#load.chunkId;
    return undefined;
  }

  /** A header that is known makes a first pass over the bytes worth its time: it costs far less than a load. */
  async #heldContent(
    decoder: DbnDecoder,
    readAs: Omit<ContentIdentity, 'contentSha256'>,
  ): Promise<ChunkReport | undefined> {
    const { ledger, decompress } = this.parts;
    const header = decoder.headerBytes;
    if (header !== undefined && !(await ledger.knowsHeader(createHash('sha256').update(header).digest('hex')))) {
      return undefined;
    }
    let decoded = 0;
    const passedOver: PassedOver = { control: 0, unsupported: 0, plugins: new Set() };
    const timestamps = new IndexTimestampWatch();
    const reader = new ChunkReader(this.chunk, decompress, this.context.signal);
    try {
      for await (const batch of reader.batches()) {
        decoded += batch.count;
        timestamps.watch(batch);
        (this.#transforms as ChunkTransforms).passOver(batch, passedOver);
      }
    } finally {
      await reader.close();
    }
    const content = { ...readAs, contentSha256: reader.summary().contentSha256 };
    const held = await ledger.findContent(content);
    // With a plugin that came since there is more to load.
    const { control, unsupported, plugins } = passedOver;
    if (held === undefined || servesMore({ unsupported, plugins: [...plugins] }, held)) return undefined;
    // The same records may come with more to cover: whole, after all that was known of were the first parts.
    const claim = this.#settledClaim(decoded, timestamps);
    const covers = claim !== null && claim.range.start < claim.range.end;
    if (covers && (await ledger.coverageOf(claim)) !== 'all') return undefined;
    await ledger.relocate(content, this.chunk.origin ?? {});
    const report = chunkReportOf(this.chunk, this.#metadata);
    report.chunk_id = held.chunkId;
    report.status = 'already_loaded';
    const alreadyLoaded = decoded - control - unsupported;
    report.records = { ...report.records, control, unsupported, decoded, already_loaded: alreadyLoaded };
    return report;
  }

  #settledClaim(decoded: number, timestamps: IndexTimestampWatch): CoverageClaim | null {
    // Of a stream that may go on elsewhere nobody knows more than of one that a limit cut.
    const limit = this.#metadata?.limit ?? (this.chunk.mayGoOn === true ? BigInt(decoded) : null);
    return settleClaim(this.#claim, limit, timestamps);
  }

  async #take(batch: RecordBatch): Promise<void> {
    const load = this.#load as ChunkLoad;
    const transforms = this.#transforms as ChunkTransforms;
    const { index, emit } = this.context;
    emit({ type: 'records_decoded', chunk: index, records: batch.count });
    if (this.#claim !== null) this.#timestamps.watch(batch);
    const outcome = transforms.take(batch);
    if (outcome === undefined) return;
    const { table, transformed } = outcome;
    if (transformed.rows > 0) await load.write(table, transformed.tuples, transformed.rows);
    if (transformed.rejections.length > 0) {
      this.#rejections.add(transformed.rejections, transforms.checked);
      for (const { ordinal, schema, reasons } of transformed.rejections) {
        const reason = reasons.map(({ message }) => message).join('; ');
        emit({ type: 'record_rejected', chunk: index, ordinal, schema, reason });
      }
      await load.quarantine(transformed.rejections);
    }
    emit({ type: 'rows_stored', chunk: index, rows: transformed.rows, rejected: transformed.rejections.length });
  }

  async #finish(summary: ReadSummary): Promise<ChunkReport> {
    const load = this.#load as ChunkLoad;
    const transforms = this.#transforms as ChunkTransforms;
    this.#rejections.finish(transforms.checked);
    const settlement = await load.settle({
      ...summary,
      claim: this.#settledClaim(transforms.decoded, this.#timestamps),
      seen: this.#timestamps.seen,
      decoded: transforms.decoded,
      control: transforms.control,
      unsupported: transforms.unsupported,
      symbols: transforms.symbols.counts,
      symbology: transforms.symbols.intervals(),
      plugins: transforms.plugins,
      unnamedDays: transforms.symbols.unnamedDays(),
      unnamedSymbols: transforms.symbols.unnamedSymbols(),
    });
    const { records } = settlement;
    if (!balances(records) || records.decoded !== transforms.decoded) {
      throw new TickloomError('INVARIANT', `the chunk does not balance: ${JSON.stringify(records)}`, {
        context: { source: this.chunk.source, decoded: transforms.decoded },
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
    if (!nothingNew) report.symbols = { ...transforms.symbols.counts };
    return report;
  }
}

function waitingText(source: string, runId: string, holder: ClaimHolder): string {
  const whose = holder.runId === runId ? 'this run' : `run ${holder.runId}`;
  return `${source}: waiting for "${holder.source}" of ${whose}, which overlaps it`;
}

function holdsNothing({ loaded, already_loaded, quarantined }: RecordCounts): boolean {
  return loaded + already_loaded + quarantined === 0;
}
