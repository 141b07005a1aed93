import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Decompress } from '../../core/pipeline/decompress.js';
import type { Chunk } from '../../core/source/source.js';
import { FileChunk } from './file-chunk.js';
import { readManifest } from './job-manifest.js';
import { inOrder, joinListed, joinNumbered } from './join-parts.js';
import { partHeader, type PartHeader } from './part-header.js';
import type { JobFolder, PartFile } from './part-file.js';
import { parsePartName } from './part-name.js';

/** Beyond so many the files of a manifest are not looked into for the sake of the one that was given. */
const MOST_SIBLINGS = 100;

/**
 * Puts files together that one chunk was split into: those of one folder with the very same header, numbered or in the
 * order of the folder's `manifest.json`. Only the start of the range may differ, where it is the time of each file's
 * first record. What the manifest says of a file, its reading is held to. Files of a job that was split by days or
 * symbols have headers of their own, and stay chunks of their own.
 *
 * @param files by their absolute paths
 * @returns by path, for each file that is not a chunk of its own, the chunk that it belongs to
 */
export async function joinSplitJobs(
  files: ReadonlyMap<string, FileChunk>,
  decompress: Decompress,
  signal: AbortSignal,
): Promise<Map<string, Chunk>> {
  const joined = new Map<string, Chunk>();
  for (const [path, given] of groupedBy([...files.keys()], dirname)) {
    const listed = await readManifest(path);
    const manifest = listed?.map(({ name }) => name);
    for (const file of given) files.get(file)?.expect(listed?.find(({ name }) => name === basename(file)));
    if (manifest === undefined && given.every((file) => parsePartName(basename(file)) === undefined)) continue;
    const folder = { manifest, names: new Set(await namesIn(path)) };
    const byHeader = new Map<PartFile, PartHeader>();
    for (const file of candidates(path, files, given, folder)) {
      const header = await partHeader(file.chunk, decompress, signal);
      if (header !== undefined) byHeader.set(file, header);
    }
    for (const [members, chunk] of await chunksOf(byHeader, folder)) {
      for (const member of members.filter((each) => each.given)) joined.set(member.path, chunk);
    }
  }
  return joined;
}

/** The files that may be parts, with those of the manifest that were not given. */
function candidates(
  path: string,
  files: ReadonlyMap<string, FileChunk>,
  given: readonly string[],
  { manifest = [], names }: JobFolder,
): PartFile[] {
  const found = given
    .map((file) => ({ name: basename(file), path: file, chunk: files.get(file) as FileChunk, given: true }))
    .filter(({ name }) => parsePartName(name) !== undefined || manifest.includes(name));
  const listed = found.some(({ name }) => parsePartName(name) === undefined) && manifest.length <= MOST_SIBLINGS;
  if (!listed) return found;
  const others = manifest.filter(
    (name) => parsePartName(name) === undefined && names.has(name) && found.every((file) => file.name !== name),
  );
  return [
    ...found,
    ...others.map((name) => ({
      name,
      path: join(path, name),
      chunk: new FileChunk(name, join(path, name), 0, null),
      given: false,
    })),
  ];
}

async function chunksOf(
  byHeader: ReadonlyMap<PartFile, PartHeader>,
  folder: JobFolder,
): Promise<[readonly PartFile[], Chunk][]> {
  const chunks: [readonly PartFile[], Chunk][] = [];
  const add = (members: readonly PartFile[], chunk: Chunk | undefined): void => {
    if (chunk !== undefined) chunks.push([members, chunk]);
  };
  const files = groupedBy([...byHeader.keys()], ({ name }) => {
    const part = parsePartName(name);
    return part === undefined ? '' : `${part.stem}${part.ending}`;
  });
  for (const [job, ofJob] of files) {
    const alike = alikeFiles(inOrder(ofJob, folder), byHeader);
    for (const members of alike) {
      // Without a second one of its header, a file among others is one of its own, whoever numbered it.
      if (job === '') add(members, members.length > 1 ? await joinListed(members, folder) : undefined);
      else if (members.length > 1 || alike.length === 1) add(members, await joinNumbered(members, folder));
    }
  }
  return chunks;
}

/**
 * Files that are one stream by their headers: those with the same one, or all that differ in their starts alone where
 * these go up and tell, behind the first file, the time of the first record.
 */
function alikeFiles(files: readonly PartFile[], byHeader: ReadonlyMap<PartFile, PartHeader>): PartFile[][] {
  const headerOf = (file: PartFile): PartHeader => byHeader.get(file) as PartHeader;
  return [...groupedBy(files, (file) => headerOf(file).digestButStart).values()].flatMap((group) => {
    const headers = group.map(headerOf);
    const isSplit = headers.every(({ start, startsAtFirstRecord }, index) => {
      const before = headers[index - 1];
      return before === undefined || (startsAtFirstRecord && start >= before.start);
    });
    return isSplit ? [group] : [...groupedBy(group, (file) => headerOf(file).digest).values()];
  });
}

/** A folder that cannot be listed tells nothing more about the files in it. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function groupedBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
