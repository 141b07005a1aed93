import { createHash } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivedSegment, ArchiveEntry } from '../../core/archive/archive.js';
import type { DownloadResult } from '../../core/archive/archive-writer.js';
import type { RangeRequest } from '../../core/historical/range-request.js';
import type { Usd } from '../../core/historical/usd.js';
import { isMissing, writing } from './archive-errors.js';
import { syncFile, syncFolder, writeWhole } from './durable-files.js';
import type { EntryFolder } from './entry-folders.js';
import { manifestText } from './manifest.js';

export const MANIFEST = 'manifest.json';
const HEADER = 'header.dbn';

/**
 * Makes an entry of an unfinished folder. It appears with the renaming of the folder, all at once.
 * @param exclusively runs work while nobody else claims an entry
 */
export async function completeEntry(
  folder: EntryFolder,
  request: RangeRequest,
  exclusively: (work: () => Promise<void>) => Promise<void>,
  result: Omit<DownloadResult, 'answer'> & { readonly segments: readonly ArchivedSegment[]; readonly costUsd: Usd },
): Promise<ArchiveEntry> {
  const { header, segments, costUsd, records, contentBytes, conditions, instruments, empty } = result;
  const sha256 = createHash('sha256').update(header).digest('hex');
  const headerFile = { file: HEADER, bytes: header.length, sha256 };
  const entry: ArchiveEntry = {
    id: folder.id,
    request,
    archivedAt: new Date().toISOString(),
    records,
    contentBytes,
    storedBytes: segments.reduce((sum, { bytes }) => sum + bytes, header.length),
    segments,
    costUsd,
    conditions,
    instruments,
    empty,
  };
  const at = (name: string): string => join(folder.unfinished, name);
  await writing(folder.unfinished, async () => {
    for (const { file } of segments) await syncFile(at(file));
    await writeWhole(at(HEADER), header);
    await writeWhole(at(MANIFEST), manifestText({ entry, header: headerFile }));
    const kept = [HEADER, MANIFEST, ...segments.map(({ file }) => file)];
    // Without its owner's mark the folder is free for others, until it is gone.
    await exclusively(async () => {
      const over = (await readdir(folder.unfinished)).filter((name) => !kept.includes(name));
      for (const name of over) await rm(at(name), { force: true });
      await syncFolder(folder.unfinished);
      await takePlace(folder);
    });
  });
  return entry;
}

/** A rename cannot replace a folder that holds something, so the one that is there steps aside first. */
async function takePlace({ parent, unfinished, complete, replaced }: EntryFolder): Promise<void> {
  await rm(replaced, { recursive: true, force: true });
  await rename(complete, replaced).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  await rename(unfinished, complete);
  await syncFolder(parent);
  await rm(replaced, { recursive: true, force: true });
}

/** Puts back an entry whose process was killed between stepping aside and being replaced. */
export async function recoverReplaced({ complete, replaced }: EntryFolder): Promise<void> {
  await rename(replaced, complete).catch((error: unknown) => {
    // Somebody has taken its place, or nobody has stepped aside.
    const { code } = error as NodeJS.ErrnoException;
    if (!isMissing(error) && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  });
}
