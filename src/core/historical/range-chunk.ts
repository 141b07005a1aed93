import type { Archive, ArchiveEntry } from '../archive/archive.js';
import { TickloomError } from '../errors/index.js';
import type { Chunk, ChunkOrigin, ChunkSubject, FetchContext } from '../source/source.js';
import { describeRequest } from './describe-request.js';
import type { FetchedEntry } from './fetch-order.js';
import type { RangeRequest } from './range-request.js';

/** Buys what a request asks for, and keeps it. */
export type FetchEntry = (request: RangeRequest, context: FetchContext) => Promise<FetchedEntry>;

/** A part of a request whose bytes are in the archive, or will be once they are fetched. */
export class RangeChunk implements Chunk {
  readonly source: string;
  readonly subject: ChunkSubject;
  readonly fragment = null;
  readonly repeatable = true;
  /** Absent when the bytes are in the archive already. */
  readonly fetch?: (context: FetchContext) => Promise<void>;
  #entry: ArchiveEntry | undefined;
  #bought = false;

  /**
   * @param origin name of the API, the first word of the chunk's source
   * @param from the entry that has the bytes, or what buys them
   */
  constructor(
    origin: string,
    request: RangeRequest,
    private readonly archive: Archive,
    from: ArchiveEntry | FetchEntry,
  ) {
    this.source = `${origin} ${describeRequest(request)}`;
    this.subject = request;
    if (typeof from === 'function') {
      this.fetch = async (context) => {
        const { entry, bought } = await from(request, context);
        this.#entry = entry;
        this.#bought = bought;
      };
    } else {
      this.#entry = from;
    }
  }

  get sizeBytes(): number | null {
    return this.#entry?.storedBytes ?? null;
  }

  get origin(): ChunkOrigin {
    if (this.#entry === undefined) return {};
    const { id, costUsd, conditions, instruments } = this.#entry;
    // what another run has bought, earlier or meanwhile, cost that run
    return { archiveId: id, conditions, instruments, ...(this.#bought ? { costUsd } : {}) };
  }

  /** @throws ARCHIVE_DAMAGED */
  open(signal: AbortSignal): AsyncIterable<Uint8Array> {
    if (this.#entry !== undefined) return this.archive.open(this.#entry, signal);
    throw new TickloomError('INVARIANT', `"${this.source}" was opened before its bytes were fetched`);
  }
}
