import type { ProgressEvent, ProgressReporter } from '../../core/progress/progress-event.js';
import type { ReporterSettings } from '../../core/progress/reporter-definition.js';
import { GuardedStream } from './guarded-stream.js';
import { RunClock } from './run-figures.js';
import { RunTally } from './run-tally.js';

const PROGRESS_EVERY_MS = 1000;

/** JSON leaves these as they are, and a terminal would obey them. */
const CONTROLS = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Writes one JSON object a line, for programs. `docs/progress-json.md` gives the shapes. What happens per batch is added up and
 * comes as `progress` on a timer; rejected records come one by one only when verbose.
 */
export class JsonReporter implements ProgressReporter {
  readonly #out: GuardedStream;
  readonly #tally = new RunTally();
  readonly #clock: RunClock;
  readonly #verbose: boolean;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #writtenVersion = 0;

  constructor(settings: ReporterSettings) {
    this.#out = new GuardedStream(settings.stream);
    this.#verbose = settings.verbose;
    this.#intervalMs = settings.intervalMs ?? PROGRESS_EVERY_MS;
    this.#clock = new RunClock(
      this.#tally,
      settings.now ?? (() => performance.now()),
      settings.memory ?? (() => process.memoryUsage.rss()),
    );
  }

  report(event: ProgressEvent): void {
    this.#tally.add(event);
    switch (event.type) {
      case 'run_started':
        this.#write(event.type, { run_id: event.runId, chunks: event.chunks, bytes: event.bytes });
        this.#start();
        break;
      case 'chunk_started':
        this.#write(event.type, { chunk: event.chunk, source: event.source, bytes: event.bytes });
        break;
      case 'fetch_started':
        this.#write(event.type, { chunk: event.chunk, source: event.source });
        break;
      case 'fetch_finished':
        this.#write(event.type, { chunk: event.chunk });
        break;
      case 'header_read':
        this.#write(event.type, { chunk: event.chunk, dataset: event.dataset, schema: event.schema });
        break;
      case 'record_rejected':
        if (this.#verbose) {
          const { chunk, ordinal, schema, reason } = event;
          this.#write(event.type, { chunk, ordinal, schema, reason });
        }
        break;
      case 'chunk_finished':
        this.#write(event.type, { chunk: event.chunk, report: event.report });
        break;
      case 'run_finished':
        this.#stop();
        this.#write(event.type, { report: event.report });
        break;
      case 'note':
        if (event.level !== 'debug' || this.#verbose) this.#write('note', { level: event.level, text: event.text });
        break;
      default:
    }
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#out.release();
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#clock.start();
    this.#writtenVersion = this.#tally.version;
    this.#timer = setInterval(() => this.#progress(), this.#intervalMs);
    this.#timer.unref();
  }

  /** The last figures come before the end, whatever the timer says. */
  #stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#progress();
  }

  #progress(): void {
    const tally = this.#tally;
    if (this.#out.busy || this.#writtenVersion === tally.version) return;
    this.#writtenVersion = tally.version;
    const figures = this.#clock.look();
    this.#write('progress', {
      elapsed_ms: Math.round(figures.elapsedMs),
      eta_ms: figures.etaMs === null ? null : Math.round(figures.etaMs),
      chunks: { planned: tally.chunksPlanned, done: tally.chunksDone, failed: tally.chunksFailed },
      bytes: { read: tally.bytesRead, total: tally.bytesTotal, fetched: tally.bytesFetched },
      records: { decoded: tally.decoded, stored: tally.stored, quarantined: tally.rejected },
      records_per_second: Math.round(figures.recordsPerSecond),
      rss_bytes: figures.memoryBytes,
    });
  }

  #write(messageType: string, content: object): void {
    const line = JSON.stringify({ message_type: messageType, time: new Date().toISOString(), ...content });
    this.#out.write(`${line.replace(CONTROLS, escaped)}\n`);
  }
}
