import type { Metadata } from '../dbn/metadata.js';
import type { Chunk, ChunkOrigin, ChunkPart, FragmentDeclaration } from '../source/source.js';
import { isPending } from './day-conditions.js';

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
  /** No part is missing: the job is complete. But days that the vendor had not finished went on. */
  readonly mayGoOn: boolean;
  readonly #inner: Chunk;

  /** @param header of the file, or of the first part; `null` where it cannot be read */
  constructor(
    inner: Chunk,
    knowledge: JobKnowledge,
    readonly header: Metadata | null,
  ) {
    const { source, sizeBytes, fragment, repeatable, parts, partsStartApart } = inner;
    this.source = source;
    this.sizeBytes = sizeBytes;
    this.fragment = fragment;
    this.repeatable = repeatable;
    if (parts !== undefined) this.parts = parts;
    if (partsStartApart !== undefined) this.partsStartApart = partsStartApart;
    this.origin = { ...inner.origin, ...knowledge };
    this.mayGoOn = knowledge.conditions?.some(isPending) ?? false;
    this.#inner = inner;
  }

  /** All of its days were unfinished when the job was made: it stands for nothing complete. */
  get unfinished(): boolean {
    const { conditions = [] } = this.origin;
    return conditions.length > 0 && conditions.every(isPending);
  }

  open(signal: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#inner.open(signal);
  }
}
