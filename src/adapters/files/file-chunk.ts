import type { BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TickloomError } from '../../core/errors/index.js';
import { lend } from '../../core/source/lent-bytes.js';
import type { Chunk, ChunkOrigin, FragmentDeclaration } from '../../core/source/source.js';
import { cancelled, fileError, systemCode } from './file-error.js';

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

  /**
   * @throws PATH_UNREADABLE, SOURCE_UNAVAILABLE, CANCELLED, and CHUNK_CHANGED at the end when the file was written to
   * since it was first opened
   */
  async *open(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    if (signal.aborted) throw cancelled('reading', this.source);
    const handle = await this.openHandle();
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
        lend(bytes, () => spare.push(buffer));
        yield bytes;
      }
      this.requireUnchanged(before, await handle.stat({ bigint: true }));
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

  private changed(why: string, cause?: unknown): TickloomError {
    return new TickloomError('CHUNK_CHANGED', `"${this.source}" changed while it was being read: ${why}`, {
      hint: 'Run the same command again when the file is complete.',
      context: { path: this.source },
      cause,
    });
  }
}
