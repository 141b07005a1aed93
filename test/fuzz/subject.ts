import { decompress, type ZstdRung } from '../../src/adapters/zstd/index.js';
import { isTickloomError, type ErrorCode } from '../../src/core/errors/index.js';
import { claimOf } from '../../src/core/coverage/claim-of.js';
import { ChunkReader } from '../../src/core/pipeline/chunk-reader.js';
import { ChunkTransforms } from '../../src/core/pipeline/chunk-transforms.js';
import { decodeText, type DecodeTextOptions } from '../../src/core/pipeline/decode-text.js';
import type { Chunk } from '../../src/core/source/source.js';
import { instrumentDays } from '../../src/core/symbology/instrument-mapping.js';
import { type CellValue, readTuples } from '../../src/testing/index.js';
import { builtinRegistry } from '../support/plugin-rows.js';

/** What became of an input: rows, or an error of ours. Anything else is thrown. */
export type Outcome =
  | { readonly error: ErrorCode }
  | {
      readonly error: null;
      readonly rows: ReadonlyMap<number, Readonly<Record<string, CellValue>>>;
      readonly rejected: ReadonlySet<number>;
      readonly decoded: number;
    };

/** Errors that say "a bug of ours" are none for an input, however odd. */
const OURS_TO_MEND: readonly ErrorCode[] = ['INTERNAL', 'INVARIANT'];

/** Puts an input through everything between the file and the database. */
export async function load(
  bytes: Buffer,
  options: { readonly pieceSize: number; readonly rung?: ZstdRung },
): Promise<Outcome> {
  return expectingOurs(async () => {
    const reader = readerOf(bytes, options);
    try {
      const decoder = await reader.header();
      const metadata = decoder.metadata ?? null;
      const [dataset, schema] = [metadata?.dataset ?? '', metadata?.schema ?? null];
      const transforms = new ChunkTransforms(builtinRegistry, { metadata, dataset, schema });
      if (metadata !== null) claimOf(metadata, instrumentDays(metadata));
      const rows = new Map<number, Readonly<Record<string, CellValue>>>();
      const rejected = new Set<number>();
      for await (const batch of reader.batches()) {
        const taken = transforms.take(batch);
        if (taken === undefined) continue;
        const { tuples, rejections } = taken.transformed;
        for (const row of readTuples(tuples, taken.table.columns)) rows.set(Number(row['ordinal']), row);
        for (const { ordinal } of rejections) rejected.add(ordinal);
      }
      transforms.symbols.intervals();
      return { error: null, rows, rejected, decoded: transforms.decoded };
    } finally {
      await reader.close();
    }
  });
}

/** Prints an input, as `decode` does. */
export async function print(bytes: Buffer, format: DecodeTextOptions['format']): Promise<Outcome> {
  return expectingOurs(async () => {
    const reader = readerOf(bytes, { pieceSize: bytes.length, rung: 'fzstd' });
    try {
      let decoded = 0;
      const text = decodeText(reader, { format, prettyPx: true, prettyTs: true, mapSymbols: true });
      for await (const lines of text) {
        decoded += lines.length;
        if (format === 'jsonl') for (const line of lines.split('\n').filter((one) => one !== '')) JSON.parse(line);
      }
      return { error: null, rows: new Map(), rejected: new Set(), decoded };
    } finally {
      await reader.close();
    }
  });
}

function readerOf(
  bytes: Buffer,
  { pieceSize, rung }: { readonly pieceSize: number; readonly rung?: ZstdRung },
): ChunkReader {
  const chunk: Chunk = {
    source: 'fuzz',
    sizeBytes: bytes.length,
    fragment: null,
    repeatable: true,
    open: async function* () {
      for (let at = 0; at < bytes.length; at += pieceSize) yield bytes.subarray(at, at + pieceSize);
    },
  };
  return new ChunkReader(
    chunk,
    (stored) => decompress(stored, rung === undefined ? {} : { rung }),
    new AbortController().signal,
  );
}

async function expectingOurs(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (!isTickloomError(error) || OURS_TO_MEND.includes(error.code)) throw error;
    return { error: error.code };
  }
}
