import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isTickloomError, TickloomError } from '../../../core/errors/index.js';
import { PartialFile } from './partial-file.js';
import { makeFolder } from '../../system/make-folder.js';

/** Letters, digits and what symbols hold. No separator, no control character, not `.` and not `..`. */
const PLAIN_NAME = /^(?!\.{1,2}$)[^/\\:\u0000-\u001f\u007f]{1,200}$/;

/** The place of one downloaded file: the file itself, and beside it what has arrived of it so far. */
export class DestinationFile {
  readonly path: string;
  readonly #folder: string;
  readonly #name: string;
  #partial: PartialFile | undefined;

  /**
   * @param folder where the file goes
   * @param name as the vendor gives it, which can lead nowhere else
   * @throws DOWNLOAD_CORRUPT for a name that is none
   */
  constructor(folder: string, name: string) {
    if (!PLAIN_NAME.test(name)) {
      throw new TickloomError(
        'DOWNLOAD_CORRUPT',
        `cannot download ${JSON.stringify(name)}: that is no name of a file`,
        {
          hint: 'Report this to Databento; nothing was written.',
        },
      );
    }
    this.path = join(folder, name);
    this.#folder = folder;
    this.#name = name;
  }

  /** Bytes of the file, `null` when it is not there. */
  async finished(): Promise<number | null> {
    try {
      return (await stat(this.path)).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** What has arrived so far, an earlier download's part in it included; nobody else writes to it. */
  async partial(): Promise<PartialFile> {
    if (this.#partial !== undefined) return this.#partial;
    await makeFolder(this.#folder);
    return (this.#partial = await PartialFile.claim(this.#folder, this.#name));
  }

  /** Opens the partial file, made when it is not there. */
  async openPartial(): Promise<FileHandle> {
    const { path } = await this.partial();
    return open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  }

  /** Makes the partial file the file, for good: neither a crash nor another process leaves half of it under its name. */
  async commit(): Promise<void> {
    await (await this.partial()).commit(this.path);
    await syncFolder(dirname(this.path));
  }

  /** Leaves what has arrived to the next download. */
  async release(): Promise<void> {
    await this.#partial?.release();
  }

  /** What the file system says, in our words; an error of ours as it is. */
  failure(error: unknown): TickloomError {
    if (isTickloomError(error)) return error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return new TickloomError('OUTPUT_UNWRITABLE', `cannot write "${this.path}": ${code}`, {
      hint: 'Free space or choose another folder, then run the same command again; what arrived is kept.',
      context: { path: this.path, system_code: code },
      cause: error,
    });
  }
}

/** All of some bytes, at a position. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.byteLength) {
    written += (await file.write(bytes, written, bytes.byteLength - written, position + written)).bytesWritten;
  }
}

/** SHA-256 of a file, hex. */
export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { signal, highWaterMark: 1024 * 1024 })) hash.update(part as Buffer);
  return hash.digest('hex');
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
