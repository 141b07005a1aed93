import { compress, type CompressionRung } from '../../adapters/zstd/index.js';
import {
  encodeMetadata,
  layoutOf,
  LineWriter,
  rtypeOfSchema,
  type DbnVersion,
  type LineWriterOptions,
  type Metadata,
  type RecordBatch,
  type RecordLayout,
  type TextFormat,
} from '../../core/dbn/index.js';
import type { RecordRun } from './dataset.js';

/** A piece of a reply's body. */
export interface BodyPiece {
  readonly bytes: Uint8Array;
  /** Bytes of binary records in it, as they are billed. */
  readonly billable: number;
  /** Of `bytes` those at the front that hold no records: the header of the data. */
  readonly unbilled: number;
  /** A whole zstd frame. */
  readonly frame: boolean;
}

export interface BodyFormat {
  readonly encoding: 'dbn' | 'csv' | 'json';
  /** `null` for none. */
  readonly zstd: CompressionRung | null;
  /** Bytes of input to a zstd frame. */
  readonly frameBytes: number;
  readonly version: DbnVersion;
  readonly prettyPx: boolean;
  readonly prettyTs: boolean;
  readonly symbolOf?: (instrumentId: number, day: number) => string | undefined;
}

const PIECE_BYTES = 64 * 1024;
const INSTRUMENT_ID_OFFSET = 4;

/** A reply's body: header and records, as asked for. */
export async function* encodeBody(
  metadata: Metadata,
  runs: Iterable<RecordRun>,
  format: BodyFormat,
): AsyncGenerator<BodyPiece, void, undefined> {
  const pieceBytes = Math.min(PIECE_BYTES, format.frameBytes);
  const pieces =
    format.encoding === 'dbn' ? binary(metadata, runs, pieceBytes) : text(metadata, runs, format, pieceBytes);
  if (format.zstd === null) yield* pieces;
  else yield* frames(pieces, format.zstd, format.frameBytes);
}

function* binary(
  metadata: Metadata,
  runs: Iterable<RecordRun>,
  pieceBytes: number,
): Generator<BodyPiece, void, undefined> {
  const header = encodeMetadata(metadata);
  yield { bytes: header, billable: 0, unbilled: header.length, frame: false };
  for (const { bytes, recordSize } of runs) {
    const step = Math.max(1, Math.floor(pieceBytes / recordSize)) * recordSize;
    for (let at = 0; at < bytes.length; at += step) {
      const piece = bytes.subarray(at, at + step);
      yield { bytes: piece, billable: piece.length, unbilled: 0, frame: false };
    }
  }
}

function* text(
  metadata: Metadata,
  runs: Iterable<RecordRun>,
  format: BodyFormat,
  pieceBytes: number,
): Generator<BodyPiece, void, undefined> {
  const layout = layoutOf(rtypeOfSchema(metadata.schema ?? '') ?? 0, metadata.version);
  if (layout === undefined) return;
  let day = 0;
  const kind: TextFormat = format.encoding === 'csv' ? 'csv' : 'jsonl';
  const writer = new LineWriter(
    layout,
    kind,
    writerOptions(format, () => day),
  );
  const header = Buffer.from(writer.header);
  if (header.length > 0) yield { bytes: header, billable: 0, unbilled: header.length, frame: false };
  for (const run of runs) {
    const batch = batchOf(run, layout, metadata.version);
    day = run.day;
    const step = Math.max(1, Math.floor(pieceBytes / run.recordSize));
    for (let at = 0; at < run.count; at += step) {
      const to = Math.min(run.count, at + step);
      const lines = writer.encode(batch, at, to).slice();
      yield { bytes: lines, billable: (to - at) * run.recordSize, unbilled: 0, frame: false };
    }
  }
}

function writerOptions({ prettyPx, prettyTs, symbolOf }: BodyFormat, day: () => number): LineWriterOptions {
  if (symbolOf === undefined) return { prettyPx, prettyTs };
  return {
    prettyPx,
    prettyTs,
    symbolOf: ({ view, offsets }, index) =>
      symbolOf(view.getUint32((offsets[index] as number) + INSTRUMENT_ID_OFFSET, true), day()),
  };
}

function batchOf({ bytes, count, recordSize }: RecordRun, layout: RecordLayout, version: DbnVersion): RecordBatch {
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    count,
    offsets: Uint32Array.from({ length: count }, (_, index) => index * recordSize),
    firstOrdinal: 0,
    ordinals: new Uint32Array(0),
    rtype: bytes[1] ?? 0,
    layout,
    version,
    tsOut: false,
  };
}

/** Gathers pieces into frames, each compressed on its own. */
async function* frames(
  pieces: Iterable<BodyPiece>,
  rung: CompressionRung,
  frameBytes: number,
): AsyncGenerator<BodyPiece, void, undefined> {
  let gathered: BodyPiece[] = [];
  let size = 0;
  for (const piece of pieces) {
    gathered.push(piece);
    size += piece.bytes.length;
    if (size < frameBytes) continue;
    yield await frameOf(gathered, rung);
    gathered = [];
    size = 0;
  }
  if (gathered.length > 0) yield await frameOf(gathered, rung);
}

async function frameOf(pieces: readonly BodyPiece[], rung: CompressionRung): Promise<BodyPiece> {
  const parts: Uint8Array[] = [];
  for await (const part of compress(inTurn(pieces), { rung })) parts.push(part);
  const bytes = Buffer.concat(parts);
  const sum = (of: (piece: BodyPiece) => number): number => pieces.reduce((total, piece) => total + of(piece), 0);
  // Compressed or not, the front of a frame holds the front of its content.
  const free = sum(({ unbilled }) => unbilled) / sum((piece) => piece.bytes.length);
  return { bytes, billable: sum(({ billable }) => billable), unbilled: Math.floor(free * bytes.length), frame: true };
}

async function* inTurn(pieces: readonly BodyPiece[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { bytes } of pieces) yield bytes;
}
