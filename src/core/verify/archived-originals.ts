import type { Archive } from '../archive/archive.js';
import type { LedgerChunk, Original, Originals } from './verify-store.js';

/** Entries of the archive that chunks came from. What came from elsewhere, or left the archive, is asked of the others. */
export class ArchivedOriginals implements Originals {
  constructor(
    private readonly archive: Pick<Archive, 'find' | 'open'>,
    private readonly others: Originals,
  ) {}

  async find(chunk: Pick<LedgerChunk, 'source' | 'locations' | 'archiveId'>): Promise<Original | null> {
    const { archive } = this;
    const entry = chunk.archiveId === null ? undefined : await archive.find(chunk.archiveId);
    if (entry === undefined) return this.others.find(chunk);
    return { bytes: { open: (signal) => archive.open(entry, signal) }, instruments: entry.instruments };
  }
}
