import type { RangeRequest } from '../historical/range-request.js';
import type { Usd } from '../historical/usd.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import type { ArchiveCheck } from './archive.js';

/** One file of a batch job, as the vendor describes it. */
export interface JobFile {
  /** Its name in the job's folder. */
  readonly file: string;
  readonly bytes: number;
  /** Hex; `null` where the vendor gave none. */
  readonly sha256: string | null;
}

/** A batch job whose files have all been downloaded. */
export interface ArchivedJob {
  /** The vendor's, e.g. `GLBX-20240610-5DEFXVTMSM`. */
  readonly id: string;
  /** Where its files are. */
  readonly folder: string;
  /** What it was submitted for; `null` when its files are not DBN, and so nothing that can be loaded. */
  readonly request: RangeRequest | null;
  /** ISO 8601, UTC. */
  readonly archivedAt: string;
  /** The vendor's own figures; `null` where it gave none. */
  readonly costUsd: Usd | null;
  readonly records: number | null;
  readonly files: readonly JobFile[];
  /** For ALL_SYMBOLS, whose headers map nothing: the raw symbols of the instruments that came. */
  readonly instruments: readonly InstrumentSymbol[];
}

/** A job that was kept, and is no longer as it was. */
export interface BrokenJob {
  readonly id: string;
  /** What it was submitted for; `null` where its record cannot be read, or its files are not DBN. */
  readonly request: RangeRequest | null;
  /** What is wrong, in words. */
  readonly detail: string;
}

/** The batch jobs that were downloaded, on disk: they outlive the vendor's own files, which expire. */
export interface JobArchive {
  /** Where it is, for people. */
  readonly location: string;
  /** Where the files of a job go. @throws USAGE for what cannot be the id of one */
  folderOf(jobId: string): string;
  /**
   * Makes that folder, ready for a download: files that are not what they were make way.
   * @throws USAGE, OUTPUT_UNWRITABLE
   */
  prepare(jobId: string): Promise<string>;
  /** The jobs that {@link JobArchive.find} finds, by id. @throws PATH_UNREADABLE */
  list(): Promise<readonly ArchivedJob[]>;
  /** The jobs that were kept and that {@link JobArchive.list} leaves out, by id. @throws PATH_UNREADABLE */
  broken(): Promise<readonly BrokenJob[]>;
  /** A job whose files are all there, with the sizes that they should have. @throws USAGE, ARCHIVE_DAMAGED */
  find(jobId: string): Promise<ArchivedJob | undefined>;
  /** Reads every file of a job and compares its SHA-256. @throws USAGE */
  verify(jobId: string, signal?: AbortSignal): Promise<ArchiveCheck>;
  /** Writes down that all files of a job are in its folder. @throws OUTPUT_UNWRITABLE */
  keep(job: Omit<ArchivedJob, 'folder' | 'archivedAt'>): Promise<ArchivedJob>;
  /** Verifies every job that was kept. @throws PATH_UNREADABLE */
  check(signal?: AbortSignal): Promise<readonly ArchiveCheck[]>;
}
