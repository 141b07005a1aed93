import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ServerUser } from './server-user.js';

const MAX_BYTES = 4 * 1024 * 1024;
const KEPT_BYTES = 1024 * 1024;

/** In a folder of somebody else's, a link could lead root to write to any file. */
const NO_LINKS = constants.O_NOFOLLOW;

/** The file that takes what the server prints. */
export class ServerLog {
  constructor(readonly path: string) {}

  /** Opens it for a server to append to. It must belong to whom the server belongs, for the time when root is not here. */
  async open(user: ServerUser | null): Promise<FileHandle> {
    await this.bound();
    const { O_WRONLY, O_APPEND, O_CREAT } = constants;
    const handle = await open(this.path, O_WRONLY | O_APPEND | O_CREAT | NO_LINKS, 0o600);
    if (user !== null) await handle.chown(user.uid, user.gid);
    return handle;
  }

  /** Its size in bytes: a place to read on from. */
  async size(): Promise<number> {
    return stat(this.path).then(
      ({ size }) => size,
      () => 0,
    );
  }

  /** The last `count` lines after a place. */
  async tail(count: number, from = 0): Promise<string[]> {
    const end = await this.size();
    const start = Math.max(from, end - 65_536);
    if (end <= start) return [];
    const lines = (await this.#read(start, end)).toString('utf8').trimEnd().split('\n');
    return lines.slice(-count);
  }

  /** Keeps it from growing for ever: a long one is cut, its end kept beside it. Works while a server appends to it. */
  async bound(): Promise<void> {
    const size = await this.size();
    if (size <= MAX_BYTES) return;
    const end = await this.#read(size - KEPT_BYTES, size);
    const older = await open(
      `${this.path}.1`,
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | NO_LINKS,
      0o600,
    );
    await older.writeFile(end).finally(() => older.close());
    const log = await open(this.path, constants.O_WRONLY | NO_LINKS);
    await log.truncate().finally(() => log.close());
  }

  async #read(start: number, end: number): Promise<Buffer> {
    const handle = await open(this.path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  }
}
