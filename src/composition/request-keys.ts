import type { ArchiveFilter } from '../core/archive/archive.js';
import { EXPORT_FORMATS } from '../core/export/export-request.js';
import type { CoverageFilter } from '../core/ledger/ledger.js';
import type { EntrySelection } from '../core/quarantine/replay-store.js';
import type { QuarantineFilter } from '../core/quarantine/quarantine-store.js';
import { STORAGE_KINDS } from '../core/storage/storage-kind.js';
import type { VerifyRequest } from '../core/verify/verify-report.js';
import type { ApiRequest } from './api-request.js';
import type { BatchDownloadRequest, BatchListFilter, BatchSubmitRequest } from './batch/batch-report.js';
import type { KeysOf } from './known-keys.js';
import type { ResolveSymbolsRequest } from './resolved-symbols.js';
import type { ScaffoldRequest } from './scaffold-request.js';
import type { SpendingRules } from './spending-rules.js';
import type {
  DecodeRequest,
  DropRequest,
  ExportRequest,
  IngestRequest,
  SampleRequest,
  Tickloom,
  TickloomOptions,
} from './tickloom.js';

export const OPTION_KEYS: KeysOf<TickloomOptions> = {
  database: 'any',
  dbSchema: 'any',
  home: 'any',
  env: 'any',
  plugins: 'list',
  builtins: 'any',
  maxExpansion: 'any',
  apiKey: 'any',
  apiKeyFile: 'any',
  gateway: 'any',
  archive: 'any',
  index: ['brin', 'btree', 'none'],
  storage: STORAGE_KINDS,
  chunkIntervals: 'any',
  compressAfter: 'any',
  bars: 'list',
  // checked by its tokens
  replace: 'any',
};

const API_KEYS: KeysOf<ApiRequest> = {
  api: 'any',
  dataset: 'any',
  schemas: 'list',
  symbols: 'list',
  stypeIn: 'any',
  start: 'any',
  end: 'any',
  limit: 'any',
  chunk: 'any',
  withDefinitions: 'any',
};

const SPENDING_KEYS: KeysOf<SpendingRules> = {
  maxCost: 'any',
  maxUnattendedCost: 'any',
  yes: 'any',
  confirm: 'any',
};

/** Those of a plan are among them: what is about to be ingested can be planned as it is. */
export const INGEST_KEYS: KeysOf<IngestRequest> = {
  paths: 'list',
  request: API_KEYS,
  batch: 'any',
  source: { name: 'any', options: 'any' },
  spending: SPENDING_KEYS,
  refetch: 'any',
  stdin: 'any',
  force: 'any',
  confirmEmpty: 'any',
  concurrency: 'count',
  workers: 'any',
  onError: ['continue', 'stop'],
  lockTimeout: 'any',
  maxRejected: 'any',
  dryRun: 'any',
  command: 'any',
  dataset: 'any',
  schema: 'any',
  dbnVersion: 'any',
};

export const DECODE_KEYS: KeysOf<DecodeRequest> = {
  path: 'any',
  stdin: 'any',
  format: ['csv', 'jsonl'],
  prettyPx: 'any',
  prettyTs: 'any',
  mapSymbols: 'any',
  limit: 'any',
  dataset: 'any',
  schema: 'any',
  dbnVersion: 'any',
};

export const EXPORT_KEYS: KeysOf<ExportRequest> = {
  schema: 'any',
  dataset: 'any',
  symbols: 'list',
  start: 'any',
  end: 'any',
  chunk: 'any',
  format: EXPORT_FORMATS,
  prettyPx: 'any',
  prettyTs: 'any',
  mapSymbols: 'any',
  output: 'any',
};

export const VERIFY_KEYS: KeysOf<VerifyRequest> = {
  dataset: 'any',
  schema: 'any',
  runId: 'any',
  chunkId: 'any',
  deep: 'any',
};

export const COVERAGE_KEYS: KeysOf<CoverageFilter> = { dataset: 'any', schema: 'any', symbols: 'list' };

export const ARCHIVE_KEYS: KeysOf<ArchiveFilter> = { dataset: 'any', schema: 'any' };

export const RESOLVE_KEYS: KeysOf<ResolveSymbolsRequest> = {
  api: 'any',
  dataset: 'any',
  symbols: 'list',
  stypeIn: 'any',
  stypeOut: 'any',
  start: 'any',
  end: 'any',
};

export const QUARANTINE_KEYS: KeysOf<QuarantineFilter> = {
  dataset: 'any',
  schema: 'any',
  state: 'any',
  chunkId: 'any',
  plugin: 'any',
  limit: 'any',
};

export const SELECTION_KEYS: KeysOf<EntrySelection> = {
  ids: 'list',
  dataset: 'any',
  schema: 'any',
  chunkId: 'any',
  plugin: 'any',
};

export const DROP_KEYS: KeysOf<DropRequest> = { ...SELECTION_KEYS, reason: 'any' };

export const RUNS_KEYS: KeysOf<NonNullable<Parameters<Tickloom['runs']['list']>[0]>> = { limit: 'any', signal: 'any' };

export const SAMPLE_KEYS: KeysOf<SampleRequest> = {
  schema: 'any',
  records: 'any',
  instruments: 'any',
  days: 'any',
  seed: 'any',
  output: 'any',
  version: 'any',
  start: 'any',
};

export const SCAFFOLD_KEYS: KeysOf<ScaffoldRequest> = { kind: 'any', name: 'any', folder: 'any', language: 'any' };

export const SUBMIT_KEYS: KeysOf<BatchSubmitRequest> = {
  request: API_KEYS,
  delivery: { splitDuration: 'any', splitSymbols: 'any', splitSize: 'any' },
  spending: SPENDING_KEYS,
  again: 'any',
  dryRun: 'any',
};

export const JOBS_KEYS: KeysOf<BatchListFilter> = { states: 'list', since: 'any' };

export const DOWNLOAD_KEYS: KeysOf<BatchDownloadRequest> = { jobId: 'any', output: 'any' };
