import type { ProgressEvent, ProgressReporter } from '../../core/progress/progress-event.js';

/** Shows nothing. What went wrong is in the report and in the error that the call throws. */
export class SilentReporter implements ProgressReporter {
  report(_event: ProgressEvent): void {
    // nothing is shown
  }

  async close(): Promise<void> {
    // nothing was opened
  }
}
