import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveEntry } from '../../core/archive/archive.js';
import type { Download, DownloadFile, DownloadPart, DownloadResult } from '../../core/archive/archive-writer.js';
import type { RangeRequest } from '../../core/historical/range-request.js';
import type { Usd } from '../../core/historical/usd.js';
import { TickloomError } from '../../core/errors/index.js';
import { writing } from './archive-errors.js';
import { completeEntry } from './complete-entry.js';
import { readDownloadState, writeDownloadState, type DownloadState } from './download-state.js';
import { syncFile } from './durable-files.js';
import type { EntryFolder } from './entry-folders.js';
import { GrowingFile } from './growing-file.js';
import type { OwnerMark } from './owner-mark.js';
import { readPieces, verifyFile } from './stored-file.js';

/** Files besides the numbered ones. */
const KEPT = ['owner', 'download.json'];

/** Who may touch the folder, and when. */
export interface FolderAccess {
  /** This process's own. */
  readonly mark: OwnerMark;
  /** Runs work while nobody else claims an entry. */
  exclusively(work: () => Promise<void>): Promise<void>;
}

/** What of an unfinished entry lies in its folder. */
export class DiskDownload implements Download {
  readonly id: string;
  readonly #folder: EntryFolder;
  readonly #request: RangeRequest;
  readonly #access: FolderAccess;
  #state: DownloadState;
  #answer: GrowingFile | undefined;
  #part: GrowingFile | undefined;
  #interrupted: boolean;
  #done = false;

  private constructor(
    folder: EntryFolder,
    request: RangeRequest,
    state: DownloadState,
    interrupted: boolean,
    access: FolderAccess,
  ) {
    this.id = folder.id;
    this.#folder = folder;
    this.#request = request;
    this.#state = state;
    this.#interrupted = interrupted;
    this.#access = access;
  }

  /** Takes up what is in the folder, and sweeps away what does not count: files that a killed process was writing. */
  static async open(folder: EntryFolder, request: RangeRequest, access: FolderAccess): Promise<DiskDownload> {
    const path = folder.unfinished;
    const state = await readDownloadState(path);
    const answer = answerName(state.next);
    const counted = [...KEPT, answer, ...state.parts.map(({ file }) => file)];
    const over = (await readdir(path)).filter((name) => !counted.includes(name));
    await Promise.all(over.map((name) => rm(join(path, name), { recursive: true, force: true })));
    const begun = await stat(join(path, answer)).catch(() => null);
    return new DiskDownload(folder, request, state, (begun?.size ?? 0) > 0, access);
  }

  get parts(): readonly DownloadPart[] {
    return this.#state.parts;
  }

  get costUsd(): Usd {
    return this.#state.costUsd;
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  async beginAnswer(): Promise<DownloadFile> {
    this.#interrupted = false;
    return (this.#answer = await GrowingFile.create(this.#path(answerName(this.#state.next))));
  }

  readAnswer(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return readPieces(this.#path(answerName(this.#state.next)), 0, signal);
  }

  async beginPart(): Promise<DownloadFile> {
    return (this.#part = await GrowingFile.create(this.#path(partName(this.#state.next))));
  }

  async keepPart({ records, headerBytes }: { records: number; headerBytes: number }, cost: Usd): Promise<void> {
    const stored = this.#part?.stored;
    if (this.#part === undefined || stored === undefined) throw new TickloomError('INVARIANT', 'no part was closed');
    await writing(this.#part.path, () => syncFile(this.#path(stored.file)));
    const part = { ...stored, headerBytes, records };
    await this.#advance({ parts: [...this.parts, part], costUsd: this.costUsd + cost });
  }

  async dropAnswer(cost: Usd): Promise<void> {
    await this.#advance({ costUsd: this.costUsd + cost });
  }

  async dropParts(): Promise<void> {
    const names = this.parts.map(({ file }) => file);
    await this.#save({ ...this.#state, parts: [] });
    await this.#remove(names);
  }

  async *readPart(index: number, fromByte: number, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const part = this.parts[index];
    if (part === undefined) return;
    const path = this.#path(part.file);
    if (fromByte === 0) await verifyFile(path, part, signal);
    yield* readPieces(path, fromByte, signal);
  }

  async complete(result: DownloadResult): Promise<ArchiveEntry> {
    const answer = result.answer === null ? null : { ...result.answer, stored: this.#answer?.stored };
    const last = answer === null ? [] : [{ ...stored(answer.stored), records: answer.records, skip: answer.skip }];
    const segments = [
      ...this.parts.map(({ file, bytes, sha256, records }) => ({ file, bytes, sha256, records, skip: 0 })),
      ...last,
    ];
    const costUsd = this.costUsd + (result.answer?.cost ?? 0n);
    const entry = await completeEntry(this.#folder, this.#request, (work) => this.#access.exclusively(work), {
      ...result,
      segments,
      costUsd,
    });
    this.#done = true;
    return entry;
  }

  async release(): Promise<void> {
    await this.#answer?.close();
    await this.#part?.close();
    if (this.#done) return;
    // A waiter must not take a folder that is being removed.
    await this.#access.exclusively(async () => {
      if (this.#isUntouched()) await rm(this.#folder.unfinished, { recursive: true, force: true });
      else await this.#access.mark.remove();
    });
  }

  /** Nothing has arrived, and nothing was spent. */
  #isUntouched(): boolean {
    return !this.#interrupted && this.parts.length === 0 && this.costUsd === 0n && this.#answer === undefined;
  }

  /** The answer in hand is dealt with: the next one gets the next number. */
  async #advance(changes: Partial<DownloadState>): Promise<void> {
    const { next } = this.#state;
    const before = this.#state;
    await this.#answer?.close();
    await this.#part?.close();
    await this.#save({ ...before, ...changes, next: next + 1 });
    this.#interrupted = false;
    this.#answer = undefined;
    this.#part = undefined;
    const kept = this.parts.some(({ file }) => file === partName(next));
    await this.#remove(kept ? [answerName(next)] : [answerName(next), partName(next)]);
  }

  async #save(state: DownloadState): Promise<void> {
    await writing(this.#folder.unfinished, () => writeDownloadState(this.#folder.unfinished, state));
    this.#state = state;
  }

  async #remove(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => rm(this.#path(name), { force: true })));
  }

  #path(name: string): string {
    return join(this.#folder.unfinished, name);
  }
}

const numbered = (next: number): string => String(next).padStart(4, '0');
const answerName = (next: number): string => `${numbered(next)}.dbn.zst`;
const partName = (next: number): string => `${numbered(next)}.dbn`;

function stored<T>(file: T | undefined): T {
  if (file === undefined) throw new TickloomError('INVARIANT', 'a download was completed with an answer that is open');
  return file;
}
