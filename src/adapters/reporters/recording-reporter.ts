import type { ProgressEvent, ProgressReporter } from '../../core/progress/progress-event.js';

type EventOf<T extends ProgressEvent['type']> = Extract<ProgressEvent, { type: T }>;

/** Keeps every event, for tests and for hosts that look at a short run afterwards. Grows with the run. */
export class RecordingReporter implements ProgressReporter {
  readonly events: ProgressEvent[] = [];
  closed = false;

  report(event: ProgressEvent): void {
    this.events.push(event);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** The events of one type, in order. */
  of<T extends ProgressEvent['type']>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }
}
