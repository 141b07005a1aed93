import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProcess } from '../system/process-table.js';
import { writeWhole } from './durable-files.js';

const FILE = 'owner';

/**
 * Says who fills an unfinished entry. It counts as long as its process lives, so a killed one holds up nobody. Written
 * only by who has the archive's lock.
 */
export class OwnerMark {
  readonly #path: string;
  readonly #content: string;

  private constructor(path: string, content: string) {
    this.#path = path;
    this.#content = content;
  }

  /** The number of the process that fills the entry in this folder; `null` when none does. */
  static async processOf(folder: string): Promise<number | null> {
    const content = await readFile(join(folder, FILE), 'utf8').catch(() => '');
    const [pid = '', startedAt = ''] = content.split('\n');
    if (!/^\d+$/.test(pid)) return null;
    const owner = await findProcess(Number(pid));
    return owner !== null && owner.startedAt === startedAt ? Number(pid) : null;
  }

  static async set(folder: string): Promise<OwnerMark> {
    const self = await findProcess(process.pid);
    const mark = new OwnerMark(join(folder, FILE), [process.pid, self?.startedAt ?? '', randomUUID()].join('\n'));
    await writeWhole(mark.#path, mark.#content);
    return mark;
  }

  /** Takes the mark away, if it is still this one. */
  async remove(): Promise<void> {
    const content = await readFile(this.#path, 'utf8').catch(() => '');
    if (content === this.#content) await rm(this.#path, { force: true });
  }
}
