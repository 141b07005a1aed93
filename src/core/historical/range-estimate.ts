import type { Usd } from './usd.js';

/** What a request is expected to bring, from the free endpoints. */
export interface RangeEstimate {
  readonly costUsd: Usd;
  /** Uncompressed binary bytes of its records. */
  readonly sizeBytes: number;
  /** `null` when nobody asked. */
  readonly records: number | null;
}
