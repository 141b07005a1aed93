export { CountingReporter } from './counting-reporter.js';
export type { RunTally } from './run-tally.js';
export { JsonReporter } from './json-reporter.js';
export { BarReporter } from './bar-reporter.js';
export { PlainReporter } from './plain-reporter.js';
export { RecordingReporter } from './recording-reporter.js';
export { ReporterRegistry, type ReporterChoice } from './reporter-registry.js';
export { SilentReporter } from './silent-reporter.js';
