import { join } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import { makeFolder } from '../system/make-folder.js';
import { takeTurn, type Turn } from '../system/turn-lock.js';
import { writing } from './archive-errors.js';
import { FOLDER_MODE } from './durable-files.js';

/** No name of a dataset begins with a dot. */
const FOLDER = '.lock';

/**
 * Waits for the turn at an archive: who has it may change who fills an entry, and what runs have announced.
 * @param archive the folder of the archive
 * @throws OUTPUT_UNWRITABLE, and the signal's reason
 */
export async function takeArchiveTurn(archive: string, signal?: AbortSignal): Promise<Turn> {
  const path = join(archive, FOLDER);
  await writing(path, () => makeFolder(path, FOLDER_MODE));
  const turn = await writing(path, () => takeTurn(path, { signal }));
  if (turn === null) throw new TickloomError('INVARIANT', 'waiting for the lock of the archive ended without it');
  return turn;
}
