import type { RangeRequest } from './range-request.js';

/** A batch job that is paid for and whose files can be had for nothing. */
export interface FinishedJob {
  readonly id: string;
  /** What it was submitted for. */
  readonly request: RangeRequest;
  /** Of its records, uncompressed; `null` when nobody said. */
  readonly sizeBytes: number | null;
  readonly records: number | null;
  /** True when its files are in the archive already. */
  readonly archived: boolean;
}
