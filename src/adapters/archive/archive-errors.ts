import { isTickloomError, TickloomError } from '../../core/errors/index.js';

/** For a file of the archive that is not as it was written. */
export function archiveDamaged(path: string, why: string, cause?: unknown): TickloomError {
  return new TickloomError('ARCHIVE_DAMAGED', `the archive's file "${path}" is damaged: ${why}`, {
    hint: 'Restore the file, or buy the chunk again with --refetch.',
    context: { path },
    cause,
  });
}

/** For what the file system refused while the archive was written to. */
export function archiveUnwritable(error: unknown, path: string): unknown {
  if (isTickloomError(error)) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new TickloomError('OUTPUT_UNWRITABLE', `the archive cannot be written to at "${path}": ${why}`, {
    hint: 'Make room for it, or configure another folder for the archive.',
    context: { path },
    cause: error,
  });
}

/** Runs what writes to the archive, and words its errors. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw archiveUnwritable(error, path);
  }
}

export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
