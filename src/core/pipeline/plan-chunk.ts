import { createHash } from 'node:crypto';
import { claimOf } from '../coverage/claim-of.js';
import type { Metadata } from '../dbn/metadata.js';
import { asTickloomError, type TickloomError } from '../errors/index.js';
import type { Ledger } from '../ledger/ledger.js';
import type { PluginRegistry } from '../registry/plugin-registry.js';
import type { PlannedState } from '../report/run-report.js';
import type { Chunk } from '../source/source.js';
import { instrumentDays } from '../symbology/instrument-mapping.js';
import { formatNanos } from '../text/format-nanos.js';
import { ChunkReader } from './chunk-reader.js';
import { ChunkTransforms } from './chunk-transforms.js';
import type { Decompress } from './decompress.js';

/** A chunk as it would be loaded. Times are ISO 8601 with nine decimals, `null` where the source has none. */
export interface PlannedChunk {
  readonly source: string;
  readonly dataset: string | null;
  readonly schema: string | null;
  readonly start: string | null;
  readonly end: string | null;
  /** As stored; `null` where not known. */
  readonly bytes: number | null;
  readonly state: PlannedState;
  /** Why it is unreadable, else `null`. */
  readonly error: TickloomError | null;
}

export interface PlanParts {
  readonly registry: PluginRegistry;
  readonly decompress: Decompress;
  /** `'empty'` where nothing was ever loaded, `null` where there is no telling. */
  readonly ledger: Pick<Ledger, 'knowsHeader' | 'findContent' | 'coverageOf'> | 'empty' | null;
}

/**
 * Looks at the header of a chunk and at what the ledger holds of it, and changes nothing. Only a chunk that is
 * identified by its content is read to its end.
 * @throws CANCELLED, and what the ledger throws
 */
export async function planChunk(chunk: Chunk, parts: PlanParts, signal: AbortSignal): Promise<PlannedChunk> {
  const { source, sizeBytes: bytes, fragment } = chunk;
  const { dataset = null, schema = null } = fragment ?? {};
  let known: Omit<PlannedChunk, 'state'> = { source, dataset, schema, start: null, end: null, bytes, error: null };
  // what would have to be fetched first is not, and what can be read once is left for the run
  if (!chunk.repeatable || chunk.fetch !== undefined) return { ...known, state: 'unknown' };
  const reader = new ChunkReader(chunk, parts.decompress, signal);
  try {
    const { metadata = null } = await reader.header();
    if (metadata !== null) known = { ...known, ...saidBy(metadata) };
    // throws where no plugin serves the schema
    new ChunkTransforms(parts.registry, { metadata, dataset: known.dataset ?? '', schema: known.schema });
    return { ...known, state: await new HeldState(reader, chunk, parts).find() };
  } catch (thrown) {
    const error = asTickloomError(thrown);
    if (error.action !== 'fail-chunk' && error.code !== 'SCHEMA_UNKNOWN') throw error;
    return { ...known, state: 'unreadable', error };
  } finally {
    await reader.close();
  }
}

function saidBy({ dataset, schema, start, end }: Metadata): Pick<PlannedChunk, 'dataset' | 'schema' | 'start' | 'end'> {
  return { dataset, schema, start: formatNanos(start), end: end === null ? null : formatNanos(end) };
}

/** Finds out how much of a chunk is held. Its header has been read. */
class HeldState {
  constructor(
    private readonly reader: ChunkReader,
    private readonly chunk: Chunk,
    private readonly parts: PlanParts,
  ) {}

  async find(): Promise<PlannedState> {
    const { ledger } = this.parts;
    if (ledger === null) return 'unknown';
    if (ledger === 'empty') return 'new';
    const { metadata, headerBytes } = this.reader.decoder;
    const claim = metadata === undefined ? null : claimOf(metadata, instrumentDays(metadata));
    const headerKnown = headerBytes !== undefined && (await ledger.knowsHeader(sha256(headerBytes)));
    // a limit may have ended what a header claims; then, and without a claim, only the content tells
    const askContent = claim === null || metadata?.limit !== null;
    if (askContent && (headerKnown || headerBytes === undefined) && (await this.#holdsContent(ledger))) return 'loaded';
    if (claim === null) return 'new';
    const held = await ledger.coverageOf(claim);
    if (held === 'all') return headerKnown && !askContent ? 'loaded' : 'covered';
    return held === 'none' ? 'new' : 'overlaps';
  }

  async #holdsContent(ledger: Pick<Ledger, 'findContent'>): Promise<boolean> {
    for await (const { count } of this.reader.batches()) void count;
    const { contentSha256 } = this.reader.summary();
    const { metadata } = this.reader.decoder;
    const readAs = metadata ?? this.chunk.fragment;
    if (readAs === null) return false;
    const { dataset, schema, version, tsOut } = readAs;
    return (await ledger.findContent({ contentSha256, dataset, schema, version, tsOut })) !== undefined;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
