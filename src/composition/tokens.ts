import type { InjectionToken } from 'tsyringe';
import type { DiskPurchases } from '../adapters/archive/index.js';
import type { FileSourceOptions } from '../adapters/files/file-source.js';
import type { HttpTransport } from '../adapters/databento/index.js';
import type { ReporterRegistry } from '../adapters/reporters/index.js';
import type { RowThreads } from '../adapters/threads/index.js';
import type { Archive } from '../core/archive/archive.js';
import type { ArchiveWriter } from '../core/archive/archive-writer.js';
import type { Clock } from '../core/clock/clock.js';
import type { JobArchive } from '../core/archive/job-archive.js';
import type { Decompress } from '../core/pipeline/decompress.js';
import type { ProgressReporter } from '../core/progress/progress-event.js';
import type { PluginRegistry } from '../core/registry/plugin-registry.js';
import type { SourceRegistry } from '../core/registry/source-registry.js';
import type { Source } from '../core/source/source.js';
import type { Originals } from '../core/verify/verify-store.js';
import type { ApiAccess } from './api-access.js';
import type { DatabaseAccess } from './database-access.js';
import type { Events } from './events.js';
import type { Replacements } from './replaceable-parts.js';

/** A part of Tickloom by its public name. The symbols are global, so that copies of the package agree on them. */
const token = <T>(name: string): InjectionToken<T> => Symbol.for(`tickloom.part.${name}`);

/** The parts that `createTickloom` puts together. */
export const PARTS = {
  clock: token<Clock>('clock'),
  decompress: token<Decompress>('decompress'),
  /** Threads for one run: those plugins that can be imported again, at most so many threads. */
  rowThreads: token<(registry: PluginRegistry, most: number) => RowThreads>('row-threads'),
  /** A promise: plugins are imported. */
  registry: token<Promise<PluginRegistry>>('registry'),
  reporters: token<ReporterRegistry>('reporters'),
  /** Complete once `registry` is there, as `reporters`. */
  sources: token<SourceRegistry>('sources'),
  fileSource: token<(options: FileSourceOptions) => Source>('files'),
  /** Finds the bytes again that chunks were loaded from. */
  originals: token<Originals>('originals'),
  database: token<DatabaseAccess>('database'),
  api: token<ApiAccess>('api'),
  archive: token<Archive & ArchiveWriter>('archive'),
  /** Makes one for each client. */
  http: token<() => Promise<HttpTransport>>('http'),
  /** Who has subscribed to what the calls say. */
  events: token<Events>('events'),
  /** Of runs that name none. */
  reporter: token<ProgressReporter>('reporter'),
  /** What takes the place of the parts that stand in a database, which are opened for each call. */
  replace: token<Replacements>('replace'),
  /** What runs over the archive are about to buy. */
  purchases: token<DiskPurchases>('purchases'),
  /** Batch jobs that were downloaded. */
  jobs: token<JobArchive>('jobs'),
} as const;
