import type { HttpTransport } from '../adapters/databento/index.js';
import type { FileSourceOptions } from '../adapters/files/file-source.js';
import type { Archive } from '../core/archive/archive.js';
import type { ArchiveWriter } from '../core/archive/archive-writer.js';
import type { JobArchive } from '../core/archive/job-archive.js';
import type { Clock } from '../core/clock/clock.js';
import type { ExportStore } from '../core/export/export-store.js';
import type { Ledger } from '../core/ledger/ledger.js';
import type { Decompress } from '../core/pipeline/decompress.js';
import type { ProgressReporter } from '../core/progress/progress-event.js';
import type { QuarantineStore } from '../core/quarantine/quarantine-store.js';
import type { ReplayStore } from '../core/quarantine/replay-store.js';
import type { Sink } from '../core/sink/sink.js';
import type { Source } from '../core/source/source.js';
import type { Originals, VerifyStore } from '../core/verify/verify-store.js';

/** What is kept in the database, each part behind an interface of its own. */
export interface Stores {
  /** Where rows go. */
  readonly sink: Sink;
  /** Which run did what, which chunk is in what state, and what is complete. */
  readonly ledger: Ledger;
  /** Records that were kept aside, to be looked at. */
  readonly quarantine: QuarantineStore;
  /** The same records, to be replayed or dropped. */
  readonly replay: ReplayStore;
  /** What `export` reads. */
  readonly export: ExportStore;
  /** What `verify` reads. */
  readonly verify: VerifyStore;
}

/** The parts that {@link Replacements} can swap, by their public tokens. */
export interface ReplaceableParts extends Stores {
  /** Time, memory and run ids. */
  readonly clock: Clock;
  /** The way to the Historical API: sends requests, tries nothing again. Made for each call that needs it, closed behind it. */
  readonly http: HttpTransport;
  /** What was bought. */
  readonly archive: Archive & ArchiveWriter;
  /** Batch jobs that were downloaded. */
  readonly jobs: JobArchive;
  /** Finds the bytes again that chunks were loaded from; for `verify` with `deep`. */
  readonly originals: Originals;
  /** Finds the files that paths stand for. */
  readonly files: (options: FileSourceOptions) => Source;
  /** Undoes the compression of a stream, if it has one. */
  readonly decompress: Decompress;
  /** Shows the runs whose call names no reporter; the part of Tickloom's own says nothing. */
  readonly reporter: ProgressReporter;
}

/**
 * Makes parts take the place of Tickloom's own, in one instance. Each function is given the part that it replaces, to
 * go on using it or not; the stores among them reach for the database at their first use, so that one that is not used
 * needs none. Stores and `http` are made anew for each call that needs them, the others once.
 */
export type Replacements = {
  readonly [Token in keyof ReplaceableParts]?: (original: ReplaceableParts[Token]) => ReplaceableParts[Token];
};
