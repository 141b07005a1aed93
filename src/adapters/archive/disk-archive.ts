import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Archive, ArchiveCheck, ArchiveEntry, ArchiveFilter } from '../../core/archive/archive.js';
import type { ArchiveClaim, ArchiveWriter, ClaimOptions } from '../../core/archive/archive-writer.js';
import { asTickloomError, isTickloomError, TickloomError } from '../../core/errors/index.js';
import type { RangeRequest } from '../../core/historical/range-request.js';
import type { Turn } from '../system/turn-lock.js';
import { archiveDamaged, archiveLocked, isMissing, writing } from './archive-errors.js';
import { takeArchiveTurn } from './archive-turn.js';
import { MANIFEST, recoverReplaced } from './complete-entry.js';
import { DiskDownload } from './disk-download.js';
import { FOLDER_MODE } from './durable-files.js';
import { entryFolderOf, entryFolderOfId, listEntryFolders, type EntryFolder } from './entry-folders.js';
import { joinedStream } from './joined-stream.js';
import { readManifest, type ManifestContent } from './manifest.js';
import { OwnerMark } from './owner-mark.js';
import { verifyFile } from './stored-file.js';
import { makeFolder } from '../system/make-folder.js';

const POLL_MS = 100;

/**
 * What was paid for, in a folder: `<dataset>/<schema>/<start>_<end>_<hash>/` holds an entry's manifest, its first header
 * and its segments, and is there only when it is complete. What has arrived of an unfinished one lies beside it.
 */
export class DiskArchive implements Archive, ArchiveWriter {
  readonly location: string;

  constructor(folder: string) {
    this.location = folder;
  }

  async list(filter: ArchiveFilter = {}): Promise<readonly ArchiveEntry[]> {
    const { entries } = await this.#readAll();
    const { dataset, schema } = filter;
    return entries
      .filter(({ request }) => dataset === undefined || request.dataset === dataset)
      .filter(({ request }) => schema === undefined || request.schema === schema)
      .sort(inOrder);
  }

  async unreadable(): Promise<readonly ArchiveCheck[]> {
    return (await this.#readAll()).unreadable;
  }

  async find(id: string): Promise<ArchiveEntry | undefined> {
    const folder = entryFolderOfId(this.location, id);
    return folder === undefined ? undefined : (await read(folder))?.entry;
  }

  async *open(entry: ArchiveEntry, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const folder = entryFolderOf(this.location, entry.request);
    const content = await read(folder);
    if (content === undefined) throw archiveDamaged(folder.complete, 'the entry is missing');
    yield* joinedStream(folder.complete, content, signal);
  }

  async check({ id, request }: ArchiveEntry, signal?: AbortSignal): Promise<ArchiveCheck> {
    const folder = entryFolderOf(this.location, request);
    try {
      const content = await read(folder);
      if (content === undefined) return { id, status: 'missing', detail: `"${folder.complete}" is missing` };
      for (const file of [content.header, ...content.entry.segments]) {
        await verifyFile(join(folder.complete, file.file), file, signal);
      }
      return { id, status: 'ok', detail: null };
    } catch (error) {
      return damage(id, error);
    }
  }

  async claim(request: RangeRequest, { refetch = false, signal, wait = {} }: ClaimOptions = {}): Promise<ArchiveClaim> {
    const folder = entryFolderOf(this.location, request);
    const since = new Date().toISOString();
    const began = performance.now();
    const { mostMs = Infinity, onWait } = wait;
    for (let told = false; ; told = true) {
      let owner: number | null;
      const lock = await this.#lock(signal);
      try {
        await recoverReplaced(folder);
        const entry = await found(folder, refetch ? since : null);
        if (entry !== undefined) return { entry, download: null };
        await writing(folder.unfinished, () => makeFolder(folder.unfinished, FOLDER_MODE));
        owner = await OwnerMark.processOf(folder.unfinished);
        if (owner === null) return { entry: null, download: await this.#take(folder, request) };
      } finally {
        await lock.release();
      }
      const left = mostMs - (performance.now() - began);
      if (left <= 0) throw archiveLocked(request, owner, mostMs);
      if (!told) onWait?.(owner);
      const pause = Math.min(POLL_MS * (1 + Math.random()), left);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  async #take(folder: EntryFolder, request: RangeRequest): Promise<DiskDownload> {
    const mark = await writing(folder.unfinished, () => OwnerMark.set(folder.unfinished));
    const exclusively = async (work: () => Promise<void>): Promise<void> => {
      const lock = await this.#lock();
      try {
        await work();
      } finally {
        await lock.release();
      }
    };
    try {
      return await DiskDownload.open(folder, request, { mark, exclusively });
    } catch (error) {
      if (!isTickloomError(error) || error.code !== 'ARCHIVE_DAMAGED') throw error;
      // Nobody knows any more what of it is good.
      await rm(folder.unfinished, { recursive: true, force: true });
      return this.#begin(folder, request);
    }
  }

  async #begin(folder: EntryFolder, request: RangeRequest): Promise<DiskDownload> {
    await writing(folder.unfinished, () => makeFolder(folder.unfinished, FOLDER_MODE));
    return this.#take(folder, request);
  }

  async #lock(signal?: AbortSignal): Promise<Turn> {
    try {
      return await takeArchiveTurn(this.location, signal);
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      throw new TickloomError('CANCELLED', 'cancelled while waiting for another download of the same data', {
        hint: 'Run the same command again to go on.',
        cause: error,
      });
    }
  }

  async #readAll(): Promise<{ entries: ArchiveEntry[]; unreadable: ArchiveCheck[] }> {
    const entries: ArchiveEntry[] = [];
    const unreadable: ArchiveCheck[] = [];
    for (const folder of await listEntryFolders(this.location)) {
      try {
        const content = await read(folder);
        if (content === undefined) throw archiveDamaged(join(folder.complete, MANIFEST), 'it is missing');
        entries.push(content.entry);
      } catch (error) {
        unreadable.push(damage(folder.id, error));
      }
    }
    return { entries, unreadable };
  }
}

/** The entry, if it is there and, where a time is given, not older than that. */
async function found(folder: EntryFolder, since: string | null): Promise<ArchiveEntry | undefined> {
  if (since === null) return (await read(folder))?.entry;
  // An entry that is to be bought again may well be damaged.
  const entry = await read(folder).catch(() => undefined);
  return entry !== undefined && entry.entry.archivedAt >= since ? entry.entry : undefined;
}

/** `undefined` when there is no such entry. @throws ARCHIVE_DAMAGED */
async function read({ id, complete }: EntryFolder): Promise<ManifestContent | undefined> {
  const path = join(complete, MANIFEST);
  const text = await readFile(path, 'utf8').catch(async (error: unknown) => {
    if (!isMissing(error)) throw archiveDamaged(path, (error as Error).message, error);
    if (await isFolder(complete)) throw archiveDamaged(path, 'it is missing', error);
    return undefined;
  });
  return text === undefined ? undefined : readManifest(path, id, text);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function damage(id: string, error: unknown): ArchiveCheck {
  const known = asTickloomError(error);
  if (known.code !== 'ARCHIVE_DAMAGED') throw error;
  return { id, status: 'damaged', detail: known.message };
}

function inOrder(a: ArchiveEntry, b: ArchiveEntry): number {
  const [one, other] = [a, b].map(({ request }) => request) as [RangeRequest, RangeRequest];
  return (
    compare(one.dataset, other.dataset) ||
    compare(one.schema, other.schema) ||
    compare(one.start, other.start) ||
    compare(a.id, b.id)
  );
}

const compare = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
