import { fieldOf } from '../dbn/layout/field-of.js';
import { layoutOf } from '../dbn/layout/layouts.js';
import type { RecordLayout } from '../dbn/layout/record-layout.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { rtypeOfSchema } from '../dbn/schemas.js';
import { LineWriter } from '../dbn/text/line-writer.js';
import type { TextFormat } from '../dbn/text/value-writers.js';
import { TickloomError } from '../errors/index.js';
import { SymbolResolver } from '../symbology/symbol-resolver.js';
import type { ChunkReader } from './chunk-reader.js';

export interface DecodeTextOptions {
  readonly format: TextFormat;
  readonly prettyPx?: boolean;
  readonly prettyTs?: boolean;
  readonly mapSymbols?: boolean;
  /** Stop after so many records. */
  readonly limit?: number;
}

/** Lines are handed on in blocks of at most so many records, so that a slow reader of the text holds little of it. */
const BLOCK_RECORDS = 4096;

/**
 * The records of a stream as text, as the vendor's own encoder prints them; blocks of whole lines. csv holds records of
 * one kind, json lines of any; records whose rtype is not known are left out.
 * @throws what the reader throws; USAGE when csv meets a second kind
 */
export async function* decodeText(reader: ChunkReader, options: DecodeTextOptions): AsyncGenerator<string, void> {
  const { metadata } = await reader.header();
  const symbols = new SymbolResolver(metadata?.dataset ?? '', metadata ?? null);
  const writers = new Map<RecordLayout, LineWriter>();
  let left = options.limit ?? Infinity;
  const schema = metadata?.schema ?? null;
  if (options.format === 'csv' && schema !== null && metadata !== undefined) {
    // A stream without records still has its line of names.
    const layout = layoutOfSchema(schema, metadata.version);
    if (layout !== undefined) yield addWriter(layout, metadata.tsOut).header;
  }
  if (left <= 0) return;
  for await (const batch of reader.batches()) {
    symbols.observe(batch);
    const { layout } = batch;
    if (layout === undefined) continue;
    let writer = writers.get(layout);
    if (writer === undefined) {
      if (options.format === 'csv' && writers.size > 0) throw secondKind([...writers.keys()], layout);
      writer = addWriter(layout, batch.tsOut);
      if (writer.header !== '') yield writer.header;
    }
    const count = Math.min(batch.count, left);
    for (let from = 0; from < count; from += BLOCK_RECORDS) {
      yield writer.text(batch, from, Math.min(from + BLOCK_RECORDS, count));
    }
    left -= count;
    if (left <= 0) return;
  }

  function addWriter(layout: RecordLayout, tsOut: boolean): LineWriter {
    const { format, prettyPx = false, prettyTs = false } = options;
    const symbolOf = options.mapSymbols === true ? mappedBy(symbols, layout) : undefined;
    const writer = new LineWriter(layout, format, {
      prettyPx,
      prettyTs,
      tsOut,
      ...(symbolOf === undefined ? {} : { symbolOf }),
    });
    writers.set(layout, writer);
    return writer;
  }
}

function mappedBy(symbols: SymbolResolver, layout: RecordLayout): (batch: RecordBatch, index: number) => string | null {
  const fields = { indexTimestampOffset: fieldOf(layout, layout.indexTimestamp).offset, ownSymbol: null };
  return (batch, index) => symbols.mappedSymbolOf(batch, fields, index);
}

function layoutOfSchema(schema: string, version: 1 | 2 | 3): RecordLayout | undefined {
  const rtype = rtypeOfSchema(schema);
  return rtype === undefined ? undefined : layoutOf(rtype, version);
}

function secondKind(known: readonly RecordLayout[], found: RecordLayout): TickloomError {
  const [first] = known;
  return new TickloomError(
    'USAGE',
    `csv holds records of one kind; the stream has "${found.name}" beside "${String(first?.name)}"`,
    { hint: 'Print it with --format jsonl.' },
  );
}
