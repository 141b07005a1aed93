import { setTimeout as delay } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';
import type { ArchiveEntry } from '../archive/archive.js';
import { asTickloomError, isTickloomError, TickloomError } from '../errors/index.js';
import { counted } from '../text/counted.js';
import type { FetchedEntry, FetchOrder, FetchParts, FetchRetry } from './fetch-order.js';
import { RangeDownload } from './range-download.js';

/** A cut that brought something is no sign of a service that wants rest: it goes on after this part of the first wait. */
const GAINED = 0.2;
const RETRY: FetchRetry = { tries: 5, minTimeout: 500, maxTimeout: 30_000 };

/**
 * Brings one request into the archive, whatever the network does, and pays for no byte twice that can be kept. What the
 * archive has is not bought again. A process that is killed on the way has lost nothing: the next call goes on.
 *
 * @throws LOCKED when another run that is fetching the same was waited for in vain · COST_CAP before anything is sent · ACCESS_DENIED, REQUEST_REJECTED from the service · SOURCE_UNAVAILABLE when
 * several tries have brought nothing more, DOWNLOAD_CORRUPT when what comes cannot be right; what has arrived stays ·
 * OUTPUT_UNWRITABLE, ARCHIVE_DAMAGED · CANCELLED
 */
export async function fetchRange(order: FetchOrder, parts: FetchParts): Promise<FetchedEntry> {
  const { request, refetch = false, signal, wait } = order;
  const { entry, download } = await parts.archive.claim(request, { refetch, signal, wait });
  if (download === null) return { entry, bought: false };
  try {
    const range = new RangeDownload(order, parts, download);
    await range.restore();
    return { entry: await untilComplete(range, order, parts.retry ?? RETRY), bought: true };
  } catch (error) {
    if (signal?.aborted === true && (!isTickloomError(error) || error.code !== 'CANCELLED')) {
      throw new TickloomError('CANCELLED', 'the download was cancelled; what has arrived is kept', {
        hint: 'Run the same command again to go on.',
        cause: error,
      });
    }
    throw error;
  } finally {
    await download.release();
  }
}

/** Every try that brings something more starts the count of tries anew. */
async function untilComplete(range: RangeDownload, order: FetchOrder, retry: FetchRetry): Promise<ArchiveEntry> {
  const { signal, onWarning } = order;
  const { tries, minTimeout, maxTimeout } = retry;
  for (;;) {
    const entry = await pRetry(
      async () => {
        const result = await range.attempt().catch((error: unknown) => {
          // p-retry insists on Errors, and gives an AbortError's own error back.
          throw new AbortError(error instanceof Error ? error : asTickloomError(error));
        });
        if (result.outcome === 'failed') throw result.error;
        if (result.outcome === 'gained') onWarning?.(`${result.error.message}; going on from there`);
        return result.outcome === 'complete' ? result.entry : null;
      },
      {
        retries: tries - 1,
        minTimeout,
        maxTimeout,
        randomize: true,
        ...(signal === undefined ? {} : { signal }),
        onFailedAttempt: ({ error, retriesLeft }) => {
          if (retriesLeft > 0) onWarning?.(`${error.message}; trying again, ${counted(retriesLeft, 'time')} left`);
        },
      },
    );
    if (entry !== null) return entry;
    await delay(GAINED * minTimeout * (1 + Math.random()), undefined, { signal });
  }
}
