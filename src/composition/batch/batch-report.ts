import type { ReportedError } from '../../core/report/run-report.js';
import type { ApiRequest } from '../api-request.js';
import type { ReportedRequest } from '../reported-request.js';
import type { SpendingRules } from '../spending-rules.js';

/** How the files of a job are cut. What is left out has the service's default. */
export interface JobDelivery {
  /** Default `day`: a file for each UTC day. */
  readonly splitDuration?: 'day' | 'week' | 'month' | 'year' | 'none';
  /** A file for each symbol. */
  readonly splitSymbols?: boolean;
  /** Bytes of a file at most, 1e9 to 10e9. */
  readonly splitSize?: number;
}

export interface BatchSubmitRequest {
  /** As for an ingest; `chunk` counts for nothing. Several schemas are several jobs. */
  readonly request: ApiRequest;
  readonly delivery?: JobDelivery;
  readonly spending?: SpendingRules;
  /** Submit also what a job of the account, or one in the archive, has already. */
  readonly again?: boolean;
  /** Check and estimate only. */
  readonly dryRun?: boolean;
}

/** A job of the account. Times are ISO 8601 with nine decimals; `null` is what the service does not say (yet). */
export interface BatchJobSummary {
  readonly job_id: string;
  /** `received`, `queued`, `processing`, `finalizing`, `done`, `expired`, `purged`, or what the vendor adds. */
  readonly state: string;
  /** Percent. */
  readonly progress: number | null;
  readonly dataset: string | null;
  readonly schema: string | null;
  readonly stype_in: string | null;
  readonly symbols: readonly string[];
  readonly start: string | null;
  readonly end: string | null;
  readonly limit: number | null;
  readonly encoding: string | null;
  readonly split_duration: string | null;
  readonly records: number | null;
  /** Billed: of the records, uncompressed. */
  readonly bytes: number | null;
  /** Of its files. */
  readonly stored_bytes: number | null;
  readonly cost_usd: number | null;
  readonly received_at: string;
  /** Until then its files can be downloaded. */
  readonly expires_at: string | null;
  /** Its files are in the archive. */
  readonly archived: boolean;
}

/** One job of a submission. */
export interface SubmittedJob extends ReportedRequest {
  /** `null` where nothing was submitted, or nobody knows. */
  readonly job_id: string | null;
  /**
   * `there`: an earlier job has the same, and nothing was bought. `failed`: see `error`. `planned`: of a dry run, and of
   * what was left when one failed.
   */
  readonly status: 'submitted' | 'there' | 'failed' | 'planned';
  /** The job's own state; `archived` for one that only the archive still has. */
  readonly state: string | null;
  /** Expected. */
  readonly records: number | null;
  readonly bytes: number | null;
  /** Estimated; 0 for what is there. */
  readonly cost_usd: number;
  /** With the code SUBMISSION_UNCERTAIN, or CANCELLED, the service may have taken the job all the same. */
  readonly error: ReportedError | null;
}

export interface BatchSubmission {
  /** `incomplete`: one failed after others had been submitted. */
  readonly status: 'complete' | 'incomplete';
  readonly jobs: readonly SubmittedJob[];
  /** Of everything that was, or would be, submitted. */
  readonly cost_usd: { readonly estimated: number };
  readonly notes: readonly string[];
}

export interface BatchListFilter {
  /** Only jobs in these states; default all that have not expired. */
  readonly states?: readonly string[];
  /** Only jobs received since: a day, a time, or ns; UTC. */
  readonly since?: string;
}

export interface BatchDownloadRequest {
  readonly jobId: string;
  /** Put the files into a folder of the job's name below this one; default the archive. */
  readonly output?: string;
}

/** What a download came to. Every file has the size and the SHA-256 that the vendor gives. */
export interface BatchDownload {
  readonly job_id: string;
  readonly folder: string;
  /** True in the archive: then the job is known to ingests and plans, also after it has expired. */
  readonly archived: boolean;
  readonly files: readonly {
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string | null;
    /** It was there, whole; nothing of it was fetched. */
    readonly already_there: boolean;
  }[];
  readonly bytes: { readonly total: number; readonly downloaded: number };
}
