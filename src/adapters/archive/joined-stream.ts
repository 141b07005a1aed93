import { join } from 'node:path';
import type { ArchivedSegment } from '../../core/archive/archive.js';
import { DbnDecoder } from '../../core/dbn/decode/dbn-decoder.js';
import { recordSpans, splitSpan } from '../../core/dbn/decode/record-spans.js';
import { decompress } from '../zstd/index.js';
import { archiveDamaged } from './archive-errors.js';
import type { ManifestContent } from './manifest.js';
import { readPieces, verifyFile } from './stored-file.js';

/**
 * The stream that an undisturbed answer would have been: the first header, then the records of all segments. A single
 * answer that came whole is given as it is stored. A file is verified before anything of it is given out.
 * @throws ARCHIVE_DAMAGED
 */
export async function* joinedStream(
  folder: string,
  { entry, header }: ManifestContent,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { segments } = entry;
  const [only] = segments;
  if (only !== undefined && segments.length === 1 && only.skip === 0) {
    await verifyFile(join(folder, only.file), only, signal);
    return yield* readPieces(join(folder, only.file), 0, signal);
  }
  await verifyFile(join(folder, header.file), header, signal);
  yield* readPieces(join(folder, header.file), 0, signal);
  for (const segment of segments) yield* recordsOf(folder, segment, signal);
}

async function* recordsOf(
  folder: string,
  segment: ArchivedSegment,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const path = join(folder, segment.file);
  await verifyFile(path, segment, signal);
  const decoder = new DbnDecoder();
  let repeated = segment.skip;
  for await (const piece of decompress(readPieces(path, 0, signal))) {
    decoder.push(piece);
    for (const span of recordSpans(decoder)) {
      const [skipped, rest] = splitSpan(span, Math.min(repeated, span.records));
      repeated -= skipped.records;
      if (rest.records > 0) yield rest.bytes;
    }
  }
  decoder.end();
  const expected = segment.records + segment.skip;
  if (decoder.records !== expected) {
    throw archiveDamaged(path, `it has ${decoder.records} records, expected ${expected}`);
  }
}
