import { basename } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import type { Chunk, ChunkOrigin, ChunkPart } from '../../core/source/source.js';
import type { FileChunk } from './file-chunk.js';

/** A chunk that was split into several files with one header, but perhaps for its start: all of them, in order. */
export class JoinedChunk implements Chunk {
  readonly source: string;
  readonly origin: ChunkOrigin;
  readonly sizeBytes: number;
  readonly fragment = null;
  readonly repeatable = true;
  readonly partsStartApart = true;

  /** @param mayGoOn whether parts may exist that nobody knows of */
  constructor(
    readonly parts: readonly FileChunk[],
    readonly mayGoOn: boolean,
  ) {
    this.source = nameOfParts(parts);
    this.origin = { locations: parts.flatMap(({ origin }) => origin.locations) };
    this.sizeBytes = parts.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  }

  /** @throws as {@link FileChunk.open} */
  async *open(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    for (const part of this.parts) yield* part.open(signal);
  }
}

/** Files that look like parts of one chunk and do not make a whole: said when the chunk is its turn, others go on. */
export class UnfitParts implements Chunk {
  readonly source: string;
  readonly sizeBytes: number;
  readonly fragment = null;
  readonly repeatable = true;

  constructor(
    parts: readonly FileChunk[],
    private readonly why: string,
    private readonly hint: string,
  ) {
    this.source = nameOfParts(parts);
    this.sizeBytes = parts.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  }

  /** @throws PARTS_INCOMPLETE */
  open(): AsyncIterable<Uint8Array> {
    throw new TickloomError('PARTS_INCOMPLETE', `cannot read "${this.source}" as one: ${this.why}`, {
      hint: this.hint,
      context: { path: this.source },
    });
  }
}

/** `dir/x.0000.dbn.zst … x.0003.dbn.zst (4 parts)` */
function nameOfParts(parts: readonly ChunkPart[]): string {
  const first = parts[0]?.source ?? '';
  const last = parts.at(-1)?.source ?? '';
  return parts.length < 2 ? first : `${first} … ${basename(last)} (${parts.length} parts)`;
}
