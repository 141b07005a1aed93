import type { ReporterChoice } from '../adapters/reporters/index.js';
import type { ArchiveFilter } from '../core/archive/archive.js';
import type { Metadata } from '../core/dbn/metadata.js';
import type { ExportRecordsRequest } from '../core/export/export-request.js';
import type { ExportAccount } from '../core/export/record-export.js';
import type { CoverageEntry, CoverageFilter, RunDetails, RunSummary } from '../core/ledger/ledger.js';
import type { ColumnSpec, ModelField } from '../core/model/model-spec.js';
import type { ProgressEvent, ProgressReporter } from '../core/progress/progress-event.js';
import type { ReporterDefinition, ReporterSettings } from '../core/progress/reporter-definition.js';
import type { ReplayReport } from '../core/quarantine/quarantine-replay.js';
import type { EntrySelection } from '../core/quarantine/replay-store.js';
import type { QuarantineEntry, QuarantineFilter } from '../core/quarantine/quarantine-store.js';
import type { RunReport } from '../core/report/run-report.js';
import type { BarLength } from '../core/storage/bar-length.js';
import type { StorageKind } from '../core/storage/storage-kind.js';
import type { VerifyReport, VerifyRequest } from '../core/verify/verify-report.js';
import type { ApiRequest } from './api-request.js';
import type { ArchivedRequest, ArchiveVerification } from './archived-request.js';
import type {
  BatchDownload,
  BatchDownloadRequest,
  BatchJobSummary,
  BatchListFilter,
  BatchSubmission,
  BatchSubmitRequest,
} from './batch/batch-report.js';
import type { DatabaseStatus, MigrationResult } from './database-report.js';
import type { FragmentOptions } from './fragment-options.js';
import type { PlanReport, PlanRequest } from './plan-report.js';
import type { Replacements } from './replaceable-parts.js';
import type { ResolvedSymbols, ResolveSymbolsRequest } from './resolved-symbols.js';
import type { ScaffoldRequest, ScaffoldResult } from './scaffold-request.js';
import type { SourceChoice } from './source-choice.js';
import type { StaleReport } from './stale-report.js';
import type { SpendingRules } from './spending-rules.js';

/** What every call takes that opens something. */
export interface CallOptions {
  /** Aborting ends the call with `CANCELLED`; an ingest finishes or rolls back the chunk in hand and reports. */
  readonly signal?: AbortSignal;
}

export interface NotedCallOptions extends CallOptions {
  /** Takes sentences for a person as they come; of what asks the service also its warnings, and what is tried again. */
  readonly onNote?: (text: string) => void;
}

/** A source as it is listed. */
export interface SourceSummary {
  readonly name: string;
  readonly description: string;
  /** Chosen by `source` (`paths`) or by `request.api` (`query`). */
  readonly takes: 'paths' | 'query';
  /** `built in`, or the path or package it came from. */
  readonly origin: string;
}

export interface IngestRequest extends FragmentOptions {
  /** Files, folders, globs; `-` is `stdin`. Empty with `request`. */
  readonly paths: readonly string[];
  /** Data from an API instead of files: `databento`, or a plugin's source that takes a query. */
  readonly request?: ApiRequest;
  /** A batch job of the account, instead of paths and request: what is missing of its files is downloaded for nothing. */
  readonly batch?: string;
  /**
   * Reads the paths with this source instead of as DBN files: `files`, `csv`, `jsonl`, or one of a plugin. With `request`
   * only its options count.
   */
  readonly source?: SourceChoice;
  readonly spending?: SpendingRules;
  /** Buy again what the archive has, and replace what is held. */
  readonly refetch?: boolean;
  /** Needed for `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Replace what is held instead of comparing with it. */
  readonly force?: boolean;
  /** With `force`: replace also when the chunk has no records, which removes what is held; default false. */
  readonly confirmEmpty?: boolean;
  /** Connections to load over, for chunks at the same time and for parts of large ones; default 1. */
  readonly concurrency?: number;
  /**
   * Threads that decode, check and encode, at most one for each chunk in work: a number, 0 for none, or `auto`: those that
   * pay. Plugins that were given as values stay on the main thread. Default `auto`.
   */
  readonly workers?: 'auto' | number;
  /** What a failed chunk does to the others; default `continue`. */
  readonly onError?: 'continue' | 'stop';
  /**
   * How many seconds a chunk waits for another run that is downloading the same, or loading what overlaps it; then it
   * fails with `LOCKED`.
   * Default 60. Chunks of the same run are waited for without end.
   */
  readonly lockTimeout?: number;
  /**
   * A file that has more rejected records fails as a whole: a number of them, or a share of its records as `1%` or
   * below 1. Default: any number is quarantined.
   */
  readonly maxRejected?: string | number;
  /** Plan only: report the chunks, load nothing. */
  readonly dryRun?: boolean;
  /** For the ledger: the command as typed, without secrets. */
  readonly command?: string;
}

/** Of one type; of any with `*`. */
export type EventOf<Type extends ProgressEvent['type'] | '*'> = Type extends '*'
  ? ProgressEvent
  : Extract<ProgressEvent, { readonly type: Type }>;

/** The call that an event belongs to: several may be at work in one instance. */
export interface EventCall {
  readonly method: 'ingest' | 'verify';
  /** The very object that the method was called with. */
  readonly request: IngestRequest | VerifyRequest;
  /** `null` before `run_started`, and of a call that is no run. */
  readonly runId: string | null;
}

export type EventListener<Type extends ProgressEvent['type'] | '*'> = (event: EventOf<Type>, call: EventCall) => void;

export interface DecodeRequest extends FragmentOptions {
  /** A path, or `-` for `stdin`. */
  readonly path: string;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly format: 'csv' | 'jsonl';
  readonly prettyPx?: boolean;
  readonly prettyTs?: boolean;
  readonly mapSymbols?: boolean;
  /** Stop after so many records. */
  readonly limit?: number;
}

/** Takes bytes; the next ones come when the promise resolves. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

export interface ExportRequest extends ExportRecordsRequest {
  /** A path, replaced when the file is whole; the ending `.zst` compresses. Or whoever takes the bytes. */
  readonly output: string | ByteSink;
}

export interface ExportResult extends ExportAccount {
  /** The path; `null` for a {@link ByteSink}. */
  readonly output: string | null;
  /** As written. */
  readonly bytes: number;
}

export interface DropRequest extends EntrySelection {
  /** Kept with the entries. */
  readonly reason: string;
}

/** A result set that comes in batches, so that a large one needs no more memory than a small one. */
export interface QueryResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values as PostgreSQL prints them; NULL is `null`. */
  readonly batches: AsyncIterable<readonly (readonly (string | null)[])[]>;
}

export interface SchemaSummary {
  /** e.g. `ohlcv-1m` */
  readonly name: string;
  readonly plugin: string;
  readonly plugin_version: string;
  readonly table: string;
  readonly description: string;
  /** `built in`, or the path or package it came from. */
  readonly origin: string;
}

export interface SchemaDetails extends SchemaSummary {
  readonly index_timestamp: string;
  readonly fields: readonly (Pick<ModelField, 'name' | 'type' | 'description'> & {
    readonly checks: readonly string[];
  })[];
  readonly columns: readonly ColumnSpec[];
}

export interface DoctorCheck {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  readonly hint: string | null;
  /** Code of the error behind a failure, where there was one. */
  readonly code?: string;
}

export interface SampleRequest {
  readonly schema: string;
  readonly records: number;
  readonly instruments: number;
  readonly days: number;
  readonly seed: number;
  /** A path, replaced when the file is whole; the ending `.zst` compresses. Or whoever takes the bytes. */
  readonly output: string | ByteSink;
  readonly version?: 1 | 2 | 3;
  /** First UTC day, YYYY-MM-DD. */
  readonly start?: string;
}

export interface SampleResult {
  /** The path; `null` for a {@link ByteSink}. */
  readonly output: string | null;
  readonly schema: string;
  readonly records: number;
  /** As written. */
  readonly bytes: number;
}

/**
 * Tickloom for a host program: one method for what each command does. No output, no `process.exit`, no signal
 * handlers. Connects (and starts the embedded server) on the first call that needs the database.
 */
export interface Tickloom {
  ingest(request: IngestRequest, options?: CallOptions & { readonly reporter?: ProgressReporter }): Promise<RunReport>;
  /**
   * Subscribes to the events of every ingest and verify of this instance, in their order, whatever reporter a call names: to
   * one type, or to all with `'*'`. A listener returns at once; one that throws is told no more, and a `note` says so.
   * @returns ends the subscription
   * @throws USAGE for a type that there is not
   */
  on<Type extends ProgressEvent['type'] | '*'>(type: Type, listener: EventListener<Type>): () => void;
  /** What an ingest would do, and cost. Buys nothing, loads nothing. `onNote` as with all that asks the service: see {@link NotedCallOptions}. */
  plan(request: PlanRequest, options?: NotedCallOptions): Promise<PlanReport>;
  /** Text in blocks of whole lines. */
  decode(request: DecodeRequest, options?: CallOptions): AsyncIterable<string>;
  metadata(request: Pick<DecodeRequest, 'path' | 'stdin'>, options?: CallOptions): Promise<Metadata>;
  query(sql: string, options?: CallOptions): Promise<QueryResult>;
  /** Rows as the records that they were: a whole chunk, or a range of one schema. */
  export(request: ExportRequest, options?: CallOptions): Promise<ExportResult>;
  /**
   * Compares what is held with the ledger, and with `deep` with the bytes that it came from. What differs is in the
   * report, never thrown.
   */
  verify(
    request?: VerifyRequest,
    options?: CallOptions & { readonly reporter?: ProgressReporter },
  ): Promise<VerifyReport>;
  runs: {
    list(options?: CallOptions & { readonly limit?: number }): Promise<RunSummary[]>;
    /** By its id, or a beginning of it that no other run has. */
    show(runId: string, options?: CallOptions): Promise<RunDetails>;
  };
  coverage(filter?: CoverageFilter, options?: CallOptions): Promise<CoverageEntry[]>;
  /** The days that the vendor has changed since they were bought, and what buys them again. Asks for nothing that costs. */
  staleCoverage(filter?: CoverageFilter, options?: NotedCallOptions): Promise<StaleReport>;
  symbols: {
    /** Free of charge. */
    resolve(request: ResolveSymbolsRequest, options?: NotedCallOptions): Promise<ResolvedSymbols>;
  };
  archive: {
    list(filter?: ArchiveFilter, options?: CallOptions): Promise<ArchivedRequest[]>;
    /** Reads every file, and compares it with what was written down when it was bought. */
    verify(filter?: ArchiveFilter, options?: CallOptions): Promise<ArchiveVerification>;
  };
  /** Jobs that the service prepares as files: paid for once, and downloaded as often as one likes until they expire. */
  batch: {
    /**
     * Submits jobs, which costs money; what a job of the account or the archive has already is not submitted again.
     * `onNote` takes sentences for a person: the estimate, each job. Rejects as long as nothing was submitted; an error
     * behind that is in the submission, whose `status` is `incomplete`.
     */
    submit(request: BatchSubmitRequest, options?: NotedCallOptions): Promise<BatchSubmission>;
    list(filter?: BatchListFilter, options?: NotedCallOptions): Promise<BatchJobSummary[]>;
    /** For nothing. Goes on from what an earlier try has left; sizes and SHA-256 are enforced. */
    download(request: BatchDownloadRequest, options?: NotedCallOptions): Promise<BatchDownload>;
  };
  quarantine: {
    list(filter?: QuarantineFilter, options?: CallOptions): Promise<QuarantineEntry[]>;
    show(
      id: number,
      options?: CallOptions,
    ): Promise<
      QuarantineEntry & { readonly record: Readonly<Record<string, string | null>>; readonly bytes_hex: string }
    >;
    /**
     * Sends open entries through the present plugins. What is a row now lands at its place in its chunk, once; what
     * still is none stays, with its new reasons. One transaction a chunk. `onNote` is told when bars of these rows could
     * not be brought up to date.
     */
    replay(selection?: EntrySelection, options?: NotedCallOptions): Promise<ReplayReport>;
    /** Gives open entries up: named by id, or by what they are. They stay to be looked at. */
    drop(request: DropRequest, options?: CallOptions): Promise<{ readonly dropped: number }>;
  };
  schemas: {
    list(): Promise<SchemaSummary[]>;
    show(name: string): Promise<SchemaDetails>;
  };
  /** What an ingest can read from besides DBN files: the bundled sources and those of plugins. */
  sources: {
    list(): Promise<readonly SourceSummary[]>;
  };
  /** What shows a run: the reporters of Tickloom and those of plugins. */
  reporters: {
    list(): Promise<readonly ReporterDefinition[]>;
    /** For one run; the host closes it. @throws REPORTER_UNKNOWN, with the names that are known */
    create(choice: ReporterChoice, settings: ReporterSettings): Promise<ProgressReporter>;
  };
  sample(request: SampleRequest, options?: CallOptions): Promise<SampleResult>;
  /** Writes the package of a plugin into a new folder: it builds, passes its contract suite and ingests a sample. */
  scaffold(request: ScaffoldRequest): Promise<ScaffoldResult>;
  database: {
    /** Starts the embedded server and leaves it running. */
    start(): Promise<DatabaseStatus>;
    stop(): Promise<DatabaseStatus>;
    status(): Promise<DatabaseStatus>;
    /** With the password, for psql; embedded only starts on demand. */
    url(): Promise<string>;
    /** The same as {@link Tickloom.migrate}, beside the other commands of `db`. */
    migrate(options?: NotedCallOptions): Promise<MigrationResult>;
  };
  /**
   * Brings the tables of the database up to date. With the option `storage: 'timescale'` tables that are plain become hypertables, one in a
   * transaction, checked by the digests of their chunks. With `chunkIntervals`, these hold for the partitions to come of
   * the tables that are there as well. With `bars`, makes those that are missing. With `compressAfter`, compresses what
   * is old enough. `onNote` takes what was moved and compressed, and warnings of what could not be compressed now.
   * @throws STORAGE_UNAVAILABLE, before anything is changed, for `storage: 'timescale'` and `compressAfter` where the
   * database cannot have them
   */
  migrate(options?: NotedCallOptions): Promise<MigrationResult>;
  doctor(options?: CallOptions): Promise<DoctorCheck[]>;
  /** Leaves the database; the last user of the embedded server stops it. */
  close(): Promise<void>;
}

export interface TickloomOptions {
  /** PostgreSQL URL; `embedded` for the embedded server whatever the environment says. Default: environment, then embedded. */
  readonly database?: string;
  /** Postgres schema that everything lives in; default `tickloom`. */
  readonly dbSchema?: string;
  /** Folder of the embedded server and other state; default `.tickloom` in the working directory. */
  readonly home?: string;
  /** Environment to read database settings from; default none: a host passes `process.env` when it means it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Names or paths of plugin packages, or what they export: schema plugins, sources, progress reporters. */
  readonly plugins?: readonly unknown[];
  /** False leaves the bundled schemas out. The bundled sources stay: they read into any schema. */
  readonly builtins?: boolean;
  /** Most bytes that one byte of a zstd stream may become; default 1000. What goes beyond is refused as a bomb. */
  readonly maxExpansion?: number;
  /** Key of the Historical API; default `DATABENTO_API_KEY` of `env`. */
  readonly apiKey?: string;
  /** File whose first line is the key. */
  readonly apiKeyFile?: string;
  /** Address of the Historical API; default Databento's own. Plain http on this machine only. */
  readonly gateway?: string;
  /** Folder in which bought bytes are kept; default `archive` in `home`. */
  readonly archive?: string;
  /** Index of new data tables; default `brin`. A btree is made at the end of the first load. */
  readonly index?: 'brin' | 'btree' | 'none';
  /**
   * How new data tables are kept; default `auto`: as hypertables where the database has TimescaleDB, else as plain ones.
   * With `timescale` a database without it is refused (`STORAGE_UNAVAILABLE`).
   */
  readonly storage?: StorageKind;
  /** How much time a partition of a hypertable spans, by schema, as `{ trades: '1d' }`; hours, days or weeks. */
  readonly chunkIntervals?: Readonly<Record<string, string>>;
  /** Compresses partitions whose end is so old, as `7d`, at the end of a run, and leaves a policy for it; default never. */
  readonly compressAfter?: string;
  /**
   * Keeps bars of trades of these lengths, as the views `bars_1m` …: continuous aggregates of hypertables, which every run
   * refreshes, else plain views. Those that are there already are kept without being named.
   */
  readonly bars?: readonly BarLength[];
  /** Parts that take the place of Tickloom's own in this instance, by their tokens. */
  readonly replace?: Replacements;
}
