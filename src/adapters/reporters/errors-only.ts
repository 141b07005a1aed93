import type { ProgressEvent, ProgressReporter } from '../../core/progress/progress-event.js';

/** Lets only errors through to another reporter: error notes and chunks that failed. */
export class ErrorsOnly implements ProgressReporter {
  readonly #inner: ProgressReporter;

  constructor(inner: ProgressReporter) {
    this.#inner = inner;
  }

  report(event: ProgressEvent): void {
    const failed = event.type === 'chunk_finished' && event.report.status === 'failed';
    if (failed || (event.type === 'note' && event.level === 'error')) this.#inner.report(event);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
