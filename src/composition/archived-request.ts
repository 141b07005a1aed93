import type { ArchiveCheck } from '../core/archive/archive.js';
import type { ReportedRequest } from './reported-request.js';

/** One bought request in the archive, or one batch job (its id begins with `batch/`). Times are ISO 8601 with nine decimals. */
export interface ArchivedRequest extends ReportedRequest {
  readonly id: string;
  readonly limit: number | null;
  readonly records: number;
  /** As stored. */
  readonly bytes: number;
  readonly archived_at: string;
  /** What it cost, by our count. */
  readonly cost_usd: number;
}

export interface ArchiveVerification {
  readonly location: string;
  readonly entries: readonly ArchiveCheck[];
}
