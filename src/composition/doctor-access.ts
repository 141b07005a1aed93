import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DependencyContainer } from 'tsyringe';
import { formatBytes } from '../adapters/terminal/index.js';
import { asTickloomError, TickloomError } from '../core/errors/index.js';
import { counted } from '../core/text/counted.js';
import { DATABENTO } from './api-access.js';
import type { DoctorCheck } from './tickloom.js';
import { PARTS } from './tokens.js';
import { writableFolder } from './writable-folder.js';

/** How long the service has to answer; a doctor is not to be waited for. */
const PATIENCE_MS = 10_000;
/** Less room than that is worth a word. */
const LITTLE_ROOM = 2 ** 30;

/**
 * Whether there is a key, whether it has the form of one, and, if so, whether the service takes it. A service that does
 * not answer is no fault of the set-up.
 */
export async function keyCheck(parts: DependencyContainer, signal?: AbortSignal): Promise<string | DoctorCheck> {
  const access = parts.resolve(PARTS.api);
  if (!access.keyGiven) return 'none; only what asks the Historical API needs one';
  const api = await access.open(DATABENTO, undefined, { retries: 0 });
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const datasets = await api.listDatasets({ signal: AbortSignal.any([patience, ...(signal ? [signal] : [])]) });
    return `taken by ${access.address}, ${counted(datasets.length, 'dataset')}`;
  } catch (error) {
    const { code, message } = asTickloomError(error);
    if (code === 'ACCESS_DENIED' || signal?.aborted === true) throw error;
    const why = patience.aborted ? `no answer within ${PATIENCE_MS / 1000} seconds` : message;
    return {
      name: 'api key',
      status: 'warning',
      detail: `it has the form of a key; whether ${access.address} takes it is not known: ${why}`,
      hint: 'Check the connection, and --gateway if you set it.',
    };
  } finally {
    api.close();
  }
}

/** Whether what is bought can be kept, what is kept already, and how much room there is. */
export async function archiveCheck(parts: DependencyContainer): Promise<string | DoctorCheck> {
  const archive = parts.resolve(PARTS.archive);
  const location = resolve(archive.location);
  const { folder, exists } = await writableFolder(location).catch((error: unknown) => {
    throw new TickloomError('OUTPUT_UNWRITABLE', `"${location}" cannot be written to: ${(error as Error).message}`, {
      hint: 'Give the user who runs tickloom permission, or name another folder with --archive.',
      cause: error,
    });
  });
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const room = `${formatBytes(free)} free`;
  const [entries, jobs, broken] = [
    await archive.list(),
    await parts.resolve(PARTS.jobs).list(),
    await archive.unreadable(),
  ];
  const files = jobs.flatMap((job) => job.files);
  const bytes = [...entries.map(({ storedBytes }) => storedBytes), ...files.map((file) => file.bytes)];
  const held = `${counted(entries.length, 'request')} and ${counted(jobs.length, 'batch job')}, ${formatBytes(bytes.reduce((a, b) => a + b, 0))}`;
  const detail = exists ? `${location}: ${held}; ${room}` : `${location}, made when it is needed; ${room}`;
  if (broken.length > 0) {
    const hint = 'See "tickloom archive verify".';
    return {
      name: 'archive',
      status: 'warning',
      detail: `${detail}; ${counted(broken.length, 'folder')} in it cannot be read`,
      hint,
    };
  }
  if (free >= LITTLE_ROOM) return detail;
  return { name: 'archive', status: 'warning', detail, hint: 'Make room before you buy, or name another folder.' };
}
