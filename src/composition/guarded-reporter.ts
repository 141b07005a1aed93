import type { ProgressEvent, ProgressReporter } from '../core/progress/progress-event.js';

/** Hands events to a reporter; one that throws is told no more, and never reaches the run. */
export function guardedReporter(reporter: ProgressReporter | undefined): (event: ProgressEvent) => void {
  let active = reporter;
  return (event) => {
    try {
      active?.report(event);
    } catch {
      active = undefined;
    }
  };
}
