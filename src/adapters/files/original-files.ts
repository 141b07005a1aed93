import { stat } from 'node:fs/promises';
import type { Originals } from '../../core/verify/verify-store.js';
import { systemCode } from './file-error.js';
import { FileChunk } from './file-chunk.js';
import { JoinedChunk } from './joined-chunk.js';

/** The files that chunks were loaded from, where the ledger knows their places and all of them are still there. */
export const originalFiles: Originals = {
  async find({ source, locations }) {
    const files: FileChunk[] = [];
    for (const location of locations ?? []) {
      const size = await sizeOf(location);
      if (size === undefined) return null;
      files.push(new FileChunk(locations?.length === 1 ? source : location, location, size, null));
    }
    const [first, ...others] = files;
    if (first === undefined) return null;
    return { bytes: others.length === 0 ? first : new JoinedChunk(files, false), instruments: [] };
  },
};

/** In bytes; `undefined` when there is no such file. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() ? stats.size : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}
