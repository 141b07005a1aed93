/** Tickloom for a host program: the same that its own commands use. */
export { createTickloom } from './composition/create-tickloom.js';
export type { ApiRequest, ChunkSize } from './composition/api-request.js';
export type { ArchivedRequest, ArchiveVerification } from './composition/archived-request.js';
export type {
  BatchDownload,
  BatchDownloadRequest,
  BatchJobSummary,
  BatchListFilter,
  BatchSubmission,
  BatchSubmitRequest,
  JobDelivery,
  SubmittedJob,
} from './composition/batch/batch-report.js';
export type { DatabaseBars, DatabaseStatus, DatabaseTable, MigrationResult } from './composition/database-report.js';
export type { FragmentOptions } from './composition/fragment-options.js';
export type { PlannedPart, PlanReport, PlanRequest, PlanState } from './composition/plan-report.js';
export type { ResolvedSymbols, ResolveSymbolsRequest } from './composition/resolved-symbols.js';
export type { ReplaceableParts, Replacements, Stores } from './composition/replaceable-parts.js';
export type { ScaffoldRequest, ScaffoldResult } from './composition/scaffold-request.js';
export type { SourceChoice } from './composition/source-choice.js';
export type { SaidOfDay, StaleDayEntry, StaleReport } from './composition/stale-report.js';
export { stypeChoice } from './composition/stype-choice.js';
export type { PurchaseOffer, SpendingRules } from './composition/spending-rules.js';
export type {
  ByteSink,
  CallOptions,
  DecodeRequest,
  DoctorCheck,
  DropRequest,
  EventCall,
  EventListener,
  EventOf,
  ExportRequest,
  ExportResult,
  IngestRequest,
  NotedCallOptions,
  QueryResult,
  SampleRequest,
  SampleResult,
  SchemaDetails,
  SchemaSummary,
  SourceSummary,
  Tickloom,
  TickloomOptions,
} from './composition/tickloom.js';
export type { HttpBody, HttpReply, HttpRequest, HttpTransport } from './adapters/databento/index.js';
export type { FileSourceOptions } from './adapters/files/file-source.js';
export type { Archive, ArchiveCheck, ArchiveEntry, ArchiveFilter } from './core/archive/archive.js';
export type { ArchiveWriter, Download } from './core/archive/archive-writer.js';
export type { JobArchive } from './core/archive/job-archive.js';
export type { Clock } from './core/clock/clock.js';
export type { ExportSession, ExportStore } from './core/export/export-store.js';
export type { Decompress } from './core/pipeline/decompress.js';
export type { QuarantineStore } from './core/quarantine/quarantine-store.js';
export type { ReplayStore, ReplayTransaction } from './core/quarantine/replay-store.js';
export type { ChunkHead, ChunkLoad, ChunkTail, Settlement, Sink } from './core/sink/sink.js';
export type { Chunk, Source } from './core/source/source.js';
export type { Originals, VerifySession, VerifyStore } from './core/verify/verify-store.js';
export {
  asTickloomError,
  ERROR_ACTIONS,
  isTickloomError,
  TickloomError,
  type ErrorAction,
  type ErrorCode,
} from './core/errors/index.js';
export type { ExportFormat, ExportRecordsRequest } from './core/export/export-request.js';
export type { ExportAccount } from './core/export/record-export.js';
export type { LeftOut } from './core/export/prepare-export.js';
export type { MappingInterval, Metadata, SymbolMapping } from './core/dbn/metadata.js';
export { metadataToJson, type MetadataJson } from './core/dbn/text/metadata-json.js';
export type { CoverageEntry, CoverageFilter, Ledger, RunDetails, RunSummary } from './core/ledger/ledger.js';
export type { ColumnSpec, ModelField } from './core/model/model-spec.js';
export type { ProgressEvent, ProgressReporter } from './core/progress/progress-event.js';
export type { ReporterDefinition, ReporterSettings, ReporterStream } from './core/progress/reporter-definition.js';
export type { QuarantineEntry, QuarantineFilter } from './core/quarantine/quarantine-store.js';
export type { ReplayedChunk, ReplayReport } from './core/quarantine/quarantine-replay.js';
export type { EntrySelection } from './core/quarantine/replay-store.js';
export type { RejectionReason } from './core/quarantine/rejection.js';
export type { RecordCounts, SymbolCounts } from './core/report/counts.js';
export type {
  ChunkReport,
  ChunkStatus,
  PlannedState,
  ReportedError,
  RunReport,
  RunStatus,
} from './core/report/run-report.js';
export type {
  ChunkVerdict,
  Difference,
  DifferenceKind,
  NotStored,
  OriginalStatus,
  VerifyReport,
  VerifyRequest,
} from './core/verify/verify-report.js';
export {
  BarReporter,
  CountingReporter,
  JsonReporter,
  PlainReporter,
  RecordingReporter,
  ReporterRegistry,
  SilentReporter,
  type ReporterChoice,
} from './adapters/reporters/index.js';
export {
  detectTerminal,
  renderRunReport,
  renderShortfall,
  renderTable,
  renderTableBatches,
  sanitize,
  sanitizeLines,
  type Cell,
  type TableColumn,
  type TableLayout,
  type TextLayout,
} from './adapters/terminal/index.js';
