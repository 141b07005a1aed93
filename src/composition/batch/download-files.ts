import { basename } from 'node:path';
import type { BatchFile, HistoricalClient } from '../../adapters/databento/index.js';
import { formatBytes } from '../../adapters/terminal/index.js';
import { sharedSignal } from '../../core/abort/shared-signal.js';
import type { Clock } from '../../core/clock/clock.js';
import { inParallel } from '../../core/historical/in-parallel.js';
import type { BatchDownload } from './batch-report.js';
import { counted } from '../../core/text/counted.js';

/** A job that is split by symbol and day has thousands of small files, and each is a request. */
const FILES_AT_ONCE = 4;
const NOTE_EVERY_MS = 10_000;

type FetchedFile = BatchDownload['files'][number];

export interface FilesToDownload {
  readonly jobId: string;
  readonly files: readonly BatchFile[];
  readonly folder: string;
}

export interface FilesDownloadOptions {
  readonly clock: Clock;
  /** Told now and then how far it is: a job can have hundreds of gigabytes. */
  readonly onNote: (text: string) => void;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Downloads files a few at a time. When one fails the others are stopped, and what arrived of them is kept; it is over
 * when all have stopped.
 * @returns in the order of the files
 * @throws what the first one fails with
 */
export async function downloadFiles(
  { batch }: HistoricalClient,
  { jobId, files, folder }: FilesToDownload,
  { clock, onNote, onBytes, signal }: FilesDownloadOptions,
): Promise<FetchedFile[]> {
  const stop = new AbortController();
  const either = sharedSignal(AbortSignal.any([stop.signal, signal]));
  const total = formatBytes(files.reduce((sum, { size }) => sum + size, 0));
  const started: Promise<unknown>[] = [];
  /** Bytes that came of files in work. */
  const arriving = new Map<BatchFile, number>();
  let [done, doneBytes, saidMs] = [0, 0, clock.monotonicMs()];

  const received = (file: BatchFile, bytes: number): void => {
    onBytes(bytes);
    arriving.set(file, Math.min(file.size, (arriving.get(file) ?? 0) + bytes));
    const now = clock.monotonicMs();
    if (now - saidMs < NOTE_EVERY_MS) return;
    saidMs = now;
    const there = [...arriving.values()].reduce((sum, some) => sum + some, doneBytes);
    onNote(`downloading job ${jobId}: ${done} of ${counted(files.length, 'file')}, ${formatBytes(there)} of ${total}`);
  };
  const download = async (file: BatchFile): Promise<FetchedFile> => {
    const options = { signal: either, onBytes: (bytes: number) => received(file, bytes) };
    const { path, bytes, sha256, alreadyThere } = await batch.downloadFile(file, folder, options);
    arriving.delete(file);
    done += 1;
    doneBytes += bytes;
    return { file: basename(path), bytes, sha256, already_there: alreadyThere };
  };

  try {
    return await inParallel(files, FILES_AT_ONCE, (file) => {
      const work = download(file);
      started.push(work.catch(() => undefined));
      return work;
    });
  } catch (error) {
    stop.abort();
    await Promise.all(started);
    throw error;
  }
}
