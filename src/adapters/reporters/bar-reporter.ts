import { ERROR_ACTIONS, type ErrorCode } from '../../core/errors/index.js';
import type { ProgressEvent, ProgressReporter } from '../../core/progress/progress-event.js';
import type { ReporterSettings } from '../../core/progress/reporter-definition.js';
import { styleFor } from '../terminal/style.js';
import { BarBlock } from './bar-block.js';
import { EventLines } from './event-lines.js';
import { GuardedStream } from './guarded-stream.js';
import { LiveRegion } from './live-region.js';
import { RunClock, type RunFigures } from './run-figures.js';
import { RunTally } from './run-tally.js';

const DRAW_EVERY_MS = 200;
/** Rates that change with every picture cannot be read. */
const FIGURES_EVERY_MS = 1000;
/** Lines wait for the next picture, unless so many are waiting. */
const LINES_HELD = 500;
const NARROWEST = 20;
/** A run that is over sooner tells of the failure in its account. */
const FAILURE_WAITS_MS = 2000;

/**
 * Draws one block at the bottom of a terminal while a run is on: a bar per stage and the totals. Notes and other lines
 * appear above it. An event costs a few additions; text is made on a timer.
 */
export class BarReporter implements ProgressReporter {
  readonly #out: GuardedStream;
  readonly #region: LiveRegion;
  readonly #tally = new RunTally();
  readonly #clock: RunClock;
  readonly #block: BarBlock;
  readonly #lines: EventLines;
  readonly #now: () => number;
  readonly #columns: () => number;
  readonly #intervalMs: number;
  readonly #onExit = (): void => this.#stop();
  readonly #accountFollows: boolean;
  #held: string[] = [];
  /** Failures that have only just happened, where the account of the run has them as well. */
  #failures: { readonly at: number; readonly lines: readonly string[] }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #figures: RunFigures | undefined;
  #figuresAt = 0;
  #drawnColumns = 0;
  #drawnVersion = -1;

  constructor(settings: ReporterSettings) {
    const style = styleFor(settings.color);
    // one column stays free: some terminals break a line as soon as its last column is written
    this.#columns = () => Math.max(NARROWEST, (settings.columns() ?? 80) - 1);
    this.#now = settings.now ?? (() => performance.now());
    this.#intervalMs = Math.max(100, settings.intervalMs ?? DRAW_EVERY_MS);
    this.#out = new GuardedStream(settings.stream);
    this.#region = new LiveRegion(
      this.#out,
      () => settings.columns() ?? 80,
      () => settings.stream.rows,
      settings.reflows ?? true,
    );
    this.#clock = new RunClock(this.#tally, this.#now, settings.memory ?? (() => process.memoryUsage.rss()));
    this.#block = new BarBlock(style, settings.unicode);
    this.#lines = new EventLines(style, settings.verbose);
    this.#accountFollows = settings.accountFollows ?? false;
  }

  report(event: ProgressEvent): void {
    this.#tally.add(event);
    const lines = this.#lines.of(event);
    if (this.#timer !== undefined && this.#accountFollows && isAccounted(event)) {
      this.#failures.push({ at: this.#now(), lines });
    } else this.#held.push(...lines);
    if (event.type === 'run_started') this.#start();
    else if (event.type === 'run_finished') {
      this.#failures = [];
      this.#stop();
    } else if (this.#timer === undefined) this.#flush();
    else if (this.#held.length >= LINES_HELD) this.#draw();
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#out.release();
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    this.#clock.start();
    this.#timer = setInterval(() => this.#tick(), this.#intervalMs);
    this.#timer.unref();
    // process.exit in the middle of a run leaves no half-drawn block
    process.once('exit', this.#onExit);
    this.#draw();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    process.off('exit', this.#onExit);
    this.#takeFailures(Infinity);
    this.#region.clear(this.#held);
    this.#held = [];
  }

  #flush(): void {
    if (this.#held.length === 0) return;
    this.#region.clear(this.#held);
    this.#held = [];
  }

  #tick(): void {
    if (this.#out.gone) {
      this.#stop();
      return;
    }
    this.#takeFailures(this.#now() - FAILURE_WAITS_MS);
    const columns = this.#columns();
    // while a window is being resized every picture would leave a trace
    const resizing = columns !== this.#drawnColumns;
    this.#drawnColumns = columns;
    if (resizing || (this.#out.busy && this.#held.length === 0)) return;
    const idle = this.#drawnVersion === this.#tally.version && this.#held.length === 0;
    if (idle && this.#now() - this.#figuresAt < FIGURES_EVERY_MS) return;
    this.#draw();
  }

  /** What happened until then is told now. */
  #takeFailures(until: number): void {
    const due = this.#failures.filter(({ at }) => at <= until);
    if (due.length === 0) return;
    this.#failures = this.#failures.slice(due.length);
    this.#held.push(...due.flatMap(({ lines }) => lines));
  }

  #draw(): void {
    const at = this.#now();
    if (this.#figures === undefined || at - this.#figuresAt >= FIGURES_EVERY_MS) {
      this.#figures = this.#clock.look();
      this.#figuresAt = at;
    }
    this.#drawnVersion = this.#tally.version;
    this.#drawnColumns = this.#columns();
    this.#region.draw(this.#held, this.#block.lines(this.#tally, this.#figures, this.#drawnColumns));
    this.#held = [];
  }
}

/** Whether the account of a run, where there is one, tells of it: not of what ends the command with an error instead. */
function isAccounted(event: ProgressEvent): boolean {
  if (event.type !== 'chunk_finished' || event.report.status !== 'failed') return false;
  const action = event.report.error === null ? undefined : ERROR_ACTIONS[event.report.error.code as ErrorCode];
  return action !== 'fix' && action !== 'access';
}
