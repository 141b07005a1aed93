import { stat } from 'node:fs/promises';
import { systemCode } from './file-error.js';
import type { Originals } from '../../core/verify/verify-store.js';
import { FileChunk } from './file-chunk.js';

/** The files that chunks were loaded from, where the ledger knows their place and they are still there. */
export const originalFiles: Originals = {
  async open({ source, location }, signal) {
    if (location === null) return null;
    const size = await sizeOf(location);
    return size === undefined ? null : new FileChunk(source, location, size, null).open(signal);
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
