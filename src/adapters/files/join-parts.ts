import { open } from 'node:fs/promises';
import type { Chunk } from '../../core/source/source.js';
import { JoinedChunk, UnfitParts } from './joined-chunk.js';
import type { JobFolder, PartFile } from './part-file.js';
import { formatPartName, isSameJob, parsePartName, type PartName } from './part-name.js';

/** Numbers from here on may be years. */
const FIRST_YEAR = 1000;
const COMPARED_BYTES = 4096;

/**
 * The chunk of parts that are numbered, from 0000 on. Only a manifest knows which part is the last: without one the
 * parts may be the beginning of something longer.
 *
 * @returns `undefined` for a file of its own
 */
export async function joinNumbered(members: readonly PartFile[], folder: JobFolder): Promise<Chunk | undefined> {
  const parts = members
    .map((file) => ({ ...file, part: parsePartName(file.name) as PartName }))
    .sort((a, b) => a.part.number - b.part.number);
  const [{ part: first }] = parts as [(typeof parts)[number]];
  if (parts.length === 1 && first.number >= FIRST_YEAR) return undefined;
  const gap = parts.findIndex(({ part }, index) => part.number !== index);
  if (gap >= 0) return incomplete(parts, formatPartName({ ...first, number: gap }), folder);
  const listed = folder.manifest?.filter((name) => isSameJob(first, parsePartName(name))) ?? [];
  const given = new Set(parts.map(({ name }) => name));
  const lost = listed.find((name) => !given.has(name) && !folder.names.has(name));
  if (lost !== undefined) return incomplete(parts, lost, folder);
  const isWhole = listed.length > 0 && listed.every((name) => given.has(name));
  return joined(parts, !isWhole);
}

/** The chunk of parts that only the manifest brings together, in its order. */
export async function joinListed(members: readonly PartFile[], folder: JobFolder): Promise<Chunk> {
  const order = folder.manifest ?? [];
  const parts = inOrder(members, folder);
  const missing =
    parts.find(({ given }) => !given)?.name ??
    order.find((name) => parsePartName(name) === undefined && !folder.names.has(name));
  return missing === undefined ? joined(parts, false) : incomplete(parts, missing, folder);
}

/** Files in the order of their numbers, or of the manifest. */
export function inOrder(files: readonly PartFile[], { manifest = [] }: JobFolder): PartFile[] {
  const place = ({ name }: PartFile): number => parsePartName(name)?.number ?? manifest.indexOf(name);
  return [...files].sort((a, b) => place(a) - place(b));
}

async function joined(parts: readonly PartFile[], mayGoOn: boolean): Promise<Chunk> {
  const chunks = parts.map(({ chunk }) => chunk);
  for (const [index, part] of parts.entries()) {
    const before = parts[index - 1];
    if (before === undefined || !(await areCopies(before, part))) continue;
    const why = `"${part.name}" is a copy of "${before.name}"`;
    return new UnfitParts(chunks, why, 'Take the copy away, or give it a name without a number.');
  }
  return new JoinedChunk(chunks, mayGoOn);
}

function incomplete(parts: readonly PartFile[], missing: string, { names }: JobFolder): Chunk {
  const chunks = parts.filter(({ given }) => given).map(({ chunk }) => chunk);
  return names.has(missing)
    ? new UnfitParts(chunks, `part "${missing}" is not named`, 'Name the folder, or all parts.')
    : new UnfitParts(
        chunks,
        `part "${missing}" is missing`,
        'Fetch that file as well; if this one is whole as it is, give it a name without a number.',
      );
}

/** Two parts of one size that begin and end alike are one file twice: real ones hold other records. */
async function areCopies(a: PartFile, b: PartFile): Promise<boolean> {
  if (a.chunk.sizeBytes !== b.chunk.sizeBytes) return false;
  const [x, y] = await Promise.all([ends(a), ends(b)]);
  return x.equals(y);
}

async function ends({ path, chunk: { sizeBytes } }: PartFile): Promise<Buffer> {
  const handle = await open(path);
  try {
    const bytes = Buffer.alloc(2 * COMPARED_BYTES);
    await handle.read(bytes, 0, COMPARED_BYTES, 0);
    await handle.read(bytes, COMPARED_BYTES, COMPARED_BYTES, Math.max(0, sizeBytes - COMPARED_BYTES));
    return bytes;
  } finally {
    await handle.close();
  }
}
