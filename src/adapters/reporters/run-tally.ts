import type { ProgressEvent } from '../../core/progress/progress-event.js';
import type { ChunkReport } from '../../core/report/run-report.js';

/** A chunk between its start and its end. */
export interface ChunkInWork {
  readonly source: string;
  readonly bytes: number | null;
  dataset: string | null;
  schema: string | null;
  bytesRead: number;
  decoded: number;
  stored: number;
  rejected: number;
}

/**
 * Adds up the events of a run. Called for every event of the run, so it only counts; whatever is derived is worked
 * out when somebody looks. Takes events in any order.
 */
export class RunTally {
  started = false;
  finished = false;
  chunksPlanned = 0;
  chunksDone = 0;
  chunksFailed = 0;
  /** Bytes as stored of all chunks; `null` when not known. */
  bytesTotal: number | null = null;
  bytesRead = 0;
  /** Chunks that are to be fetched, and that are. */
  fetchesPlanned = 0;
  fetchesDone = 0;
  bytesFetched = 0;
  decoded = 0;
  stored = 0;
  rejected = 0;
  /** Where the chunks come from that are being fetched. */
  readonly inFetch = new Map<number, string>();
  readonly inWork = new Map<number, ChunkInWork>();
  /** Goes up with every event that changes a figure. */
  version = 0;

  /** Bytes of chunks that are done with, whatever came of them. */
  #bytesSettled = 0;

  add(event: ProgressEvent): void {
    this.version++;
    switch (event.type) {
      case 'run_started':
        this.started = true;
        this.chunksPlanned = event.chunks;
        this.bytesTotal = event.bytes;
        this.fetchesPlanned = event.fetches ?? 0;
        break;
      case 'fetch_started':
        this.inFetch.set(event.chunk, event.source);
        break;
      case 'bytes_fetched':
        this.bytesFetched += event.bytes;
        break;
      case 'fetch_finished':
        this.inFetch.delete(event.chunk);
        this.fetchesDone++;
        break;
      case 'chunk_started':
        this.#forget(event.chunk);
        this.inWork.set(event.chunk, newChunk(event.source, event.bytes));
        break;
      case 'header_read': {
        const chunk = this.#chunk(event.chunk);
        chunk.dataset = event.dataset;
        chunk.schema = event.schema;
        break;
      }
      case 'bytes_read':
        this.#chunk(event.chunk).bytesRead += event.bytes;
        this.bytesRead += event.bytes;
        break;
      case 'records_decoded':
        this.#chunk(event.chunk).decoded += event.records;
        this.decoded += event.records;
        break;
      case 'rows_stored': {
        const chunk = this.#chunk(event.chunk);
        chunk.stored += event.rows;
        chunk.rejected += event.rejected;
        this.stored += event.rows;
        this.rejected += event.rejected;
        break;
      }
      case 'chunk_finished':
        this.#finish(event.chunk, event.report);
        break;
      case 'run_finished':
        this.finished = true;
        break;
      default:
        // a note, a single rejected record (counted by rows_stored), or an event this version does not know
        this.version--;
    }
  }

  /** Share of the chunks that are fetched, 0 to 1; `null` when none has to be. */
  get fetchedShare(): number | null {
    return this.fetchesPlanned === 0 ? null : share(this.fetchesDone, this.fetchesPlanned);
  }

  /** Share of the bytes that are read, 0 to 1; `null` when the size is not known. */
  get readShare(): number | null {
    if (this.bytesTotal === null) return null;
    let read = this.#bytesSettled;
    for (const chunk of this.inWork.values()) read += Math.min(chunk.bytesRead, chunk.bytes ?? chunk.bytesRead);
    return share(read, this.bytesTotal);
  }

  /**
   * Share of the work that is stored, 0 to 1: of the bytes, else of the chunks; `null` when neither is known. A chunk
   * in work never counts as whole, because it is not there before it is committed.
   */
  get storedShare(): number | null {
    if (this.bytesTotal !== null && this.bytesTotal > 0) {
      let stored = this.#bytesSettled;
      for (const chunk of this.inWork.values()) {
        const read = Math.min(chunk.bytesRead, chunk.bytes ?? chunk.bytesRead);
        stored += read * Math.min(0.99, (chunk.stored + chunk.rejected) / Math.max(1, chunk.decoded));
      }
      return share(stored, this.bytesTotal);
    }
    return this.chunksPlanned > 1 ? share(this.chunksDone, this.chunksPlanned) : null;
  }

  #chunk(index: number): ChunkInWork {
    let chunk = this.inWork.get(index);
    if (chunk === undefined) {
      chunk = newChunk('', null);
      this.inWork.set(index, chunk);
    }
    return chunk;
  }

  /** A chunk that is tried again starts from nothing. */
  #forget(index: number): ChunkInWork | undefined {
    const chunk = this.inWork.get(index);
    if (chunk === undefined) return undefined;
    this.inWork.delete(index);
    this.bytesRead -= chunk.bytesRead;
    this.decoded -= chunk.decoded;
    this.stored -= chunk.stored;
    this.rejected -= chunk.rejected;
    return chunk;
  }

  /** The report is the truth: what was on its way into a chunk that was rolled back is not stored. */
  #finish(index: number, report: ChunkReport): void {
    this.inFetch.delete(index);
    const chunk = this.#forget(index);
    this.chunksDone++;
    if (report.status === 'failed') this.chunksFailed++;
    this.bytesRead += chunk?.bytesRead ?? 0;
    this.#bytesSettled += chunk?.bytes ?? chunk?.bytesRead ?? 0;
    const whole = report.status === 'loaded' || report.status === 'already_loaded';
    this.decoded += whole ? report.records.decoded : Math.max(report.records.decoded, chunk?.decoded ?? 0);
    this.stored += report.records.loaded;
    this.rejected += report.records.quarantined;
  }
}

const newChunk = (source: string, bytes: number | null): ChunkInWork => ({
  source,
  bytes,
  dataset: null,
  schema: null,
  bytesRead: 0,
  decoded: 0,
  stored: 0,
  rejected: 0,
});

const share = (part: number, whole: number): number => (whole <= 0 ? 1 : Math.min(1, Math.max(0, part / whole)));
