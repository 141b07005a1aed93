import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import { lend } from '../../core/source/lent-bytes.js';
import type { Chunk, ChunkOrigin, FragmentDeclaration } from '../../core/source/source.js';
import { cancelled, fileError, systemCode } from './file-error.js';
import type { ListedFile } from './job-manifest.js';

/** Bytes read at a time: large enough that the trips through the thread pool do not count, small enough to stay in cache. */
const READ_BYTES = 512 * 1024;

/**
 * A regular file. May be opened again and again; every reading sees the same bytes or ends with `CHUNK_CHANGED`.
 */
export class FileChunk implements Chunk {
  readonly repeatable = true;
  readonly sizeBytes: number;
  readonly origin: ChunkOrigin & { readonly locations: readonly string[] };
  /** The file as the first reading found it. */
  private seen: BigIntStats | undefined;
  private listed: ListedFile | undefined;

  /**
   * @param source the path as it was given
   * @param path the path to open
   */
  constructor(
    readonly source: string,
    private readonly path: string,
    sizeBytes: number,
    readonly fragment: FragmentDeclaration | null,
  ) {
    this.sizeBytes = sizeBytes;
    this.origin = { locations: [resolve(path)] };
  }

  /** Holds every reading to what the manifest of the file's folder says of it; with `undefined` to nothing. */
  expect(listed: ListedFile | undefined): void {
    this.listed = listed;
  }

  /**
   * @throws PATH_UNREADABLE, SOURCE_UNAVAILABLE, CANCELLED, and CHUNK_CHANGED at the end when the file was written to
   * since it was first opened, DOWNLOAD_CORRUPT there when it is not what the manifest lists
   */
  async *open(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    if (signal.aborted) throw cancelled('reading', this.source);
    const handle = await this.openHandle();
    const hash = typeof this.listed?.sha256 === 'string' ? createHash('sha256') : undefined;
    try {
      const before = await handle.stat({ bigint: true });
      this.seen ??= before;
      this.requireUnchanged(this.seen, before);
      let total = 0;
      const spare: Buffer[] = [];
      for (;;) {
        if (signal.aborted) throw cancelled('reading', this.source);
        // One of its own each time that none came back: whoever gets it may keep it.
        const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES);
        const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, total);
        if (bytesRead === 0) break;
        total += bytesRead;
        // A file that grows could be followed for ever.
        if (BigInt(total) > before.size) break;
        const bytes = buffer.subarray(0, bytesRead);
        hash?.update(bytes);
        lend(bytes, () => spare.push(buffer));
        yield bytes;
      }
      this.requireUnchanged(before, await handle.stat({ bigint: true }));
      this.requireListed(total, hash?.digest('hex') ?? null);
    } catch (error) {
      throw fileError(error, 'cannot read', this.source);
    } finally {
      await handle.close();
    }
  }

  private async openHandle(): Promise<FileHandle> {
    try {
      return await open(this.path, 'r');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') throw this.changed('it is gone', error);
      throw fileError(error, 'cannot open', this.source);
    }
  }

  private requireUnchanged(expected: BigIntStats, found: BigIntStats): void {
    if (found.dev !== expected.dev || found.ino !== expected.ino) throw this.changed('another file has its name');
    if (found.size !== expected.size) {
      throw this.changed(`it had ${expected.size.toString()} bytes and now has ${found.size.toString()}`);
    }
    if (found.mtimeNs !== expected.mtimeNs) {
      throw this.changed(`it was written to at ${found.mtime.toISOString()}`);
    }
  }

  private requireListed(size: number, sha256: string | null): void {
    const { listed } = this;
    if (listed === undefined) return;
    let why: string | undefined;
    if (listed.size !== null && size !== listed.size) {
      why = `it has ${size} bytes, where ${listed.size} are listed`;
    } else if (sha256 !== listed.sha256) {
      why = `its SHA-256 is ${String(sha256)}, where ${String(listed.sha256)} is listed`;
    }
    if (why === undefined) return;
    throw new TickloomError(
      'DOWNLOAD_CORRUPT',
      `"${this.source}" is not the file that the manifest.json of its folder lists: ${why}`,
      {
        hint: 'Download the file again; if it was changed on purpose, move it to a folder without that manifest.json.',
        context: { path: this.source },
      },
    );
  }

  private changed(why: string, cause?: unknown): TickloomError {
    return new TickloomError('CHUNK_CHANGED', `"${this.source}" changed while it was being read: ${why}`, {
      hint: 'Run the same command again when the file is complete.',
      context: { path: this.source },
      cause,
    });
  }
}
