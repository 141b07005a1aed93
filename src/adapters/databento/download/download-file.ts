import type { FileHandle } from 'node:fs/promises';
import { TickloomError } from '../../../core/errors/index.js';
import type { ApiCaller } from '../calls/api-caller.js';
import { ENDPOINTS } from '../calls/endpoint.js';
import { notesOf } from '../errors/attempt-failures.js';
import { plainText } from '../errors/plain-text.js';
import type { BatchFile } from '../replies/batch-file.js';
import type { HttpReply } from '../transport/http-transport.js';
import { TransportFailure } from '../transport/transport-failure.js';
import { DestinationFile, sha256Of, writeAt } from './destination-file.js';
import { RANGE_PAST_END, startOf } from './byte-range.js';

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Bytes that have just been written. */
  readonly onBytes?: (bytes: number) => void;
}

export interface DownloadedFile {
  readonly path: string;
  readonly bytes: number;
  /** Hex; `null` when the vendor gave none to compare with. */
  readonly sha256: string | null;
  /** True when it was there already, whole, and nothing was fetched. */
  readonly alreadyThere: boolean;
}

/** A pause before going on where a connection broke, so that a server in trouble is not hammered. */
const PAUSE_MS = 100;

/**
 * Downloads one file of a batch job, which costs nothing, again or not. What an earlier try has left is gone on from; size
 * and SHA-256 are enforced before the file gets its name.
 */
export class FileDownload {
  readonly #place: DestinationFile;
  readonly #what: string;
  readonly #sha256: string | null;
  /** Where the next byte goes. */
  #position = 0;
  /** As far as any connection has come. */
  #furthest = 0;
  /** False once the server has shown that it cannot go on from a position. */
  #mayResume = true;

  constructor(
    private readonly caller: ApiCaller,
    private readonly file: BatchFile,
    folder: string,
    private readonly options: DownloadOptions = {},
  ) {
    this.#place = new DestinationFile(folder, file.filename);
    this.#what = `${ENDPOINTS.download.name} of "${plainText(file.filename)}"`;
    this.#sha256 = this.#expectedHash();
  }

  /** @throws DOWNLOAD_CORRUPT, OUTPUT_UNWRITABLE, and what every call throws */
  async run(): Promise<DownloadedFile> {
    try {
      if (await this.#isThere()) return this.#result(true);
      // Bytes of an earlier run may be wrong although they are many: then once more, from the beginning.
      const resumed = await this.#fetchAll();
      if (!(await this.#isSound()) && !(resumed && (await this.#fetchAnew()))) {
        throw this.#corrupt('its SHA-256 is not the one the service gives');
      }
      await this.#place.commit();
      return this.#result(false);
    } catch (error) {
      await this.#place.release().catch(() => undefined);
      if (await this.#isOvertaken(error)) return this.#result(true);
      if (this.options.signal?.aborted !== true) throw this.#place.failure(error);
      throw new TickloomError('CANCELLED', `${this.#what} was cancelled`, {
        hint: 'Run the same command again to go on; what arrived is kept.',
        context: { endpoint: ENDPOINTS.download.name, path: this.#place.path },
      });
    }
  }

  async #isThere(): Promise<boolean> {
    const size = await this.#place.finished();
    if (size === null) return false;
    const same = size === this.file.size && (await this.#matches(this.#place.path));
    if (same) return true;
    throw new TickloomError(
      'OUTPUT_UNWRITABLE',
      `cannot download to "${this.#place.path}": another file has that name`,
      {
        hint: 'Move it away, or choose another folder.',
        context: { path: this.#place.path, expected_bytes: this.file.size, found_bytes: size },
      },
    );
  }

  /**
   * A process that cannot see this one, in another container say, may have taken over what it writes, and been quicker:
   * then that is no longer where it was.
   */
  async #isOvertaken(error: unknown): Promise<boolean> {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && (await this.#isThere());
  }

  /** @returns whether bytes of an earlier run are part of it */
  async #fetchAll(): Promise<boolean> {
    const partial = await this.#place.openPartial();
    try {
      const { size } = await partial.stat();
      this.#position = size > this.file.size ? 0 : size;
      const resumed = this.#position > 0;
      this.#furthest = this.#position;
      while (this.#position < this.file.size) {
        await this.#fetchOn(partial);
        if (this.#position < this.file.size) await this.caller.clock.sleep(PAUSE_MS, this.options.signal);
      }
      await partial.truncate(this.file.size);
      await partial.sync();
      return resumed;
    } finally {
      await partial.close();
    }
  }

  /** One connection that brings something, or several that do not. */
  async #fetchOn(partial: FileHandle): Promise<void> {
    if (!this.#mayResume) this.#position = 0;
    const range: Record<string, string> =
      this.#position === 0 ? {} : { Range: `bytes=${this.#position}-${this.file.size - 1}` };
    await this.caller.ask({
      endpoint: ENDPOINTS.download,
      what: this.#what,
      url: this.caller.gateway.urlOfDownload(this.file.urls),
      headers: { Accept: '*/*', ...range },
      alsoReads: [RANGE_PAST_END],
      read: (reply) => this.#receive(reply, partial),
      signal: this.options.signal,
    });
  }

  async #receive(reply: HttpReply, partial: FileHandle): Promise<void> {
    const start = startOf(reply);
    if (start !== 0 && start !== this.#position) {
      await reply.body.return();
      if (!this.#mayResume) throw this.#corrupt('the service cannot say where its bytes belong', reply);
      this.#mayResume = false;
      return;
    }
    // A 200 is the whole file, whatever part was asked for.
    this.#position = start;
    const furthest = this.#furthest;
    try {
      for await (const bytes of reply.body) {
        if (this.#position + bytes.byteLength > this.file.size) {
          throw this.#corrupt(`more came than the ${this.file.size} bytes it has`, reply);
        }
        await writeAt(partial, bytes, this.#position);
        this.#position += bytes.byteLength;
        this.#furthest = Math.max(this.#furthest, this.#position);
        this.options.onBytes?.(bytes.byteLength);
      }
    } catch (error) {
      // What has come further than ever before is gone on from, and the tries are counted anew.
      if (error instanceof TransportFailure && this.#furthest > furthest) return;
      throw error;
    }
    if (this.#position < this.file.size && this.#furthest === furthest) {
      throw this.#corrupt(`it ends after ${this.#position} of ${this.file.size} bytes`, reply);
    }
  }

  /** What is not sound is not kept. */
  async #isSound(): Promise<boolean> {
    const partial = await this.#place.partial();
    const sound = await this.#matches(partial.path);
    if (!sound) await partial.discard();
    return sound;
  }

  async #fetchAnew(): Promise<boolean> {
    await this.#fetchAll();
    return this.#isSound();
  }

  async #matches(path: string): Promise<boolean> {
    return this.#sha256 === null || (await sha256Of(path, this.options.signal)) === this.#sha256;
  }

  #expectedHash(): string | null {
    const { hash } = this.file;
    if (hash === null) return null;
    const [, hex] = /^sha256:([0-9a-f]{64})$/i.exec(hash) ?? [];
    if (hex !== undefined) return hex.toLowerCase();
    this.caller.warn(
      `${this.#what}: its hash "${plainText(hash).slice(0, 100)}" is of an unknown kind, only its size is checked`,
    );
    return null;
  }

  #corrupt(why: string, reply?: HttpReply): TickloomError {
    const { notes, context } = reply === undefined ? { notes: [], context: {} } : notesOf(reply);
    const details = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
    return new TickloomError('DOWNLOAD_CORRUPT', `${this.#what} cannot be used: ${why}${details}`, {
      hint: 'Run the same command again; downloading it again costs nothing.',
      context: { endpoint: ENDPOINTS.download.name, path: this.#place.path, ...context },
    });
  }

  #result(alreadyThere: boolean): DownloadedFile {
    return { path: this.#place.path, bytes: this.file.size, sha256: this.#sha256, alreadyThere };
  }
}
