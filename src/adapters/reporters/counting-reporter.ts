import type { ProgressEvent, ProgressReporter } from '../../core/progress/progress-event.js';
import { RunTally } from './run-tally.js';

/** Adds up and shows nothing: a host polls it for a progress display of its own. */
export class CountingReporter implements ProgressReporter {
  /** How often each type of event came. */
  readonly events: Partial<Record<ProgressEvent['type'], number>> = {};
  /** The figures so far; `readShare` and `storedShare` are what bars are drawn from. */
  readonly tally = new RunTally();
  closed = false;

  report(event: ProgressEvent): void {
    this.events[event.type] = (this.events[event.type] ?? 0) + 1;
    this.tally.add(event);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
