import type { FileChunk } from './file-chunk.js';

/** A file that may be a part of a chunk. */
export interface PartFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly chunk: FileChunk;
  /** False for one that only the manifest of its folder names. */
  readonly given: boolean;
}

/** What of a folder tells parts from files of their own. */
export interface JobFolder {
  readonly names: ReadonlySet<string>;
  readonly manifest: readonly string[] | undefined;
}
