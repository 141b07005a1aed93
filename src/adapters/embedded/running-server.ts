import { setTimeout as delay } from 'node:timers/promises';
import { TickloomError } from '../../core/errors/index.js';
import { socketUrl, tryConnect } from './connection.js';
import { EMBEDDED_DATABASE, EMBEDDED_ROLE } from './data-directory.js';
import type { Session } from './database-lease.js';
import { type Home, dataDirectoryOf } from './home.js';
import { findPostmaster } from './postmaster.js';
import { isPrivate } from './socket-directory.js';
import { joinUsers } from './user-lock.js';

/** How long a server that lives may keep silent before it counts as lost. One that starts or ends needs a moment. */
const SILENCE_MS = 5_000;
const SILENCE_WHEN_READY_MS = 1_000;
export const POLL_MS = 20;

export function embeddedUrl(socketDirectory: string): string {
  return socketUrl(socketDirectory, EMBEDDED_ROLE, EMBEDDED_DATABASE);
}

/**
 * Joins the users of the server of a home, if one runs; waits for one that starts, recovers or ends.
 *
 * @returns `null` when none runs, or the one that does cannot be reached
 * @throws EMBEDDED_START when it answers and refuses; the signal's reason
 */
export async function joinRunning(home: Home, signal?: AbortSignal): Promise<Session | null> {
  const dataDirectory = await dataDirectoryOf(home);
  if (dataDirectory === null) return null;
  let silentSince: number | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const postmaster = await findPostmaster(dataDirectory);
    if (postmaster === null) return null;
    const { socketDirectory } = postmaster;
    const joined = (await isPrivate(socketDirectory, home.user))
      ? await tryJoin(embeddedUrl(socketDirectory), signal)
      : 'silent';
    if (typeof joined === 'object') return joined;
    silentSince = joined === 'silent' ? (silentSince ?? Date.now()) : null;
    const patience = postmaster.status === 'ready' ? SILENCE_WHEN_READY_MS : SILENCE_MS;
    if (silentSince !== null && Date.now() - silentSince > patience) return null;
    await delay(POLL_MS);
  }
}

/** Tries once. `busy`: it asks to wait. `silent`: nobody listens. */
export async function tryJoin(url: string, signal?: AbortSignal): Promise<Session | 'busy' | 'silent'> {
  const answer = await tryConnect(url);
  if (answer.kind === 'refused') {
    throw new TickloomError('EMBEDDED_START', `the embedded server refuses connections: ${answer.error.message}`, {
      hint: 'Run the command again; if that does not help, run "tickloom db stop" and then "tickloom db start".',
      context: { url },
      cause: answer.error,
    });
  }
  if (answer.kind !== 'connected') return answer.kind;
  const { client } = answer;
  // Ends the wait for a leaver that holds the lock.
  const abort = (): void => void client.end();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await joinUsers(client);
    return { url, client };
  } catch {
    await client.end().catch(() => undefined);
    // The leaver that held the lock has stopped the server, or it crashed: either way, ask again.
    return 'busy';
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Whether a server takes connections. */
export async function answers(url: string): Promise<boolean> {
  const answer = await tryConnect(url);
  if (answer.kind === 'connected') await answer.client.end();
  return answer.kind === 'connected';
}
