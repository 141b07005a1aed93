import { createReadStream } from 'node:fs';
import { decompress } from '../../../adapters/zstd/index.js';
import {
  DbnDecoder,
  decodeStream,
  readField,
  rtypeOfSchema,
  schemaOfRtype,
  type DbnVersion,
  type Metadata,
  type RecordBatch,
} from '../../../core/dbn/index.js';
import { fieldOf } from '../../../core/dbn/layout/field-of.js';
import type { GatewayDataset, RecordQuery, RecordRun, TimeRange } from '../dataset.js';
import { FileRecords } from './file-records.js';
import { SymbolTable } from './symbol-table.js';

const FUTURES = ['F', 'S'];

/**
 * Serves DBN files, plain or zstd: paths, or their bytes. All of them are held in memory. Symbols mean what the headers
 * and definitions say; a day has a session when there is a record on it. Records are served in file order, in the
 * version asked for or that of the files, whichever is newer.
 *
 * @throws what reading and decoding a file throws
 */
export async function dbnFiles(files: readonly (string | Uint8Array)[]): Promise<GatewayDataset> {
  const dataset = new FileDataset();
  for (const file of files) await dataset.read(file);
  return dataset;
}

class FileDataset implements GatewayDataset {
  private readonly bySchema = new Map<string, FileRecords>();
  private readonly ranges = new Map<string, TimeRange>();
  private readonly table = new SymbolTable();
  /** The ids that have records on a day. */
  private readonly days = new Map<number, Set<number>>();

  async read(file: string | Uint8Array): Promise<void> {
    const decoder = new DbnDecoder();
    const bytes = typeof file === 'string' ? createReadStream(file) : once(file);
    for await (const batch of decodeStream(decompress(bytes), decoder)) this.addBatch(batch, decoder.metadata);
    const { metadata } = decoder;
    if (metadata === undefined) return;
    this.table.addHeader(metadata);
    if (metadata.schema !== null) this.extend(metadata.schema, metadata.start, metadata.end ?? metadata.start);
  }

  get schemas(): readonly string[] {
    return [...this.ranges.keys()];
  }

  range(schema: string): TimeRange {
    return this.ranges.get(schema) ?? { start: 0n, end: 0n };
  }

  isSession(day: number): boolean {
    return this.days.has(day);
  }

  instrumentsOn(day: number): readonly number[] {
    return [...(this.days.get(day) ?? [])];
  }

  resolve(stypeIn: string, symbol: string, day: number): readonly number[] {
    if (stypeIn !== 'instrument_id') return this.table.resolve(stypeIn, symbol, day);
    const id = Number(symbol);
    return this.days.get(day)?.has(id) === true || this.rawSymbol(id, day) !== undefined ? [id] : [];
  }

  rawSymbol(instrumentId: number, day: number): string | undefined {
    return this.table.rawSymbol(instrumentId, day);
  }

  versionFor(wanted: DbnVersion): DbnVersion {
    const versions = [...this.bySchema.values()].map(({ newest }) => newest);
    return Math.max(wanted, ...versions) as DbnVersion;
  }

  records(query: RecordQuery): Iterable<RecordRun> {
    return this.bySchema.get(query.schema)?.runs(query) ?? [];
  }

  count(query: RecordQuery): number {
    return this.bySchema.get(query.schema)?.count(query) ?? 0;
  }

  private addBatch(batch: RecordBatch, metadata: Metadata | undefined): void {
    const { layout, rtype, view, offsets, count, version } = batch;
    if (layout === undefined || layout.control) return;
    const named = metadata?.schema ?? null;
    const schema = named !== null && rtypeOfSchema(named) === rtype ? named : schemaOfRtype(rtype);
    if (schema === undefined) return;
    const records = this.bySchema.get(schema) ?? new FileRecords(schema);
    this.bySchema.set(schema, records);
    const before = records.records.length;
    for (let index = 0; index < count; index += 1) records.add(layout, version, view, offsets[index] as number);
    for (const { time, day, instrumentId, bytes } of records.records.slice(before)) {
      this.extend(schema, time, time + 1n);
      const ids = this.days.get(day) ?? new Set<number>();
      this.days.set(day, ids.add(instrumentId));
      if (schema === 'definition') this.addDefinition(batch, bytes, day, instrumentId);
    }
  }

  /** A definition tells what its instrument is called that day, and whose child it is. */
  private addDefinition({ layout }: RecordBatch, bytes: Uint8Array, day: number, instrumentId: number): void {
    if (layout === undefined) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const text = (name: string): string => String(readField(fieldOf(layout, name), view, 0));
    const entry = { startDay: day, endDay: day + 1, instrumentId };
    this.table.add('raw_symbol', text('raw_symbol'), entry);
    const kind = FUTURES.includes(text('instrument_class')) ? 'FUT' : 'OPT';
    if (text('asset') !== '') this.table.add('parent', `${text('asset')}.${kind}`, entry);
  }

  private extend(schema: string, start: bigint, end: bigint): void {
    const known = this.ranges.get(schema) ?? { start, end };
    this.ranges.set(schema, {
      start: start < known.start ? start : known.start,
      end: end > known.end ? end : known.end,
    });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
