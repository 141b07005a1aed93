import { bindingOf } from '../compile/compiled-model.js';
import { compileRecordWriter } from '../compile/compile-record-writer.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import { schemaNumber } from '../dbn/schemas.js';
import { LineWriter } from '../dbn/text/line-writer.js';
import { TickloomError } from '../errors/index.js';
import type { PluginRegistry } from '../registry/plugin-registry.js';
import { copyTuples } from './copy-tuples.js';
import { checkRange, checkWholeChunk, usage, type ExportFormat, type ExportRecordsRequest } from './export-request.js';
import type { ExportSession } from './export-store.js';
import { prepareChunk, prepareRange, type LeftOut, type PreparedExport } from './prepare-export.js';
import { RecordBatches, type ExportedBatch } from './record-batches.js';

/** What an export turned out to be. */
export interface ExportAccount {
  readonly format: ExportFormat;
  readonly schema: string;
  /** `null` when nothing was found, and none asked for. */
  readonly dataset: string | null;
  readonly dbn_version: DbnVersion;
  /** How many chunks the records come from. */
  readonly chunks: number;
  readonly records: number;
  /** Of the records, those that were put back from quarantine. */
  readonly from_quarantine: number;
  /** False for a DBN fragment: the chunk came without a header. */
  readonly header: boolean;
  readonly left_out: LeftOut;
}

/** Takes records out of the database again, as the bytes that they came in or as text. */
export class RecordExport {
  #account: ExportAccount | undefined;

  private constructor(
    private readonly session: ExportSession,
    private readonly request: ExportRecordsRequest,
    private readonly prepared: PreparedExport,
  ) {}

  /**
   * Finds out what there is to export.
   * @throws USAGE, SCHEMA_UNKNOWN, NOT_FOUND for a chunk that there is not
   */
  static async prepare(
    session: ExportSession,
    registry: PluginRegistry,
    request: ExportRecordsRequest,
  ): Promise<RecordExport> {
    const prepared =
      request.chunk === undefined
        ? await prepareRange(session, registry, request)
        : await prepareChunk(session, registry, request, request.chunk);
    if (request.format === 'dbn' && schemaNumber(prepared.schema.name) === undefined) {
      throw usage(
        `schema "${prepared.schema.name}" has no number in DBN, so no DBN file can say that it holds it`,
        'Export it as csv or jsonl.',
      );
    }
    return new RecordExport(session, request, prepared);
  }

  /** Refuses a request that no database is needed to refuse. @throws USAGE, SCHEMA_UNKNOWN */
  static check(registry: PluginRegistry, request: ExportRecordsRequest): void {
    if (request.schema !== undefined) registry.get(request.schema);
    if (request.chunk === undefined) {
      if (request.schema === undefined) throw usage('no schema is named', 'Add --schema, e.g. --schema trades.');
      checkRange(request);
    } else checkWholeChunk(request);
  }

  /** The whole output, in pieces that are the taker's own. */
  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    const { session, request, prepared } = this;
    const { schema, version, tsOut, selection, chunks } = prepared;
    const text = request.format !== 'dbn';
    const batches = new RecordBatches({
      writer: compileRecordWriter(bindingOf(schema.model, version), schema.rtype),
      version,
      tsOut,
      wantsSymbols: text && request.mapSymbols === true,
      wholeOnly: text,
    });
    const records = batches.batches(copyTuples(session.rows(selection, chunks)));
    let header = true;
    if (text) yield* this.#lines(records);
    else {
      const bytes = await prepared.header();
      header = bytes !== null;
      if (bytes !== null) yield bytes;
      for await (const { batch, size } of records) yield batch.bytes.subarray(0, size);
    }
    this.#account = {
      format: request.format,
      schema: schema.name,
      dataset: prepared.dataset,
      dbn_version: version,
      chunks,
      records: batches.records,
      from_quarantine: batches.quarantined,
      header,
      left_out: prepared.leftOut(batches),
    };
  }

  /** Once all bytes were taken. */
  get account(): ExportAccount {
    if (this.#account === undefined) throw new TickloomError('INVARIANT', 'an export was summed up before its end');
    return this.#account;
  }

  async *#lines(records: AsyncIterable<ExportedBatch>): AsyncGenerator<Uint8Array, void, undefined> {
    const { format, prettyPx = false, prettyTs = false, mapSymbols = false } = this.request;
    const { layout } = bindingOf(this.prepared.schema.model, this.prepared.version);
    let symbols: ExportedBatch['symbols'] = [];
    const writer = new LineWriter(layout, format === 'csv' ? 'csv' : 'jsonl', {
      prettyPx,
      prettyTs,
      ...(mapSymbols ? { symbolOf: (_: unknown, index: number) => symbols[index] } : {}),
    });
    if (writer.header !== '') yield new TextEncoder().encode(writer.header);
    for await (const exported of records) {
      symbols = exported.symbols;
      yield writer.encode(exported.batch).slice();
    }
  }
}
