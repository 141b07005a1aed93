import { setTimeout as delay } from 'node:timers/promises';

/** Waits. @throws the signal's reason, at once, when it is aborted */
export async function systemSleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
