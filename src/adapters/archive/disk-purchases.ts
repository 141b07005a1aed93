import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsString, Min, ValidateNested } from '../../core/validation/class-validator-parts.js';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { announcedKey } from '../../core/historical/announced-purchase.js';
import type { AnnouncedPurchase, Announcement, PurchaseBoard } from '../../core/historical/announced-purchase.js';
import { archiveIdOf } from '../../core/archive/archive-id.js';
import type { RangeRequest } from '../../core/historical/range-request.js';
import { makeFolder } from '../system/make-folder.js';
import { findProcess } from '../system/process-table.js';
import { isMissing, writing } from './archive-errors.js';
import { takeArchiveTurn } from './archive-turn.js';
import { FOLDER_MODE, writeWhole } from './durable-files.js';
import { readJson } from './read-json.js';
import { requestFromText, requestToText, RequestText } from './request-text.js';

/** No name of a dataset begins with a dot. */
const FOLDER = '.purchases';
const ENDING = '.json';

class AnnouncementText {
  @IsInt() @Min(1) process!: number;
  /** When it started, in the system's own words: tells it from another one that got its number later. */
  @IsString() started_at!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RequestText) requests!: RequestText[];
}

interface Announced {
  readonly id: string;
  readonly process: number;
  readonly requests: readonly RangeRequest[];
}

/** What runs over one archive are about to buy: a file for each run, which counts as long as its process lives. */
export class DiskPurchases implements PurchaseBoard {
  readonly #folder: string;

  /** @param archive the folder of the archive */
  constructor(private readonly archive: string) {
    this.#folder = join(archive, FOLDER);
  }

  async list(): Promise<readonly AnnouncedPurchase[]> {
    return (await this.#alive()).flatMap(({ id, process, requests }) =>
      requests.map((request) => ({ announcement: id, request, who: `process ${process}`, shares: 'archive' })),
    );
  }

  /** Of the announcements that are alive, whatever of them is left. */
  async announcements(): Promise<ReadonlySet<string>> {
    return new Set((await this.#alive()).map(({ id }) => id));
  }

  /** @throws OUTPUT_UNWRITABLE */
  async announce(
    announcement: string,
    requests: readonly RangeRequest[],
    seen: ReadonlySet<string>,
  ): Promise<Announcement | null> {
    await writing(this.#folder, () => makeFolder(this.#folder, FOLDER_MODE));
    const turn = await takeArchiveTurn(this.archive);
    try {
      const others = await this.list();
      if (others.some((purchase) => !seen.has(announcedKey(purchase)))) return null;
      await this.#sweep();
      return await DiskAnnouncement.make(join(this.#folder, announcement + ENDING), requests);
    } finally {
      await turn.release();
    }
  }

  async #alive(): Promise<Announced[]> {
    const found: Announced[] = [];
    for (const id of await this.#ids()) {
      const announced = await this.#read(id);
      if (announced !== null) found.push(announced);
    }
    return found;
  }

  async #ids(): Promise<string[]> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
  }

  /** `null` for one whose process is gone, and for a file that is none of ours. */
  async #read(id: string): Promise<Announced | null> {
    const path = join(this.#folder, id + ENDING);
    try {
      const { process, started_at, requests } = readJson(path, await readFile(path, 'utf8'), AnnouncementText);
      const owner = await findProcess(process);
      if (owner === null || owner.startedAt !== started_at) return null;
      return { id, process, requests: requests.map(requestFromText) };
    } catch {
      return null;
    }
  }

  /** Takes away what was left behind. Only for who has the lock, or one could vanish that is being made. */
  async #sweep(): Promise<void> {
    const alive = await this.announcements();
    const dead = (await this.#ids()).filter((id) => !alive.has(id));
    await Promise.all(dead.map((id) => rm(join(this.#folder, id + ENDING), { force: true })));
  }
}

class DiskAnnouncement implements Announcement {
  /** One change after the other. */
  #last: Promise<void> = Promise.resolve();

  private constructor(
    private readonly path: string,
    private readonly owner: { readonly process: number; readonly started_at: string },
    private requests: readonly RangeRequest[],
  ) {}

  static async make(path: string, requests: readonly RangeRequest[]): Promise<DiskAnnouncement> {
    const self = await findProcess(process.pid);
    const owner = { process: process.pid, started_at: self?.startedAt ?? '' };
    const announcement = new DiskAnnouncement(path, owner, requests);
    await announcement.#write();
    return announcement;
  }

  withdraw(request: RangeRequest): Promise<void> {
    const id = archiveIdOf(request);
    return this.#next(async () => {
      this.requests = this.requests.filter((one) => archiveIdOf(one) !== id);
      await this.#write();
    });
  }

  end(): Promise<void> {
    return this.#next(() => rm(this.path, { force: true }));
  }

  #next(change: () => Promise<void>): Promise<void> {
    return (this.#last = this.#last.catch(() => undefined).then(change));
  }

  #write(): Promise<void> {
    const text: AnnouncementText = { ...this.owner, requests: this.requests.map(requestToText) };
    return writing(this.path, () => writeWhole(this.path, `${JSON.stringify(text)}\n`));
  }
}
