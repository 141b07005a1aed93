import type { Chunk, ChunkOrigin, ChunkPart, FragmentDeclaration } from '../source/source.js';

/** What is known of a file of a batch job beyond the file itself. */
export type JobKnowledge = Pick<ChunkOrigin, 'conditions' | 'instruments'>;

/** A file, or the parts of one, of a batch job of which all files are there. */
export class JobChunk implements Chunk {
  readonly source: string;
  readonly sizeBytes: number | null;
  readonly fragment: FragmentDeclaration | null;
  readonly repeatable: boolean;
  readonly origin: ChunkOrigin;
  readonly parts?: readonly ChunkPart[];
  readonly partsStartApart?: boolean;
  /** No part is missing: the job is complete. */
  readonly mayGoOn = false;
  readonly #inner: Chunk;

  constructor(inner: Chunk, knowledge: JobKnowledge) {
    const { source, sizeBytes, fragment, repeatable, parts, partsStartApart } = inner;
    this.source = source;
    this.sizeBytes = sizeBytes;
    this.fragment = fragment;
    this.repeatable = repeatable;
    if (parts !== undefined) this.parts = parts;
    if (partsStartApart !== undefined) this.partsStartApart = partsStartApart;
    this.origin = { ...inner.origin, ...knowledge };
    this.#inner = inner;
  }

  open(signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#inner.open(signal);
  }
}
