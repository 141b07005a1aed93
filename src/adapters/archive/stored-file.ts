import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { archiveDamaged, isMissing } from './archive-errors.js';

/** What the manifest says of a file. */
export interface StoredFile {
  readonly file: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

const PIECE_BYTES = 256 * 1024;

/** Reads a file piece by piece. @throws ARCHIVE_DAMAGED when it is missing or cannot be read */
export async function* readPieces(
  path: string,
  fromByte = 0,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(path, { start: fromByte, highWaterMark: PIECE_BYTES });
  try {
    for await (const piece of stream) {
      signal?.throwIfAborted();
      yield piece as Uint8Array;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw archiveDamaged(path, isMissing(error) ? 'it is missing' : (error as Error).message, error);
  } finally {
    stream.destroy();
  }
}

/** Compares a whole file with what is known of it. @throws ARCHIVE_DAMAGED */
export async function verifyFile(path: string, { bytes, sha256 }: StoredFile, signal?: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const piece of readPieces(path, 0, signal)) {
    hash.update(piece);
    length += piece.length;
  }
  if (length !== bytes) throw archiveDamaged(path, `it has ${length} bytes, expected ${bytes}`);
  const found = hash.digest('hex');
  if (found !== sha256) throw archiveDamaged(path, `its SHA-256 is ${found}, expected ${sha256}`);
}
