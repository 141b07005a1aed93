import { createHash, randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findProcess } from '../../system/process-table.js';

/** Between the file's name and the ending: process, mark of when that started, and one for each of its downloads. */
const OWNER = /^(\d+)-([0-9a-f]{8})-[0-9a-f]{8}$/;
const ENDING = '.partial';

/**
 * What has arrived of a file so far, beside the file itself. Each download writes one of its own, and its name says
 * which process that is: so what gets the file's name in the end is what was checked, however many download the same.
 * What another one has left is taken over by a rename, which only one can do.
 */
export class PartialFile {
  readonly #folder: string;
  readonly #name: string;
  readonly #released: string;

  private constructor(
    folder: string,
    name: string,
    /** Of this download alone, until it is released. */
    readonly path: string,
  ) {
    this.#folder = folder;
    this.#name = name;
    this.#released = join(folder, `.${name}${ENDING}`);
  }

  /** Takes over the longest that was left, if there is one. The file itself is made by whoever opens it. */
  static async claim(folder: string, name: string): Promise<PartialFile> {
    const self = await findProcess(process.pid);
    const owner = [process.pid, startMark(self?.startedAt), randomBytes(4).toString('hex')].join('-');
    const partial = new PartialFile(folder, name, join(folder, `.${name}.${owner}${ENDING}`));
    const left = await partial.#left();
    let taken = false;
    for (const path of left) {
      if (taken) await rm(path, { force: true });
      else taken = await renamed(path, partial.path);
    }
    return partial;
  }

  /** Makes it the file, for good, and sweeps away what killed processes had of the same. */
  async commit(path: string): Promise<void> {
    await rename(this.path, path);
    for (const left of await this.#left()) await rm(left, { force: true });
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** Leaves it to the next download. */
  async release(): Promise<void> {
    await renamed(this.path, this.#released);
  }

  /** Those that nobody writes any more, the longest first. */
  async #left(): Promise<string[]> {
    const prefix = `.${this.#name}.`;
    const found: { readonly path: string; readonly bytes: number }[] = [];
    for (const entry of await readdir(this.#folder)) {
      const path = join(this.#folder, entry);
      if (!entry.startsWith(prefix) || !entry.endsWith(ENDING)) continue;
      if (path !== this.#released && !(await isOver(entry.slice(prefix.length, -ENDING.length)))) continue;
      const bytes = await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
      found.push({ path, bytes });
    }
    return found.sort((a, b) => b.bytes - a.bytes).map(({ path }) => path);
  }
}

/** Whether the download that an owner's mark names has ended without a word. */
async function isOver(owner: string): Promise<boolean> {
  const [, pid, mark] = OWNER.exec(owner) ?? [];
  if (pid === undefined) return false;
  const living = await findProcess(Number(pid));
  return living === null || startMark(living.startedAt) !== mark;
}

/** A process number comes back; with the time of its start it does not. */
function startMark(startedAt = ''): string {
  return createHash('sha256').update(startedAt).digest('hex').slice(0, 8);
}

/** @returns whether it was there to be renamed */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
