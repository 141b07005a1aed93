import type { ProgressEvent, ProgressReporter } from '../../core/progress/progress-event.js';
import type { ReporterSettings } from '../../core/progress/reporter-definition.js';
import { formatBytes } from '../terminal/format-bytes.js';
import { formatCount } from '../terminal/format-count.js';
import { formatDuration } from '../terminal/format-duration.js';
import { formatEta } from '../terminal/format-eta.js';
import { formatRecordRate } from '../terminal/format-rate.js';
import { styleFor } from '../terminal/style.js';
import { chunkLine, EventLines } from './event-lines.js';
import { GuardedStream } from './guarded-stream.js';
import { RunClock, type RunFigures } from './run-figures.js';
import { RunTally } from './run-tally.js';
import { counted } from '../../core/text/counted.js';

const LINE_EVERY_MS = 5000;
/** Chunks that end more often than this share the next line. */
const CHUNK_LINE_EVERY_MS = 1000;

/**
 * Writes whole lines and nothing else, for logs and pipes: the totals every few seconds, the end of a chunk, notes.
 * Never more lines than time allows, however many chunks there are.
 */
export class PlainReporter implements ProgressReporter {
  readonly #out: GuardedStream;
  readonly #tally = new RunTally();
  readonly #clock: RunClock;
  readonly #lines: EventLines;
  readonly #unicode: boolean;
  readonly #verbose: boolean;
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #style;
  #timer: NodeJS.Timeout | undefined;
  #chunkLineAt = -Infinity;
  #writtenVersion = 0;

  constructor(settings: ReporterSettings) {
    this.#style = styleFor(settings.color);
    this.#unicode = settings.unicode;
    this.#verbose = settings.verbose;
    this.#intervalMs = settings.intervalMs ?? LINE_EVERY_MS;
    this.#now = settings.now ?? (() => performance.now());
    this.#out = new GuardedStream(settings.stream);
    this.#clock = new RunClock(this.#tally, this.#now, settings.memory ?? (() => process.memoryUsage.rss()));
    this.#lines = new EventLines(this.#style, settings.verbose);
  }

  report(event: ProgressEvent): void {
    this.#tally.add(event);
    for (const line of this.#lines.of(event)) this.#out.write(`${line}\n`);
    switch (event.type) {
      case 'run_started':
        if (event.chunks > 0) this.#start(event.chunks, event.bytes);
        break;
      case 'chunk_finished':
        if (!this.#verbose && event.report.status !== 'failed') this.#chunkEnd(chunkLine(event.report, this.#style));
        break;
      case 'run_finished':
        this.#stop();
        break;
      default:
    }
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#out.release();
  }

  #start(chunks: number, bytes: number | null): void {
    if (this.#timer !== undefined) return;
    this.#clock.start();
    const size = bytes === null ? '' : `, ${formatBytes(bytes)}`;
    this.#out.write(`${counted(chunks, 'chunk', formatCount(chunks))}${size}\n`);
    this.#writtenVersion = this.#tally.version;
    this.#timer = setInterval(() => this.#tick(), this.#intervalMs);
    this.#timer.unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #chunkEnd(line: string): void {
    const at = this.#now();
    if (at - this.#chunkLineAt < CHUNK_LINE_EVERY_MS) return;
    this.#chunkLineAt = at;
    this.#out.write(`${line}\n`);
  }

  #tick(): void {
    if (this.#out.gone) this.#stop();
    // a run that waits says so once
    if (this.#out.busy || this.#writtenVersion === this.#tally.version) return;
    this.#writtenVersion = this.#tally.version;
    this.#out.write(`${totalsLine(this.#tally, this.#clock.look(), this.#unicode)}\n`);
  }
}

/** `12 of 20 chunks, 38,112,400 records read, 37,900,112 stored, 0 errors, 1,230,000 records/s, 31 s elapsed, …` */
function totalsLine(tally: RunTally, figures: RunFigures, unicode: boolean): string {
  const wholeSeconds = Math.floor(figures.elapsedMs / 1000) * 1000;
  return [
    `${formatCount(tally.chunksDone)} of ${counted(tally.chunksPlanned, 'chunk', formatCount(tally.chunksPlanned))}`,
    ...(tally.fetchesPlanned === 0 ? [] : [`${formatBytes(tally.bytesFetched)} fetched`]),
    `${counted(tally.decoded, 'record', formatCount(tally.decoded))} read`,
    `${formatCount(tally.stored)} stored`,
    counted(tally.chunksFailed, 'error', formatCount(tally.chunksFailed)),
    ...(tally.rejected > 0 ? [`${formatCount(tally.rejected)} quarantined`] : []),
    formatRecordRate(figures.recordsPerSecond),
    `${formatDuration(wholeSeconds)} elapsed`,
    ...(figures.etaMs === null ? [] : [formatEta(figures.etaMs, unicode)]),
    `${formatBytes(figures.memoryBytes)} memory`,
  ].join(', ');
}
