/** Time and memory of the process that runs a pipeline. Replaced in tests that need a fixed time. */
export interface Clock {
  /** Wall-clock time, for the ledger. */
  now(): Date;
  /** Milliseconds from any fixed point, monotonic. */
  monotonicMs(): number;
  /** The most memory the process has held so far, in bytes. */
  peakRssBytes(): number;
  /** A random UUID, for run ids. */
  uuid(): string;
}
