import { randomBytes } from 'node:crypto';
import { constants, link, open, readFile, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProcess } from './process-table.js';

export interface Turn {
  release(): Promise<void>;
}

const POLL_MS = 25;
/** Content of a turn that is over. */
const RELEASED = 'released';
const NO_ROOM: readonly string[] = ['ENOSPC', 'EDQUOT'];

/**
 * Lets one process at a time do something; the others wait. The lock dies with its process, however that ends.
 *
 * Node has no `flock`, and a single lock file can be taken over twice when its owner was killed: two waiters find it
 * stale, the slower one removes what the faster one has just created. So the folder holds *turns*: files named by
 * rising numbers, of which the highest counts. It is free when its owner released it or is dead; it is taken by
 * creating the next number, which only one can do. The highest turn is never removed, so a number never comes back,
 * and a creator that finds a higher number than its own has come late and gives way.
 *
 * @param directory a folder that holds nothing else
 * @returns `null` when `wait` is false and somebody has it
 * @throws the signal's reason, and what the file system refuses
 */
export async function takeTurn(
  directory: string,
  options: { readonly signal?: AbortSignal | undefined; readonly wait?: boolean } = {},
): Promise<Turn | null> {
  const self = await findProcess(process.pid);
  const owner = `${process.pid}\n${self?.startedAt ?? ''}`;
  for (;;) {
    options.signal?.throwIfAborted();
    const highest = await highestTurn(directory);
    if (await isFree(directory, highest)) {
      const turn = highest + 1;
      if (await createTurn(directory, turn, owner)) {
        if ((await highestTurn(directory)) === turn) {
          await removeTurnsBelow(directory, turn);
          return { release: () => releaseTurn(directory, turn) };
        }
        await unlink(join(directory, String(turn)));
      }
      continue;
    }
    if (options.wait === false) return null;
    await delay(POLL_MS + Math.random() * POLL_MS);
  }
}

async function turns(directory: string): Promise<number[]> {
  return (await readdir(directory)).filter((name) => /^\d+$/.test(name)).map(Number);
}

async function highestTurn(directory: string): Promise<number> {
  return Math.max(0, ...(await turns(directory)));
}

async function isFree(directory: string, turn: number): Promise<boolean> {
  if (turn === 0) return true;
  const content = await readFile(join(directory, String(turn)), 'utf8').catch(() => null);
  // Gone: a higher one has come meanwhile.
  if (content === null) return false;
  if (content === RELEASED || content === '') return true;
  const [pid = '', startedAt = ''] = content.split('\n');
  const owner = await findProcess(Number(pid));
  return owner === null || owner.startedAt !== startedAt;
}

/** Creates a turn with its content at once, which needs a link: an empty file would say nothing about its owner. */
async function createTurn(directory: string, turn: number, owner: string): Promise<boolean> {
  const draft = await writeDraft(directory, owner);
  try {
    await link(draft, join(directory, String(turn)));
    return true;
  } catch (error) {
    // ENOENT: whoever got the turn has swept our draft away.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * By a rename, which unlike writing to the file never follows a link that somebody has put in its place. On a full disk,
 * where nothing new can be written, by emptying the file: who owns nothing is over as well.
 */
async function releaseTurn(directory: string, turn: number): Promise<void> {
  const path = join(directory, String(turn));
  try {
    await rename(await writeDraft(directory, RELEASED), path);
  } catch (error) {
    if (!NO_ROOM.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW);
    await file.truncate().finally(() => file.close());
  }
}

async function writeDraft(directory: string, content: string): Promise<string> {
  const draft = join(directory, `draft-${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(draft, content, { flag: 'wx' });
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return draft;
}

/** Sweeps what nobody needs any more: turns that are over, and drafts of killed creators. */
async function removeTurnsBelow(directory: string, turn: number): Promise<void> {
  const over = (await readdir(directory)).filter((name) => name.startsWith('draft-') || Number(name) < turn);
  await Promise.all(over.map((name) => rm(join(directory, name), { force: true })));
}
