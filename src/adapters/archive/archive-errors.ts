import { isTickloomError, TickloomError } from '../../core/errors/index.js';
import { describeRequest } from '../../core/historical/describe-request.js';
import type { RangeRequest } from '../../core/historical/range-request.js';

/** For a file of the archive that is not as it was written. */
export function archiveDamaged(path: string, why: string, cause?: unknown): TickloomError {
  return new TickloomError('ARCHIVE_DAMAGED', `the archive's file "${path}" is damaged: ${why}`, {
    hint: 'Restore the file, or buy the chunk again with --refetch.',
    context: { path },
    cause,
  });
}

/** For an entry that another run was filling all the while, ms. */
export function archiveLocked(request: RangeRequest, process: number, waitedMs: number): TickloomError {
  const [source, seconds] = [describeRequest(request), waitedMs / 1000];
  return new TickloomError(
    'LOCKED',
    `${source} is being downloaded by another run (process ${process}): waited ${seconds} s for it`,
    {
      hint: 'Run the same command again when that run is done, or give it more time with --lock-timeout.',
      context: { source, process, waited_seconds: seconds },
    },
  );
}

/** For a file of a batch job in the archive that is not as it was written. */
export function jobDamaged(path: string, why: string, cause?: unknown): TickloomError {
  return new TickloomError('ARCHIVE_DAMAGED', `the archive's file "${path}" is damaged: ${why}`, {
    hint: 'Restore the file, or remove the folder of the job: while the vendor has it, it is downloaded again for nothing.',
    context: { path },
    cause,
  });
}

/** For a folder of the archive that cannot be listed. */
export function archiveUnreadable(path: string, error: unknown): TickloomError {
  const { code = null, message } = error as NodeJS.ErrnoException;
  return new TickloomError('PATH_UNREADABLE', `the archive's folder "${path}" cannot be read: ${message}`, {
    hint: 'Let the user who runs tickloom read it, or configure another folder for the archive.',
    context: { path, system_code: code },
    cause: error,
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
