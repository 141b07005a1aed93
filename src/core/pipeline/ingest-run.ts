import pRetry, { AbortError } from 'p-retry';
import { sharedSignal } from '../abort/shared-signal.js';
import { asTickloomError, isTickloomError, type ErrorAction, type TickloomError } from '../errors/index.js';
import { counted } from '../text/counted.js';
import type { ProgressEvent } from '../progress/progress-event.js';
import type { RejectionLimit } from '../quarantine/rejection-limit.js';
import type { ChunkReport, RunReport } from '../report/run-report.js';
import type { Chunk } from '../source/source.js';
import { ChunkPass } from './chunk-pass.js';
import { cancelled } from './chunk-reader.js';
import { chunkReportOf, reportedError } from './chunk-report.js';
import type { PipelineParts } from './pipeline-parts.js';
import { FetchAhead } from './fetch-ahead.js';
import { RunAccount, type RunCost } from './run-account.js';
import { SpareLanes } from './spare-lanes.js';

export interface IngestRunOptions {
  /** The command as typed, without secrets. */
  readonly command: string;
  readonly tickloomVersion: string;
  readonly force: boolean;
  /** With `force`: replace also by a chunk without records; default false. */
  readonly confirmEmpty?: boolean;
  /** A chunk that rejects more fails; `null`: any number. */
  readonly maxRejected: RejectionLimit | null;
  /** Connections to load over at the same time, at least 1: one for each chunk, and what is left for parts of large ones. */
  readonly concurrency: number;
  readonly onError: 'continue' | 'stop';
  /** How often a chunk is tried again after a temporary error. */
  readonly retries: number;
  /** What the run costs; absent: nothing. */
  readonly cost?: RunCost;
  /** Bytes that came over the network before the run began; default 0. */
  readonly downloaded?: number;
  /** Chunks of which planning has shown that they are there: they go into the report as they are. */
  readonly settled?: readonly ChunkReport[];
}

/** The next chunk would meet these as well. */
const ENDING_ACTIONS: readonly ErrorAction[] = ['retry', 'abort', 'access', 'budget'];

/**
 * One execution over a list of chunks. A chunk that fails is reported and the others go on, unless `onError` says
 * stop; an error that the next chunk would meet as well (database out of reach, a bug of ours) ends the run.
 */
export class IngestRun {
  readonly #account: RunAccount;
  readonly #stop = new AbortController();
  readonly #ahead: FetchAhead;
  readonly #spare: SpareLanes;
  #stopReason: TickloomError | undefined;

  constructor(
    private readonly parts: PipelineParts,
    private readonly chunks: readonly Chunk[],
    private readonly options: IngestRunOptions,
    private readonly emit: (event: ProgressEvent) => void,
    private readonly signal: AbortSignal,
  ) {
    const { settled = [], cost, concurrency, downloaded = 0 } = options;
    sharedSignal(this.#stop.signal);
    this.#account = new RunAccount(parts.clock, chunks.length + settled.length, cost);
    this.#account.bytesDownloaded = downloaded;
    settled.forEach((report, index) => this.#account.add(chunks.length + index, report));
    this.#spare = new SpareLanes(concurrency, chunks.length);
    this.#ahead = new FetchAhead(chunks, { depth: concurrency + 1, emit: this.#note, signal: this.#stop.signal });
  }

  /** Never throws for what happens to chunks: that is in the report. @throws what the ledger throws at the start. */
  async execute(): Promise<RunReport> {
    const { ledger, clock } = this.parts;
    const { command, tickloomVersion } = this.options;
    const { runId } = this.#account;
    await ledger.startRun({ runId, command, tickloomVersion, startedAt: clock.now() });
    this.emit({
      type: 'run_started',
      runId,
      chunks: this.chunks.length,
      bytes: totalBytes(this.chunks),
      fetches: this.chunks.filter((chunk) => chunk.fetch !== undefined).length,
    });
    const abort = (): void => this.#stop.abort();
    this.signal.addEventListener('abort', abort, { once: true });
    if (this.signal.aborted) abort();
    try {
      const queue = this.chunks.entries();
      const lanes = Math.max(1, Math.min(this.options.concurrency, this.chunks.length));
      await Promise.all(Array.from({ length: lanes }, () => this.#lane(queue)));
    } catch (error) {
      const report = { ...this.#account.report(false), status: 'failed' as const };
      await this.#writeDown('the end of the run', () => ledger.finishRun(runId, report));
      throw error;
    } finally {
      this.signal.removeEventListener('abort', abort);
      await this.#ahead.idle();
    }
    const report = this.#account.report(this.signal.aborted);
    await this.#writeDown('the end of the run', () => ledger.finishRun(runId, report));
    this.emit({ type: 'run_finished', report });
    return report;
  }

  async #lane(queue: IterableIterator<[number, Chunk]>): Promise<void> {
    for (const [index, chunk] of queue) {
      const report = this.#stop.signal.aborted ? this.#notReached(chunk) : await this.#chunk(index, chunk);
      this.#spare.chunkDone();
      this.#account.add(index, report);
      if (report.status !== 'planned') this.emit({ type: 'chunk_finished', chunk: index, report });
    }
  }

  async #chunk(index: number, chunk: Chunk): Promise<ChunkReport> {
    const { runId } = this.#account;
    const signal = this.#stop.signal;
    const { force, confirmEmpty = false, maxRejected } = this.options;
    const context = { runId, force, confirmEmpty, maxRejected, index, emit: this.#note, signal, spare: this.#spare };
    let pass: ChunkPass | undefined;
    try {
      await this.#ahead.take(index);
      this.emit({ type: 'chunk_started', chunk: index, source: chunk.source, bytes: chunk.sizeBytes });
      return await this.#retrying(chunk, () => {
        pass = new ChunkPass(this.parts, chunk, context);
        return pass.run();
      });
    } catch (thrown) {
      // A run that is stopped for one chunk ends the waits of the others with an error of the platform's.
      const stopped = signal.aborted && (this.#stopReason === undefined || !isTickloomError(thrown));
      const error = stopped ? cancelled() : asTickloomError(thrown);
      const report = chunkReportOf(chunk, pass?.metadata ?? null);
      report.status = error.action === 'cancelled' ? 'cancelled' : 'failed';
      report.error = reportedError(error);
      this.#judge(error);
      await this.#writeDown('a failed chunk', () => this.parts.ledger.recordFailure(runId, report));
      return report;
    }
  }

  /** Passes an event on, and counts the bytes that it tells of. */
  readonly #note = (event: ProgressEvent): void => {
    if (event.type === 'bytes_read') this.#account.bytesRead += event.bytes;
    if (event.type === 'bytes_fetched') this.#account.bytesDownloaded += event.bytes;
    this.emit(event);
  };

  /** Tries again what is temporary. A pipe cannot be read twice. */
  async #retrying<T>(chunk: Chunk, attempt: () => Promise<T>): Promise<T> {
    const done: T[] = [];
    const trying = pRetry(
      async () => {
        try {
          done.push(await attempt());
        } catch (error) {
          const temporary = isTickloomError(error) && error.action === 'retry' && chunk.repeatable;
          // p-retry insists on Errors, and gives an AbortError's own error back.
          throw temporary ? error : new AbortError(error instanceof Error ? error : asTickloomError(error));
        }
      },
      {
        retries: this.options.retries,
        minTimeout: 500,
        maxTimeout: 15_000,
        randomize: true,
        signal: this.#stop.signal,
        onFailedAttempt: ({ error, retriesLeft }) => {
          if (retriesLeft === 0 || done.length > 0) return;
          this.emit({
            type: 'note',
            level: 'warning',
            text: `${chunk.source}: ${error.message}; trying again, ${counted(retriesLeft, 'time')} left`,
          });
        },
      },
    );
    // p-retry throws away what was done when it is interrupted on the way back: it is committed all the same.
    await trying.catch((error: unknown) => {
      if (done.length === 0) throw error;
    });
    return done[0] as T;
  }

  /** Decides whether the run can go on after this error. */
  #judge(error: TickloomError): void {
    if (ENDING_ACTIONS.includes(error.action) || this.options.onError === 'stop') {
      this.#stopReason ??= error;
      this.#stop.abort();
    }
  }

  #notReached(chunk: Chunk): ChunkReport {
    return chunkReportOf(chunk, null);
  }

  /** The ledger's notes about a run must not turn loaded chunks into a failure. */
  async #writeDown(what: string, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      const { message } = asTickloomError(error);
      this.emit({ type: 'note', level: 'warning', text: `could not write ${what} to the ledger: ${message}` });
    }
  }
}

function totalBytes(chunks: readonly Chunk[]): number | null {
  let total = 0;
  for (const { sizeBytes } of chunks) {
    if (sizeBytes === null) return null;
    total += sizeBytes;
  }
  return total;
}
