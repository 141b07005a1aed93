import { isTickloomError } from '../errors/index.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { ChunkReader } from '../pipeline/chunk-reader.js';
import type { Decompress } from '../pipeline/decompress.js';
import type { PluginRegistry, RegisteredSchema } from '../registry/plugin-registry.js';
import type { Chunk } from '../source/source.js';
import { SymbolResolver } from '../symbology/symbol-resolver.js';
import { symbologyDifference } from './header-check.js';
import { HeldTuples } from './held-tuples.js';
import { OriginalComparison } from './original-comparison.js';
import { difference, type Difference, type NotStored, type OriginalStatus } from './verify-report.js';
import type { LedgerChunk, Original, Originals, VerifySession, VerifyStore } from './verify-store.js';
import { counted } from '../text/counted.js';

export interface DeepParts {
  readonly registry: PluginRegistry;
  readonly store: VerifyStore;
  readonly originals: Originals;
  readonly decompress: Decompress;
}

/** What came of the comparison with an original. */
export interface DeepResult {
  readonly original: OriginalStatus;
  readonly notStored: NotStored | null;
  readonly differences: readonly Difference[];
  readonly notes: readonly string[];
}

/** Compares one chunk with the bytes that it came from, in a snapshot of the database of its own. */
export class DeepCheck {
  readonly #differences: Difference[] = [];
  readonly #notes: string[] = [];
  #notStored: NotStored | null = null;
  #absent = 0;
  #firstAbsent = -1;

  constructor(
    private readonly parts: DeepParts,
    private readonly chunkId: number,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws what the database throws; CANCELLED. What is wrong with the original is in the result. */
  async run(): Promise<DeepResult> {
    const session = await this.parts.store.begin(this.signal);
    try {
      const [chunk] = await session.chunks({ chunkId: this.chunkId });
      // replaced or taken away since it was listed
      if (chunk === undefined) return this.#result('not_compared', 'it is not loaded any more');
      if (hasNothing(chunk)) return this.#result('nothing_to_compare');
      return await this.#compare(chunk, session);
    } finally {
      await session.close();
    }
  }

  async #compare(chunk: LedgerChunk, session: VerifySession): Promise<DeepResult> {
    try {
      const schemas = await this.#schemas(chunk);
      if (schemas === undefined) return this.#result('source_missing', missing(chunk));
      for (const [pass, schema] of schemas.entries()) {
        const sha256 = await this.#pass(chunk, session, schema, pass === 0);
        if (sha256 === undefined) return this.#result('source_missing', missing(chunk));
        if (sha256 !== chunk.contentSha256) return this.#changed(`its content is not what was loaded`);
      }
    } catch (error) {
      if (!isTickloomError(error)) throw error;
      if (error.code === 'PATH_UNREADABLE' || error.code === 'SOURCE_UNAVAILABLE') {
        return this.#result('source_missing', error.message);
      }
      if (error.action !== 'fail-chunk') throw error;
      return this.#changed(error.message);
    }
    this.#judgeAbsent(chunk);
    return this.#result('compared');
  }

  /** Those to compare one after the other; `undefined` when the original is not there. */
  async #schemas(chunk: LedgerChunk): Promise<readonly RegisteredSchema[] | undefined> {
    const { registry } = this.parts;
    if (chunk.schema !== null) return [registry.get(chunk.schema)];
    const original = await this.parts.originals.find(chunk);
    if (original === null) return undefined;
    const reader = this.#reader(chunk, original);
    const found = new Map<string, RegisteredSchema>();
    try {
      for await (const { rtype } of reader.batches()) {
        const schema = registry.schemaFor(null, rtype);
        if (schema !== undefined) found.set(schema.name, schema);
      }
    } finally {
      await reader.close();
    }
    return [...found.values()];
  }

  /** @returns the SHA-256 of what was read; `undefined` when there is nothing to read */
  async #pass(
    chunk: LedgerChunk,
    session: VerifySession,
    schema: RegisteredSchema,
    isFirst: boolean,
  ): Promise<string | undefined> {
    const { registry } = this.parts;
    const original = await this.parts.originals.find(chunk);
    if (original === null) return undefined;
    const reader = this.#reader(chunk, original);
    let comparison: OriginalComparison | undefined;
    try {
      const { metadata } = await reader.header();
      const symbols = new SymbolResolver(chunk.dataset, metadata ?? null, original.instruments);
      const held = new HeldTuples(session.byOrdinal(schema.table, chunk.chunkId));
      comparison = new OriginalComparison(schema, chunk, held, symbols);
      const isOurs = ({ rtype, version, layout }: RecordBatch): boolean =>
        layout?.control !== true &&
        version === chunk.version &&
        registry.schemaFor(chunk.schema, rtype)?.name === schema.name;
      for await (const batch of reader.batches()) {
        if (batch.layout?.control === true) symbols.observe(batch);
        if (isOurs(batch)) await comparison.take(batch);
      }
      await comparison.finish();
      this.#add(comparison, schema);
      if (isFirst) await this.#compareSymbology(chunk, session, symbols);
      return reader.summary().contentSha256;
    } finally {
      comparison?.close();
      await reader.close();
    }
  }

  #reader(chunk: LedgerChunk, { bytes }: Original): ChunkReader {
    const { dataset, schema, version, tsOut, isFragment, source } = chunk;
    const fragment = isFragment ? { dataset, schema: schema ?? '', version, tsOut } : null;
    const original: Chunk = {
      ...{ source, fragment, sizeBytes: null, repeatable: true },
      ...(bytes.parts === undefined ? {} : { parts: bytes.parts }),
      open: (signal) => bytes.open(signal),
    };
    return new ChunkReader(original, this.parts.decompress, this.signal);
  }

  #add(comparison: OriginalComparison, schema: RegisteredSchema): void {
    const { first, differing, uncompared, absent, firstAbsent, notStored } = comparison;
    if (first !== undefined) {
      const others = differing === 1 ? '' : `; ${differing - 1} more differ`;
      this.#differences.push({ ...first, message: `${first.message}${others}` });
    }
    if (uncompared > 0) {
      this.#notes.push(
        `not compared, because the present mapper of "${schema.name}" rejects what it came from: ${counted(uncompared, 'row')}`,
      );
    }
    if (absent > 0 && (this.#absent === 0 || firstAbsent < this.#firstAbsent)) this.#firstAbsent = firstAbsent;
    this.#absent += absent;
    if (this.#notStored === null) this.#notStored = { ...notStored.found };
    else addInto(this.#notStored, notStored.found);
  }

  /** Records of the original that are not there belong to other chunks, as the ledger says of so many. */
  #judgeAbsent({ chunkId, alreadyLoaded, superseded, unsupported }: LedgerChunk): void {
    const elsewhere = alreadyLoaded + superseded + unsupported;
    if (this.#absent <= elsewhere) return;
    const known = elsewhere === 0 ? '' : `, and the ledger says so of ${elsewhere}`;
    const message = `neither among the rows of this chunk nor in quarantine: ${counted(this.#absent, 'record')} of the original${known}; the first is record ${this.#firstAbsent}`;
    this.#differences.push(difference('record_missing', message, { chunk_id: chunkId, ordinal: this.#firstAbsent }));
  }

  async #compareSymbology(chunk: LedgerChunk, session: VerifySession, symbols: SymbolResolver): Promise<void> {
    const lost = await session.missingSymbology(symbols.intervals());
    this.#differences.push(...symbologyDifference(chunk.chunkId, lost));
  }

  #changed(why: string): DeepResult {
    return { original: 'source_changed', notStored: null, differences: [], notes: [`the original changed: ${why}`] };
  }

  #result(original: OriginalStatus, note?: string): DeepResult {
    const notes = note === undefined ? this.#notes : [...this.#notes, note];
    return { original, notStored: this.#notStored, differences: this.#differences, notes };
  }
}

/** Nothing came, from nowhere: the part of a request on whose days there was nothing to ask for. */
function hasNothing({ archiveId, locations, ...counts }: LedgerChunk): boolean {
  const { loaded, quarantined, alreadyLoaded, superseded, unsupported } = counts;
  const records = loaded + quarantined + alreadyLoaded + superseded + unsupported;
  return archiveId === null && locations === null && records === 0;
}

function missing({ archiveId, locations }: LedgerChunk): string {
  const [first, ...others] = locations ?? [];
  if (first === undefined) {
    if (archiveId === null) return 'the original cannot be read again';
    return `the archive does not have the entry "${archiveId}" any more`;
  }
  if (others.length === 0) return `the original "${first}" is not there any more`;
  return `of the ${others.length + 1} files that the original was split into, from "${first}" on, not all are there any more`;
}

function addInto(total: NotStored, more: NotStored): void {
  for (const key of Object.keys(total) as (keyof NotStored)[]) total[key] += more[key];
}
