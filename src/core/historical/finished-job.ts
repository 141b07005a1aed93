import type { NanosRange } from '../coverage/coverage-claim.js';
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
  /**
   * Days that the vendor had not finished when it was made: it has nothing of them that counts. `null` while nobody
   * knows, which its files say once they are there.
   */
  readonly pending: readonly NanosRange[] | null;
  /** When it was submitted, ns since the epoch; `null` when nobody said. */
  readonly submittedAt: bigint | null;
}

/** A batch job that is paid for, and that the vendor is still preparing. */
export interface ComingJob {
  readonly id: string;
  /** `queued`, `processing`, or what the vendor adds. */
  readonly state: string;
  /** What it was submitted for. */
  readonly request: RangeRequest;
}

/** The batch jobs that are paid for. */
export interface PaidJobs {
  readonly finished: readonly FinishedJob[];
  readonly coming: readonly ComingJob[];
}

export const NO_JOBS: PaidJobs = { finished: [], coming: [] };
