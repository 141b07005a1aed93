import 'reflect-metadata';
import { join } from 'node:path';
import { container as root, type DependencyContainer } from 'tsyringe';
import { DiskArchive, DiskJobArchive, DiskPurchases } from '../adapters/archive/index.js';
import { originalFiles } from '../adapters/files/original-files.js';
import { FileSource } from '../adapters/files/file-source.js';
import { ReporterRegistry, SilentReporter } from '../adapters/reporters/index.js';
import { systemClock } from '../adapters/system/system-clock.js';
import { RowThreads } from '../adapters/threads/row-threads.js';
import { decompress } from '../adapters/zstd/decompress.js';
import { SourceRegistry } from '../core/registry/source-registry.js';
import { ArchivedOriginals } from '../core/verify/archived-originals.js';
import { ApiAccess } from './api-access.js';
import { DatabaseAccess } from './database-access.js';
import { Events } from './events.js';
import { checkKeys } from './known-keys.js';
import { checkReplacements, replacePart } from './replace-part.js';
import { OPTION_KEYS } from './request-keys.js';
import { setupOf } from './threads/thread-setup.js';
import type { Tickloom, TickloomOptions } from './tickloom.js';
import { TickloomInstance } from './tickloom-instance.js';
import { PARTS } from './tokens.js';

/**
 * Puts a Tickloom together. Nothing is opened, started or connected before a method needs it.
 * @throws DATABASE_URL_INVALID, and USAGE for an option that there is not and a replacement of no part
 */
export function createTickloom(options: TickloomOptions = {}): Tickloom {
  checkKeys('createTickloom', options, OPTION_KEYS, 'option');
  return new TickloomInstance(registerParts(options));
}

/** Inside the home. */
const ARCHIVE_FOLDER = 'archive';
/** Inside the archive; no dataset is called that. */
const JOBS_FOLDER = 'batch';

/** The parts of one instance, in a container of its own, each made once. */
function registerParts(options: TickloomOptions): DependencyContainer {
  const { replace = {} } = options;
  checkReplacements(replace);
  const parts = root.createChildContainer();
  const once = <T>(token: Parameters<typeof parts.register<T>>[0], make: () => T): void => {
    let made: { value: T } | undefined;
    parts.register<T>(token, { useFactory: () => (made ??= { value: make() }).value });
  };
  once(PARTS.replace, () => replace);
  once(PARTS.clock, () => replacePart(replace, 'clock', systemClock));
  once(PARTS.decompress, () => {
    const { maxExpansion } = options;
    const limits = maxExpansion === undefined ? {} : { largestExpansion: maxExpansion };
    return replacePart(replace, 'decompress', (source) => decompress(source, limits));
  });
  once(PARTS.rowThreads, () => (registry, most) => {
    const data = setupOf(registry, options.maxExpansion);
    return new RowThreads({ script: new URL('./threads/row-thread.js', import.meta.url), data, most });
  });
  once(PARTS.reporters, () => new ReporterRegistry());
  once(PARTS.events, () => new Events());
  once(PARTS.sources, () => new SourceRegistry());
  once(PARTS.fileSource, () => replacePart(replace, 'files', (sourceOptions) => new FileSource(sourceOptions)));
  once(PARTS.originals, () =>
    replacePart(replace, 'originals', new ArchivedOriginals(parts.resolve(PARTS.archive), originalFiles)),
  );
  once(PARTS.reporter, () => replacePart(replace, 'reporter', new SilentReporter()));
  once(PARTS.http, () => async () => {
    const { NodeTransport } = await import('../adapters/databento/transport/node-transport.js');
    return replacePart(replace, 'http', new NodeTransport());
  });
  once(PARTS.api, () => new ApiAccess(options, parts.resolve(PARTS.clock), parts.resolve(PARTS.http)));
  const archiveFolder = (): string => options.archive ?? join(database.home, ARCHIVE_FOLDER);
  once(PARTS.archive, () => replacePart(replace, 'archive', new DiskArchive(archiveFolder())));
  once(PARTS.purchases, () => new DiskPurchases(archiveFolder()));
  once(PARTS.jobs, () => replacePart(replace, 'jobs', new DiskJobArchive(join(archiveFolder(), JOBS_FOLDER))));
  once(PARTS.registry, async () => {
    const { loadPlugins } = await import('./load-plugins.js');
    return loadPlugins(options, parts.resolve(PARTS.reporters), parts.resolve(PARTS.sources));
  });
  // Made now, so that a URL that is none is refused at once.
  const database = new DatabaseAccess(options, () => parts.resolve(PARTS.registry));
  once(PARTS.database, () => database);
  return parts;
}
