import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DownloadFile } from '../../core/archive/archive-writer.js';
import { writing } from './archive-errors.js';
import { FILE_MODE } from './durable-files.js';
import type { StoredFile } from './stored-file.js';

/** A file that is written from its beginning, with its SHA-256. */
export class GrowingFile implements DownloadFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #stored: StoredFile | undefined;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<GrowingFile> {
    return writing(path, async () => new GrowingFile(path, await open(path, 'w', FILE_MODE)));
  }

  /** What it holds; `undefined` while it is open. */
  get stored(): StoredFile | undefined {
    return this.#stored;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await writing(this.path, async () => {
      for (let at = 0; at < bytes.length;) at += (await this.#handle.write(bytes, at)).bytesWritten;
    });
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  async close(): Promise<void> {
    if (this.#stored !== undefined) return;
    await writing(this.path, () => this.#handle.close());
    this.#stored = { file: basename(this.path), bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
