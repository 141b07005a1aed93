import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../adapters/databento/index.js';
import type { ReporterChoice, ReporterRegistry } from '../adapters/reporters/index.js';
import type { ArchiveFilter } from '../core/archive/archive.js';
import { sharedSignal } from '../core/abort/shared-signal.js';
import { throwIfCancelled } from '../core/abort/throw-if-cancelled.js';
import type { Metadata } from '../core/dbn/metadata.js';
import { TickloomError } from '../core/errors/index.js';
import type { ChunkReader } from '../core/pipeline/chunk-reader.js';
import type { CoverageEntry, CoverageFilter, Ledger } from '../core/ledger/ledger.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import type { ReporterSettings } from '../core/progress/reporter-definition.js';
import type { VerifyReport, VerifyRequest } from '../core/verify/verify-report.js';
import type { RunReport } from '../core/report/run-report.js';
import type { Chunk } from '../core/source/source.js';
import { DATABENTO } from './api-access.js';
import { batch } from './batch/batch.js';
import type { DatabaseStatus, MigrationResult } from './database-report.js';
import { fragmentOf } from './fragment-of.js';
import { checkCall, checkKeys } from './known-keys.js';
import { quarantine } from './quarantine.js';
import { plainNotes } from './leveled-note.js';
import { withApi } from './with-api.js';
import {
  ARCHIVE_KEYS,
  COVERAGE_KEYS,
  DECODE_KEYS,
  EXPORT_KEYS,
  INGEST_KEYS,
  RESOLVE_KEYS,
  RUNS_KEYS,
  SAMPLE_KEYS,
  SCAFFOLD_KEYS,
  VERIFY_KEYS,
} from './request-keys.js';
import type { ScaffoldRequest, ScaffoldResult } from './scaffold-request.js';
import type { StaleReport } from './stale-report.js';
import type { PlanReport, PlanRequest } from './plan-report.js';
import type { ResolvedSymbols, ResolveSymbolsRequest } from './resolved-symbols.js';
import type {
  CallOptions,
  DecodeRequest,
  DoctorCheck,
  EventListener,
  ExportRequest,
  ExportResult,
  IngestRequest,
  NotedCallOptions,
  QueryResult,
  SampleRequest,
  SampleResult,
  Tickloom,
} from './tickloom.js';
import { PARTS } from './tokens.js';

const DEFAULT_RUNS = 20;

/**
 * One Tickloom: each method asks the container for the parts it needs, when it needs them. What only some commands need is
 * imported by the methods that do: it takes a good part of the time to start.
 */
export class TickloomInstance implements Tickloom {
  constructor(private readonly parts: DependencyContainer) {}

  async ingest(request: IngestRequest, options: Parameters<Tickloom['ingest']>[1] = {}): Promise<RunReport> {
    checkCall('ingest', request, INGEST_KEYS, options);
    const { ingest } = await import('./ingest.js');
    return ingest(this.parts, request, options);
  }

  on<Type extends ProgressEvent['type'] | '*'>(type: Type, listener: EventListener<Type>): () => void {
    return this.parts.resolve(PARTS.events).on(type, listener);
  }

  async plan(plan: PlanRequest, options: NotedCallOptions = {}): Promise<PlanReport> {
    checkCall('plan', plan, INGEST_KEYS, options);
    const { onNote = () => undefined, ...call } = options;
    const signal = sharedSignal(call.signal);
    const { request, force = false, refetch = false } = plan;
    if (request?.api !== DATABENTO || plan.batch !== undefined) {
      const { planFiles } = await import('./plan-files.js');
      return planFiles(this.parts, plan, signal);
    }
    const { planAll, planReport, readRequests } = await import('./request-plan.js');
    const requests = await readRequests(this.parts, request);
    const ask = async (api: HistoricalClient): Promise<PlanReport> => {
      const wishes = { force: force || refetch, refetch, signal };
      return planReport(request.api, await planAll(this.parts, api, requests, request.chunk, wishes));
    };
    return withApi(this.parts, request.api, ask, plainNotes(onNote));
  }

  async *decode(request: DecodeRequest, options: CallOptions = {}): AsyncGenerator<string, void> {
    checkCall('decode', request, DECODE_KEYS, options);
    const { decodeText } = await import('../core/pipeline/decode-text.js');
    const reader = await this.#reader(request, sharedSignal(options.signal));
    try {
      yield* decodeText(reader, request);
    } finally {
      await reader.close();
    }
  }

  async metadata(request: Pick<DecodeRequest, 'path' | 'stdin'>, options: CallOptions = {}): Promise<Metadata> {
    checkCall('metadata', request, DECODE_KEYS, options);
    const reader = await this.#reader(request, sharedSignal(options.signal));
    try {
      const { metadata } = await reader.header();
      if (metadata !== undefined) return metadata;
    } finally {
      await reader.close();
    }
    throw new TickloomError('FRAGMENT_UNDECLARED', `"${request.path}" is a fragment: it has no header`, {
      hint: 'Decode its records with --dataset, --schema and --dbn-version.',
    });
  }

  async query(sql: string, call: CallOptions = {}): Promise<QueryResult> {
    const signal = sharedSignal(call.signal);
    const { readOnlyQuery } = await import('../adapters/postgres/query/read-only-query.js');
    return readOnlyQuery(await this.parts.resolve(PARTS.database).ready(signal), sql, signal);
  }

  async export(request: ExportRequest, options: CallOptions = {}): Promise<ExportResult> {
    checkCall('export', request, EXPORT_KEYS, options);
    const { exportRecords } = await import('./export.js');
    return exportRecords(this.parts, request, sharedSignal(options.signal));
  }

  async verify(
    request: VerifyRequest = {},
    options: NonNullable<Parameters<Tickloom['verify']>[1]> = {},
  ): Promise<VerifyReport> {
    checkCall('verify', request, VERIFY_KEYS, options);
    const { verify } = await import('./verify.js');
    return verify(this.parts, this, request, options);
  }

  readonly runs = {
    list: async (options: CallOptions & { readonly limit?: number } = {}) => {
      checkKeys('runs.list', options, RUNS_KEYS);
      return (await this.#ledger(options.signal)).listRuns(options.limit ?? DEFAULT_RUNS);
    },
    show: async (runId: string, { signal }: CallOptions = {}) => {
      const run = await (await this.#ledger(signal)).showRun(runId);
      if (run !== undefined) return run;
      throw new TickloomError('NOT_FOUND', `there is no run "${runId}"`, {
        hint: 'See "tickloom runs list" for the runs that there are.',
        context: { run_id: runId },
      });
    },
  };

  async coverage(filter: CoverageFilter = {}, options: CallOptions = {}): Promise<CoverageEntry[]> {
    checkCall('coverage', filter, COVERAGE_KEYS, options);
    return (await this.#ledger(options.signal)).coverage(filter);
  }

  async staleCoverage(filter: CoverageFilter = {}, options: NotedCallOptions = {}): Promise<StaleReport> {
    checkCall('staleCoverage', filter, COVERAGE_KEYS, options);
    throwIfCancelled(options.signal, 'asking what was bought');
    const { findStale } = await import('./stale-coverage.js');
    return findStale(this.parts, filter, { ...options, signal: sharedSignal(options.signal) });
  }

  readonly symbols = {
    resolve: async (request: ResolveSymbolsRequest, options: NotedCallOptions = {}): Promise<ResolvedSymbols> => {
      checkCall('symbols.resolve', request, RESOLVE_KEYS, options);
      const { onNote = () => undefined, signal } = options;
      const { resolveSymbols } = await import('./resolve-symbols.js');
      const ask = (api: HistoricalClient): Promise<ResolvedSymbols> =>
        resolveSymbols(api, request, sharedSignal(signal));
      return withApi(this.parts, request.api ?? DATABENTO, ask, plainNotes(onNote));
    },
  };

  readonly archive = {
    list: async (filter: ArchiveFilter = {}, options: CallOptions = {}) => {
      checkCall('archive.list', filter, ARCHIVE_KEYS, options);
      throwIfCancelled(options.signal, 'listing the archive');
      const { listArchive } = await import('./archive-listing.js');
      return listArchive(this.parts.resolve(PARTS.archive), this.parts.resolve(PARTS.jobs), filter);
    },
    verify: async (filter: ArchiveFilter = {}, options: CallOptions = {}) => {
      checkCall('archive.verify', filter, ARCHIVE_KEYS, options);
      throwIfCancelled(options.signal, 'verifying the archive');
      const { verifyArchive } = await import('./archive-listing.js');
      return verifyArchive(
        this.parts.resolve(PARTS.archive),
        this.parts.resolve(PARTS.jobs),
        filter,
        sharedSignal(options.signal),
      );
    },
  };

  readonly batch = batch(this.parts);

  readonly quarantine = quarantine(this.parts);

  readonly schemas = {
    list: async () => {
      const { schemaSummary } = await import('./schema-details.js');
      return (await this.parts.resolve(PARTS.registry)).list().map(schemaSummary);
    },
    show: async (name: string) => {
      const { schemaDetails } = await import('./schema-details.js');
      return schemaDetails((await this.parts.resolve(PARTS.registry)).get(name));
    },
  };

  readonly sources = {
    list: async () => {
      const { sourceSummary } = await import('./source-summary.js');
      await this.parts.resolve(PARTS.registry);
      return this.parts.resolve(PARTS.sources).list().map(sourceSummary);
    },
  };

  readonly reporters = {
    list: async () => (await this.#reporters()).list(),
    create: async (choice: ReporterChoice, settings: ReporterSettings) =>
      (await this.#reporters()).create(choice, settings),
  };

  async sample(request: SampleRequest, options: CallOptions = {}): Promise<SampleResult> {
    checkCall('sample', request, SAMPLE_KEYS, options);
    const { writeSample } = await import('./sample-file.js');
    return writeSample(request, sharedSignal(options.signal));
  }

  async scaffold(request: ScaffoldRequest): Promise<ScaffoldResult> {
    checkKeys('scaffold', request, SCAFFOLD_KEYS);
    const { scaffold } = await import('./scaffold.js');
    return scaffold(this.parts, request);
  }

  readonly database = {
    start: async (): Promise<DatabaseStatus> => {
      await this.#embeddedOnly('started').start();
      return this.database.status();
    },
    stop: async (): Promise<DatabaseStatus> => {
      await this.#embeddedOnly('stopped').stop();
      return this.database.status();
    },
    status: async (): Promise<DatabaseStatus> => {
      const { databaseStatus } = await import('./database-status.js');
      return databaseStatus(this.parts.resolve(PARTS.database));
    },
    url: async (): Promise<string> => this.parts.resolve(PARTS.database).url(),
    migrate: (options?: NotedCallOptions): Promise<MigrationResult> => this.migrate(options),
  };

  async migrate({ onNote = () => undefined, ...call }: NotedCallOptions = {}): Promise<MigrationResult> {
    const { migrate } = await import('./migrate.js');
    return migrate(this.parts, onNote, sharedSignal(call.signal));
  }

  async doctor(options: CallOptions = {}): Promise<DoctorCheck[]> {
    const { examine } = await import('./doctor.js');
    return examine(this.parts, sharedSignal(options.signal));
  }

  async close(): Promise<void> {
    await this.parts.resolve(PARTS.database).close();
  }

  /** Complete once the plugins are there. */
  async #reporters(): Promise<ReporterRegistry> {
    await this.parts.resolve(PARTS.registry);
    return this.parts.resolve(PARTS.reporters);
  }

  async #ledger(signal: AbortSignal | undefined): Promise<Ledger> {
    throwIfCancelled(signal, 'asking the ledger');
    const { openStores } = await import('./stores.js');
    return (await openStores(this.parts, ['ledger'], { signal: sharedSignal(signal) })).ledger;
  }

  #embeddedOnly(done: string): { start(): Promise<unknown>; stop(): Promise<unknown> } {
    const { kind, embedded } = this.parts.resolve(PARTS.database);
    if (kind === 'embedded') return embedded;
    throw new TickloomError('USAGE', `only the embedded database can be ${done}, and the settings name another one`, {
      hint: 'Leave out --database, unset DATABASE_URL and the PG… variables, or say --database embedded.',
    });
  }

  async #reader(request: Omit<DecodeRequest, 'format'>, signal: AbortSignal): Promise<ChunkReader> {
    const source = this.parts.resolve(PARTS.fileSource)({
      paths: [request.path],
      fragment: fragmentOf(request),
      ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
    });
    const [chunk, ...others] = await source.plan(signal);
    if (chunk === undefined || others.length > 0) {
      throw new TickloomError(
        'USAGE',
        `"${request.path}" is ${others.length + 1} files; one can be decoded at a time`,
        {
          hint: 'Name one file.',
        },
      );
    }
    const { ChunkReader } = await import('../core/pipeline/chunk-reader.js');
    return new ChunkReader(chunk satisfies Chunk, this.parts.resolve(PARTS.decompress), signal);
  }
}
