import type { RecordingReporter } from '../../src/index.js';

/** The sentences that a run has said so far. */
export function notesOf(reporter: RecordingReporter): string[] {
  return reporter.of('note').map(({ text }) => text);
}
