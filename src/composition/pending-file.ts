import { TickloomError } from '../core/errors/index.js';
import type { Chunk } from '../core/source/source.js';

/** A file of a batch job that is not downloaded, for a plan: what would have to be fetched first is not looked into. */
export class PendingFile implements Chunk {
  readonly source: string;
  readonly fragment = null;
  readonly repeatable = true;

  constructor(
    jobId: string,
    file: string,
    readonly sizeBytes: number,
  ) {
    this.source = `${jobId}/${file}`;
  }

  async fetch(): Promise<void> {
    this.open();
  }

  open(): AsyncIterable<Uint8Array> {
    throw new TickloomError('INVARIANT', `"${this.source}" was read by a plan`);
  }
}
